/**
 * Hostile requests, each made from its seed alone: valid ones that are truncated, flipped, spliced, given wrong lengths,
 * compressed wrongly, or named as something else; and what the right answer is, by the kernel's own scan.
 */
import { deflateSync, gzipSync } from 'node:zlib'
import { inflate } from '../../src/ingest/body.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { readJson } from '../bed/json-request.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom, type Random } from '../generator/random.ts'
import { referenceJson } from '../generator/reference-json.ts'

export const REQUEST_BYTES_MAX = 1 << 20
const CORPUS_COUNT = 64
const DEFLATE = 2
const GZIP = 1

export type Verdict = 'accepted' | 'invalid' | 'too_large' | 'unsupported'

export interface HostileCase {
  readonly seed: number
  readonly road: 'http' | 'grpc'
  readonly signalIndex: number
  readonly body: Buffer
  /** HTTP only. */
  readonly headers: Record<string, string>
  /** gRPC only: compressed by the client. */
  readonly gzip: boolean
  readonly expected: Verdict
}

const bed = new KernelBed()
const corpus = SIGNALS.map((signal) =>
  Array.from({ length: CORPUS_COUNT }, (_, seed) =>
    Buffer.from(generateRequest(signal, seed, { odd: seed % 2 === 1, bytesAbout: 600 })),
  ),
)
const texts = SIGNALS.map((signal, index) =>
  corpus[index]!.map((body) => Buffer.from(JSON.stringify(referenceJson(signal, body)))),
)
const bomb = gzipSync(Buffer.alloc(2 * REQUEST_BYTES_MAX))

export function hostileCase(seed: number): HostileCase {
  const random = createRandom(seed)
  const signalIndex = random.below(SIGNALS.length)
  if (random.oneIn(5)) return grpcCase(seed, random, signalIndex)
  switch (random.below(8)) {
    case 0:
      return jsonCase(seed, random, signalIndex)
    case 1:
      return compressedCase(seed, random, signalIndex)
    case 2:
      return unsupportedCase(seed, random, signalIndex)
    default: {
      const body = mutated(random, corpus[signalIndex]!)
      return httpCase(seed, signalIndex, body, {}, scanned(signalIndex, body))
    }
  }
}

function grpcCase(seed: number, random: Random, signalIndex: number): HostileCase {
  const body = mutated(random, corpus[signalIndex]!)
  const expected = scanned(signalIndex, body)
  return { seed, road: 'grpc', signalIndex, body, headers: {}, gzip: random.oneIn(4), expected }
}

function httpCase(
  seed: number,
  signalIndex: number,
  body: Buffer,
  headers: Record<string, string>,
  expected: Verdict,
): HostileCase {
  const all = { 'content-type': 'application/x-protobuf', ...headers }
  return { seed, road: 'http', signalIndex, body, headers: all, gzip: false, expected }
}

function jsonCase(seed: number, random: Random, signalIndex: number): HostileCase {
  const body = mutated(random, texts[signalIndex]!)
  return httpCase(seed, signalIndex, body, { 'content-type': 'application/json' }, readable(signalIndex, body))
}

function compressedCase(seed: number, random: Random, signalIndex: number): HostileCase {
  const isGzip = !random.oneIn(4)
  const headers = { 'content-encoding': isGzip ? 'gzip' : 'deflate' }
  if (isGzip && random.oneIn(50)) return httpCase(seed, signalIndex, bomb, headers, 'too_large')
  const plain = mutated(random, corpus[signalIndex]!)
  const packed = random.oneIn(5) ? plain : isGzip ? gzipSync(plain) : deflateSync(plain)
  const body = random.oneIn(2) ? packed : mutate(random, packed, packed)
  const inflated = inflate(body, isGzip ? GZIP : DEFLATE, REQUEST_BYTES_MAX)
  const expected = typeof inflated === 'number' ? 'invalid' : scanned(signalIndex, inflated)
  return httpCase(seed, signalIndex, body, headers, expected)
}

function unsupportedCase(seed: number, random: Random, signalIndex: number): HostileCase {
  const headers = random.pick([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/octet-stream' },
    { 'content-type': ';;=' },
    { 'content-encoding': 'br' },
    { 'content-encoding': 'gzip, gzip' },
  ] as Record<string, string>[])
  return httpCase(seed, signalIndex, mutated(random, corpus[signalIndex]!), headers, 'unsupported')
}

function scanned(signalIndex: number, body: Uint8Array): Verdict {
  if (body.length > REQUEST_BYTES_MAX) return 'too_large'
  return bed.scan(SIGNALS[signalIndex]!, body).code < 0 ? 'invalid' : 'accepted'
}

function readable(signalIndex: number, text: Buffer): Verdict {
  try {
    return scanned(signalIndex, readJson(signalIndex, text))
  } catch {
    return 'invalid'
  }
}

function mutated(random: Random, bodies: readonly Buffer[]): Buffer {
  return mutate(random, random.pick(bodies), random.pick(bodies))
}

function mutate(random: Random, body: Buffer, other: Buffer): Buffer {
  switch (random.below(8)) {
    case 0:
      return body.subarray(0, random.below(body.length + 1))
    case 1:
      return Buffer.concat([
        body.subarray(0, random.below(body.length + 1)),
        other.subarray(random.below(other.length + 1)),
      ])
    case 2:
      return withByte(random, body, random.pick([0x00, 0x7f, 0x80, 0xff]))
    case 3:
      return Buffer.concat([body, Buffer.from(random.bytes(1 + random.below(20)))])
    case 4:
      return Buffer.from(random.bytes(random.below(200)))
    case 5:
      return nested(random, body)
    default:
      return flipped(random, body)
  }
}

function withByte(random: Random, body: Buffer, value: number): Buffer {
  const copy = Buffer.from(body)
  if (copy.length > 0) copy[random.below(copy.length)] = value
  return copy
}

function flipped(random: Random, body: Buffer): Buffer {
  const copy = Buffer.from(body)
  for (let flips = copy.length === 0 ? 0 : 1 + random.below(8); flips > 0; flips--) {
    const at = random.below(copy.length)
    copy[at] = copy[at]! ^ (1 << random.below(8))
  }
  return copy
}

/** Wrapped in up to two hundred messages of a small field number. */
function nested(random: Random, body: Buffer): Buffer {
  let inner = body.subarray(0, 40)
  for (let depth = random.below(200); depth > 0; depth--) {
    const tag = (1 + random.below(6)) * 8 + 2
    const length = inner.length < 128 ? [inner.length] : [(inner.length & 0x7f) | 0x80, inner.length >>> 7]
    inner = Buffer.concat([Buffer.from([tag, ...length]), inner])
  }
  return inner
}
