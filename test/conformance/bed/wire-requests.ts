/** Requests put together on the wire, where a test needs a place for bytes that no encoder writes. */
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import { WireWriter } from '../../generator/wire-writer.ts'

/** Messages of the same shape and numbers in all four signals, outermost first. */
export const LEVELS = ['request', 'resource envelope', 'resource', 'scope envelope', 'scope', 'item'] as const
export type Level = (typeof LEVELS)[number]

const LENGTH = 2
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** Fields of the smallest item that counts; of a metric with one data point. */
const ITEMS: Readonly<Record<Signal, () => WireWriter>> = {
  traces: () => new WireWriter().tag(5, LENGTH).sized(text('name')),
  metrics: () => {
    const point = new WireWriter().tag(3, 1).fixed64(1_763_629_200_000_000_000n).tag(4, 1).double(1.5).finish()
    const gauge = new WireWriter().tag(1, LENGTH).sized(point).finish()
    return new WireWriter().tag(1, LENGTH).sized(text('name')).tag(5, LENGTH).sized(gauge)
  },
  logs: () => new WireWriter().tag(3, LENGTH).sized(text('INFO')),
  profiles: () => new WireWriter().tag(9, LENGTH).sized(text('pprof')),
}

/** A request with one item and, at the end of the message of that level, further bytes. */
export function withBytes(signal: Signal, level: Level, extra: Uint8Array): Buffer {
  const extraAt = (here: Level): Uint8Array => (here === level ? extra : new Uint8Array())
  const one = ITEMS[signal]().raw(extraAt('item')).finish()
  const scope = new WireWriter().tag(1, LENGTH).sized(text('scope')).raw(extraAt('scope')).finish()
  const scopes = new WireWriter().tag(1, LENGTH).sized(scope).tag(2, LENGTH).sized(one).raw(extraAt('scope envelope'))
  const resource = new WireWriter().tag(2, 0).varint(3).raw(extraAt('resource')).finish()
  const resources = new WireWriter().tag(1, LENGTH).sized(resource).tag(2, LENGTH).sized(scopes.finish())
  const request = new WireWriter().tag(1, LENGTH).sized(resources.raw(extraAt('resource envelope')).finish())
  return Buffer.from(request.raw(extraAt('request')).finish())
}

export interface WireCase {
  readonly label: string
  readonly signal: Signal
  readonly body: Buffer
}

/** The same bytes at the end of each message, in all signals. */
export function everywhere(label: string, extra: Uint8Array): WireCase[] {
  return SIGNALS.flatMap((signal) =>
    LEVELS.map((level) => ({ label: `${label} in ${level}`, signal, body: withBytes(signal, level, extra) })),
  )
}

const REQUEST_TO_ATTRIBUTE_VALUE = 4

/**
 * A request whose deepest message is `levels` below it: an attribute of the resource, lists in lists. Written from outside in, so
 * that a million levels take no square of it.
 */
export function nestedRequest(signal: Signal, levels: number): Buffer {
  // A KeyValueList adds three levels instead of two: both parities come up.
  const isOdd = (levels - REQUEST_TO_ATTRIBUTE_VALUE) % 2 === 1
  const lists = Math.floor((levels - REQUEST_TO_ATTRIBUTE_VALUE - (isOdd ? 3 : 0)) / 2)
  const tags = [0x2a, 0x0a]
  const path = [0x0a, 0x0a, 0x0a, 0x12, ...(isOdd ? [0x32, 0x0a, 0x12] : [])]
  for (let left = lists; left > 0; left--) path.push(...tags)
  const item = withBytes(signal, 'request', new Uint8Array())
  return Buffer.concat([item, nestedFields(path)])
}

/** Fields of these one-byte tags, each the only content of the one before; the last is empty. */
function nestedFields(tags: readonly number[]): Buffer {
  const sizes = new Array<number>(tags.length)
  let size = 0
  for (let index = tags.length - 1; index >= 0; index--) {
    sizes[index] = size
    size += 1 + varintBytes(size)
  }
  const bytes = Buffer.alloc(size)
  let at = 0
  for (const [index, tag] of tags.entries()) {
    bytes[at++] = tag
    let rest = sizes[index]!
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128
    bytes[at++] = rest
  }
  return bytes
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
