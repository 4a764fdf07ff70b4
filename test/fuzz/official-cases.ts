/** Damaged requests in every form that Sluice takes, each made from its seed alone: for the comparison with official decoders. */
import * as zlib from 'node:zlib'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import type { Question } from '../bed/oracle.ts'
import { mutate } from '../generator/mutate.ts'
import { mutateJson } from '../generator/mutate-json.ts'
import { mutateWire } from '../generator/mutate-wire.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom, type Random } from '../generator/random.ts'
import { referenceJson, requestMessage } from '../generator/reference-json.ts'
import { respelled, textOf } from './json-spelling.ts'

const POOL_COUNT = 96
/** Node has zstd from 22.15 on. */
const CODINGS = (['gzip', 'deflate', 'zstd'] as const).filter(
  (coding) => coding !== 'zstd' || 'zstdCompressSync' in zlib,
)

export interface OfficialCase extends Question {
  /** What made it. */
  readonly from: string
}

interface Pool {
  readonly plain: readonly Uint8Array[]
  readonly odd: readonly Uint8Array[]
  readonly texts: readonly string[]
}

const pools = new Map<Signal, Pool>()

function poolOf(signal: Signal): Pool {
  const found = pools.get(signal)
  if (found !== undefined) return found
  const requests = (odd: boolean) =>
    Array.from({ length: POOL_COUNT }, (_, seed) => {
      return generateRequest(signal, seed + 1, { odd, bytesAbout: 40 + 12 * seed, wholeIds: true })
    })
  const plain = requests(false)
  const texts = plain.map((payload, seed) => {
    const json = referenceJson(signal, payload)
    return seed % 2 === 0 ? textOf(json) : respelled(json, createRandom(seed))
  })
  const pool = { plain, odd: requests(true), texts }
  pools.set(signal, pool)
  return pool
}

export function officialCase(seed: number): OfficialCase {
  const random = createRandom(seed ^ 0x0ff1c1a1)
  const signal = random.pick(SIGNALS)
  const encoding = random.oneIn(2) ? 'json' : 'protobuf'
  const body = encoding === 'json' ? damagedText(signal, random) : damagedPayload(signal, random)
  const from = `seed ${seed}`
  if (!random.oneIn(5)) return { from, signal, encoding, body }
  const coding = random.pick(CODINGS)
  return { from, signal, encoding, coding, body: packed(body, coding, random) }
}

function damagedPayload(signal: Signal, random: Random): Uint8Array {
  const { plain, odd } = poolOf(signal)
  switch (random.below(6)) {
    case 0:
      return random.pick(odd)
    case 1:
      return mutate(random.pick(odd), random.pick(plain), random)
    case 2:
      return mutate(random.pick(plain), random.pick(poolOf(random.pick(SIGNALS)).plain), random)
    default:
      return mutateWire(requestMessage(signal), random.pick(plain), random.pick(plain), random)
  }
}

function damagedText(signal: Signal, random: Random): Uint8Array {
  const { texts } = poolOf(signal)
  const text = random.pick(texts)
  if (random.oneIn(10)) return Buffer.from(text)
  if (random.oneIn(4)) return mutate(Buffer.from(text), Buffer.from(random.pick(texts)), random)
  const other = random.pick(poolOf(random.pick(SIGNALS)).texts)
  const mutated = Buffer.from(mutateJson(text, other, random))
  return random.oneIn(20) ? mutate(mutated, mutated, random) : mutated
}

const PACK: Readonly<Record<(typeof CODINGS)[number], (body: Uint8Array) => Buffer>> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  zstd: zlib.zstdCompressSync,
}

/** Whole, damaged, in two members or frames, or not packed at all. */
function packed(body: Uint8Array, coding: (typeof CODINGS)[number], random: Random): Uint8Array {
  const pack = PACK[coding]
  switch (random.below(5)) {
    case 0:
      return mutate(pack(body), pack(body.subarray(0, 9)), random)
    case 1: {
      const cut = random.below(body.length + 1)
      return Buffer.concat([pack(body.subarray(0, cut)), pack(body.subarray(cut))])
    }
    case 2:
      return random.oneIn(4) ? body : Buffer.concat([pack(body), Buffer.from(random.bytes(random.below(3)))])
    default:
      return pack(body)
  }
}
