/**
 * Hostile requests to the whole engine, each made from its seed alone: the damaged ones of the comparison with official decoders, over
 * HTTP and in gRPC frames that are damaged too; bombs; and what is named as something else. With each the right answer: of a body by the
 * kernel alone, which official-check.ts holds against the official runtime; of frames and names by the rules of gRPC and HTTP.
 */
import { gzipSync } from 'node:zlib'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { createRandom, type Random } from '../generator/random.ts'
import { type OfficialCase, officialCase } from './official-cases.ts'
import { answerTo } from './official-check.ts'

export const REQUEST_BYTES_MAX = 1 << 20

export type Verdict = 'accepted' | 'invalid' | 'too_large' | 'unsupported' | 'misframed'

export interface HostileCase {
  readonly seed: number
  readonly road: 'http' | 'grpc'
  readonly signalIndex: number
  /** Of gRPC: all bytes of the stream, prefixes included. */
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly expected: Verdict
}

const PREFIX_BYTES = 5
const bomb = gzipSync(Buffer.alloc(2 * REQUEST_BYTES_MAX))

export function hostileCase(seed: number): HostileCase {
  const random = createRandom(seed)
  if (random.oneIn(400)) return bombCase(seed, random)
  const one = officialCase(seed)
  if (random.oneIn(25)) return unsupportedCase(seed, one, random)
  return one.encoding === 'json' || random.oneIn(2) ? httpCase(seed, one) : grpcCase(seed, one, random)
}

function httpCase(seed: number, one: OfficialCase): HostileCase {
  const headers = {
    'content-type': one.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(one.coding !== undefined && { 'content-encoding': one.coding }),
  }
  const expected = answerTo(one)
  return {
    seed,
    road: 'http',
    signalIndex: SIGNALS.indexOf(one.signal),
    body: Buffer.from(one.body),
    headers,
    expected,
  }
}

function bombCase(seed: number, random: Random): HostileCase {
  const signalIndex = random.below(SIGNALS.length)
  const one = { seed, signalIndex, expected: 'too_large' as const }
  if (random.oneIn(2)) return { ...one, road: 'grpc', headers: { 'grpc-encoding': 'gzip' }, body: framed(bomb, 1) }
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  return { ...one, road: 'http', headers, body: bomb }
}

function unsupportedCase(seed: number, one: OfficialCase, random: Random): HostileCase {
  const headers = random.pick([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/octet-stream' },
    { 'content-type': ';;=' },
    { 'content-type': 'application/x-protobuf', 'content-encoding': 'br' },
    { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip, gzip' },
  ] as Record<string, string>[])
  return { ...httpCase(seed, one), headers, expected: 'unsupported' }
}

/** One message in its frame, or frames that are none. */
function grpcCase(seed: number, one: OfficialCase, random: Random): HostileCase {
  const flag = one.coding === undefined ? 0 : 1
  const headers: Record<string, string> = one.coding === undefined ? {} : { 'grpc-encoding': one.coding }
  const whole = framed(one.body, flag)
  const base = { seed, road: 'grpc' as const, signalIndex: SIGNALS.indexOf(one.signal), headers }
  const byContent = answerTo(one)
  switch (random.below(10)) {
    case 0:
      return { ...base, body: withFlag(whole, 2 + random.below(254)), expected: 'misframed' }
    case 1:
      return { ...base, headers: {}, body: withFlag(whole, 1), expected: 'misframed' }
    case 2:
      return { ...base, body: whole.subarray(0, 1 + random.below(whole.length - 1)), expected: 'misframed' }
    case 3:
      return {
        ...base,
        body: Buffer.concat([whole, Buffer.from(random.bytes(1 + random.below(9)))]),
        expected: 'unsupported',
      }
    case 4:
      return { ...base, body: withLength(whole, REQUEST_BYTES_MAX + 1 + random.below(2 ** 31)), expected: 'too_large' }
    case 5:
      return { ...base, body: Buffer.alloc(0), expected: 'unsupported' }
    case 6: {
      // An uncompressed message is one also where the call names a coding.
      const plain = one.coding === undefined ? whole : framed(Buffer.alloc(0), 0)
      const expected = one.coding === undefined ? byContent : 'accepted'
      return { ...base, headers: { 'grpc-encoding': 'gzip' }, body: plain, expected }
    }
    default:
      return { ...base, body: whole, expected: one.body.length === 0 ? 'accepted' : byContent }
  }
}

function framed(message: Uint8Array, flag: number): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length)
  frame[0] = flag
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, PREFIX_BYTES)
  return frame
}

function withFlag(frame: Buffer, flag: number): Buffer {
  const copy = Buffer.from(frame)
  copy[0] = flag
  return copy
}

function withLength(frame: Buffer, length: number): Buffer {
  const copy = Buffer.from(frame)
  copy.writeUInt32BE(length, 1)
  return copy
}
