/** What the kernel makes of a body, beside what the official Python runtime makes of it. Kept differences: README.md in this folder. */
import { CODING, type Coding, inflate } from '../../src/ingest/body.ts'
import { VERDICT } from '../../src/ingest/verdict.ts'
import { KERNEL_ERROR } from '../../src/otlp/kernel-instance.ts'
import { CHECK } from '../../src/otlp/sift-report.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import type { Judgement } from '../bed/oracle.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'
import type { OfficialCase } from './official-cases.ts'

const INFLATED_BYTES_MAX = 1 << 20
const bed = new KernelBed(2 << 20, 32 << 20)

interface Found {
  readonly verdict: Judgement['verdict']
  /** Of what is refused: by the kernel, or by zlib. */
  readonly code?: number
  /** Of what is accepted, as text that is equal when the telemetry is. */
  readonly meaning?: string
}

/** @returns what differs, or undefined */
export function difference(one: OfficialCase, judgement: Judgement): string | undefined {
  const found = foundIn(one)
  if (found.verdict !== judgement.verdict) {
    return isKept(one, found, judgement)
      ? undefined
      : `${found.verdict} ${found.code ?? ''}, official: ${judgement.verdict} ${judgement.reason ?? ''}`
  }
  if (found.verdict !== 'accepted') return undefined
  const official = meaningOf(one.signal, Buffer.from(judgement.canonical!, 'base64'))
  return found.meaning === official ? undefined : `means ${found.meaning}, official: ${official}`
}

/**
 * The official runtime drops the bits of a varint beyond the 64th (row B005), and does not look at the numbers of fields
 * inside groups that it skips: 0 is malformed there too (row B007), as protobufjs says with us.
 */
function isKept(one: OfficialCase, found: Found, judgement: Judgement): boolean {
  if (one.encoding !== 'protobuf' || judgement.verdict === 'refused') return false
  if (found.code === KERNEL_ERROR.BAD_VARINT) return true
  return found.code === KERNEL_ERROR.BAD_TAG && isRefusedByProtobufjs(one)
}

function isRefusedByProtobufjs(one: OfficialCase): boolean {
  const body = inflated(one)
  if (typeof body === 'number') return true
  try {
    referenceJson(one.signal, body)
    return false
  } catch {
    return true
  }
}

/** What the engine must answer, by inflate and the kernel alone; of what is accepted, items may be rejected all the same. */
export function answerTo(one: OfficialCase): 'accepted' | 'invalid' | 'too_large' {
  if (inflated(one) === VERDICT.BODY_TOO_LARGE) return 'too_large'
  return foundIn(one).verdict === 'refused' ? 'invalid' : 'accepted'
}

function foundIn(one: OfficialCase): Found {
  const body = inflated(one)
  if (typeof body === 'number') return { verdict: 'refused', code: 0 }
  return one.encoding === 'json' ? readText(one.signal, body) : readProtobuf(one.signal, body)
}

const CODINGS: Readonly<Record<string, Coding>> = { gzip: CODING.GZIP, deflate: CODING.DEFLATE, zstd: CODING.ZSTD }

/** The inflated body, or a verdict. */
function inflated({ coding, body }: OfficialCase): Uint8Array | number {
  return coding === undefined ? body : inflate(Buffer.from(body), CODINGS[coding]!, INFLATED_BYTES_MAX)
}

function readText(signal: Signal, text: Uint8Array): Found {
  const { code, request } = bed.fromJson(signal, text)
  return code < 0
    ? { verdict: 'refused', code: bed.kernel.jsonFault().reason }
    : { verdict: 'accepted', meaning: meaningOf(signal, request) }
}

/** As the engine does it: what scan refuses for a reason that may be one item's, sift looks at to its end. */
function readProtobuf(signal: Signal, payload: Uint8Array): Found {
  const { code } = bed.scan(signal, payload)
  if (code < 0) {
    if (code !== KERNEL_ERROR.BAD_UTF8 && code !== KERNEL_ERROR.BAD_ID && code !== KERNEL_ERROR.STRINDEX)
      return { verdict: 'refused', code }
    const { items, report } = bed.sift(signal, payload, CHECK.UTF8)
    if (items < 0) return { verdict: 'refused', code: items }
    if (report.firstReason !== 0) return { verdict: 'utf8' }
  }
  const transcoded = bed.transcode(signal, payload)
  if (transcoded.code < 0) throw new Error(`transcode answered ${transcoded.code} to what scan accepts`)
  return { verdict: 'accepted', meaning: meaningOfJson(signal, JSON.parse(transcoded.json) as Json) }
}

function meaningOf(signal: Signal, payload: Uint8Array): string {
  return meaningOfJson(signal, referenceJson(signal, payload))
}

function meaningOfJson(signal: Signal, json: Json): string {
  return JSON.stringify(withoutDefaults(requestMessage(signal), json), (_, value: unknown) => {
    if (Object.is(value, -0)) return '-0'
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
