/**
 * Protobuf bodies sent over gRPC and HTTP to an engine that writes protobuf and one that writes JSON, judged by the official Python
 * runtime:
 *
 *   refused            -> malformed, nothing in Kafka
 *   accepted           -> success; in Kafka byte for byte, or as JSON of the same meaning
 *   text that is no UTF-8, ids of wrong lengths -> otlp.validation=spec rejects the item (CONTRACT section 3)
 *
 * One difference is kept: the official runtime drops the bits of a varint beyond the 64th; row B005 says that it is malformed. Where
 * such a varint may be, either answer is right.
 */
import { expect } from 'vitest'
import { type Message, messageOf } from '../../../src/otlp/schema.ts'
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import type { Judgement, Oracle } from '../../bed/oracle.ts'
import type { Json } from '../../generator/reference-json.ts'
import { referenceJson, requestMessage } from '../../generator/reference-json.ts'
import { type Answer, Exchange, expectSame, PROTOBUF_ROADS, type Sending } from './exchange.ts'
import { meaningOfJson, meaningOfProtobuf } from './models.ts'
import type { Scene } from './scene.ts'
import type { WireCase } from './wire-requests.ts'

const ID_BYTES: Readonly<Record<string, number>> = { traceId: 16, profileId: 16, spanId: 8, parentSpanId: 8 }
// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes, not text
const MAYBE_OVERFLOW = /[\x80-\xff]{9}[\x02-\x7f]/
const ITEMS: Readonly<Record<Signal, string>> = {
  traces: 'spans',
  metrics: 'dataPoints',
  logs: 'logRecords',
  profiles: 'profiles',
}

export interface Judged extends WireCase {
  readonly judgement: Judgement
  readonly items: number
  readonly expected: Partial<Answer> | undefined
  readonly isStored: boolean
}

export class OfficialComparison {
  readonly #oracle: Oracle
  readonly #exchanges: readonly (readonly [format: 'protobuf' | 'json', exchange: Exchange])[]

  /** @param scenes of the engines, by the format they write */
  constructor(oracle: Oracle, scenes: { protobuf: Scene; json: Scene }) {
    this.#oracle = oracle
    this.#exchanges = [
      ['protobuf', new Exchange(scenes.protobuf)],
      ['json', new Exchange(scenes.json)],
    ]
  }

  /** @returns the cases with what the oracle said, for a test that counts them */
  async expectAgreement(cases: readonly WireCase[]): Promise<Judged[]> {
    const judged = await this.#judge(cases)
    // More than one item, some of them bad: what is left is another test's business.
    const clear = judged.filter(
      ({ expected, items, isStored }) => expected?.kind !== 'partial' || items === 1 || isStored,
    )
    for (const [format, exchange] of this.#exchanges) {
      await exchange.mark()
      await exchange.expectAll(sendings(clear))
      for (const signal of SIGNALS) await expectStored(format, exchange, signal, clear)
      const answers = await exchange.expectAll(sendings(judged.filter((one) => !clear.includes(one)).map(anyAnswer)))
      for (const { kind } of answers) expect(['accepted', 'partial', 'invalid']).toContain(kind)
    }
    return judged
  }

  async #judge(cases: readonly WireCase[]): Promise<Judged[]> {
    const questions = cases.map(({ signal, body }) => ({ signal, encoding: 'protobuf' as const, body }))
    const judgements = await this.#oracle.judge(questions)
    return cases.map((one, index) => judgedCase(one, judgements[index]!))
  }
}

function sendings(judged: readonly Judged[]): Sending[] {
  return judged.flatMap(({ label, signal, body, expected }) =>
    PROTOBUF_ROADS.map((road) => ({ label, road, signal, body, ...(expected && { expected }) })),
  )
}

async function expectStored(format: string, exchange: Exchange, signal: Signal, judged: readonly Judged[]) {
  const stored = judged.filter((one) => one.signal === signal && one.isStored)
  const payloads = await exchange.newRecords(signal)
  const isProtobuf = format === 'protobuf'
  const actual = payloads.map((payload) =>
    isProtobuf ? payload.toString('hex') : meaningOfJson(signal, JSON.parse(payload.toString()) as Json),
  )
  const wanted = stored.flatMap(({ body, judgement }) => {
    const one = isProtobuf ? body.toString('hex') : meaningOfProtobuf(signal, canonicalOf(judgement))
    return PROTOBUF_ROADS.map(() => one)
  })
  expectSame(actual, wanted, `${format} records of ${signal}`)
}

function anyAnswer(one: Judged): Judged {
  return { ...one, expected: undefined }
}

function canonicalOf({ canonical }: Judgement): Buffer {
  return Buffer.from(canonical!, 'base64')
}

function judgedCase(one: WireCase, judgement: Judgement): Judged {
  if (judgement.verdict === 'refused')
    return { ...one, judgement, items: 0, expected: { kind: 'invalid' }, isStored: false }
  if (judgement.verdict === 'utf8')
    return { ...one, judgement, items: 1, expected: { kind: 'partial' }, isStored: false }
  if (MAYBE_OVERFLOW.test(one.body.toString('latin1'))) {
    return { ...one, judgement, items: 0, expected: undefined, isStored: false }
  }
  const json = referenceJson(one.signal, canonicalOf(judgement))
  const items = countItems(one.signal, json)
  if (items === 0) return { ...one, judgement, items, expected: { kind: 'accepted' }, isStored: false }
  if (hasWrongId(requestMessage(one.signal), json)) {
    return { ...one, judgement, items, expected: { kind: 'partial', rejected: 1 }, isStored: false }
  }
  const isWarned = one.signal !== 'profiles' && /"(?:keyStrindex|stringValueStrindex)":/.test(JSON.stringify(json))
  const expected: Partial<Answer> = isWarned ? { kind: 'partial', rejected: 0 } : { kind: 'accepted' }
  return { ...one, judgement, items, expected, isStored: true }
}

/** Items as OTLP counts them: spans, data points, log records, profiles. */
export function countItems(signal: Signal, json: Json): number {
  if (Array.isArray(json)) return json.reduce<number>((sum, each) => sum + countItems(signal, each), 0)
  if (typeof json !== 'object') return 0
  return Object.entries(json).reduce((sum, [key, value]) => {
    return sum + (key === ITEMS[signal] ? (value as Json[]).length : countItems(signal, value))
  }, 0)
}

/** Anywhere in the request: of an item, or of what belongs to one. */
function hasWrongId(message: Message, json: Json): boolean {
  return message.fields.some((field) => {
    const value = (json as { [key: string]: Json })[field.name]
    if (value === undefined) return false
    if (field.hexId) return ![0, 2 * ID_BYTES[field.name]!].includes((value as string).length)
    if (field.type !== 'message') return false
    return (field.repeated ? (value as Json[]) : [value]).some((each) => hasWrongId(messageOf(field), each))
  })
}
