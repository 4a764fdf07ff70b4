/** Requests with faults that concern some items only, of which it is known which. */
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { type Message, messageNamed, messageOf, REQUEST_MESSAGES } from '../../src/otlp/schema.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { generateRequest } from './payload.ts'
import type { Random } from './random.ts'
import { BAD_TEXT, type Decoded } from './sift-reference.ts'

/** What stands for BAD_TEXT on the wire: no byte of UTF-8, overlong, a surrogate, above U+10FFFF, cut off, out of place. */
const NO_UTF8: readonly (readonly number[])[] = [
  [0xff, 0x41, 0x41],
  [0xc0, 0xaf, 0x41],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80],
  [0xe2, 0x82, 0x41],
  [0x41, 0x80, 0x41],
]

/**
 * Random values break nearly every rule of otlp.validation=strict: most of that is repaired first.
 *
 * @param oneIn of the places, which are texts and ids, is spoiled
 */
export function spoiledRequest(signal: Signal, seed: number, random: Random, oneIn: number): Decoded {
  const type = requestType(signal)
  const payload = generateRequest(signal, seed, { bytesAbout: 200 + random.below(1500) })
  const request = type.toObject(type.decode(payload), { longs: String }) as Decoded
  const message = messageNamed(type.fullName.slice(1))
  dropStrindexes(message, request, signal)
  repair(message, request, random)
  spoil(message, request, random, oneIn)
  // What is at its default is not sent.
  const sent = type.encode(type.fromObject(request)).finish()
  return type.toObject(type.decode(sent), { longs: String }) as Decoded
}

/** @returns the request as its sender would send it */
export function encodeSpoiled(signal: Signal, request: Decoded, random?: Random): Buffer {
  const type = requestType(signal)
  const payload = Buffer.from(type.encode(type.fromObject(request)).finish())
  for (let at = payload.indexOf(BAD_TEXT); at >= 0; at = payload.indexOf(BAD_TEXT, at)) {
    payload.set(random?.pick(NO_UTF8) ?? NO_UTF8[0]!, at)
  }
  return payload
}

function requestType(signal: Signal): ReturnType<typeof protobufType> {
  return protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
}

function spoil(message: Message, decoded: Decoded, random: Random, oneIn: number): void {
  forEachMessage(message, decoded, (each, values) => {
    for (const field of each.fields) {
      if (values[field.name] === undefined || field.repeated || !random.oneIn(oneIn)) continue
      if (field.type === 'string') values[field.name] = `${values[field.name] as string}${BAD_TEXT}`
      if (field.hexId) values[field.name] = random.bytes(random.pick([0, 1, 7, 8, 9, 15, 16, 17, 33]))
    }
  })
}

function forEachMessage(message: Message, decoded: Decoded, visit: (each: Message, values: Decoded) => void): void {
  for (const field of message.fields) {
    const value = decoded[field.name]
    if (field.type !== 'message' || value === undefined) continue
    for (const each of field.repeated ? (value as Decoded[]) : [value as Decoded]) {
      forEachMessage(messageOf(field), each, visit)
    }
  }
  visit(message, decoded)
}

/** They are no reason to reject, and have a test of their own. */
function dropStrindexes(message: Message, request: Decoded, signal: Signal): void {
  if (signal === 'profiles') return
  forEachMessage(message, request, (_, values) => {
    delete values.stringValueStrindex
    delete values.keyStrindex
  })
}

function repair(message: Message, request: Decoded, random: Random): void {
  const dictionary = (request.dictionary ?? {}) as Decoded
  if (message.fields.some(({ name }) => name === 'dictionary')) {
    request.dictionary = dictionary
    repairDictionary(dictionary, random)
  }
  forEachMessage(message, request, (each, values) => {
    if (random.oneIn(20)) return
    for (const field of each.fields) {
      if (field.hexId && values[field.name] !== undefined) {
        values[field.name] = random.bytes(/spanid$/i.test(field.name) ? 8 : 16)
      }
      const bound = indexBound(field.name, dictionary)
      if (bound !== undefined && values[field.name] !== undefined) {
        const inside = (): number => random.below(bound)
        values[field.name] = field.repeated ? (values[field.name] as unknown[]).map(inside) : inside()
      }
    }
    repairMessage(each.name.slice(each.name.lastIndexOf('.') + 1), values, random)
  })
}

const TABLES = ['mapping', 'location', 'function', 'link', 'string', 'attribute', 'stack']

function repairDictionary(dictionary: Decoded, random: Random): void {
  for (const table of TABLES) {
    if (random.oneIn(200)) continue
    const entries = (dictionary[`${table}Table`] ?? []) as unknown[]
    entries[0] = table === 'string' ? '' : {}
    dictionary[`${table}Table`] = entries
  }
}

function indexBound(name: string, dictionary: Decoded): number | undefined {
  const table = /trindex$/.test(name) ? 'string' : TABLES.find((each) => RegExp(`^${each}Ind(ex|ices)$`).test(name))
  return table === undefined ? undefined : Math.max(1, ((dictionary[`${table}Table`] ?? []) as unknown[]).length)
}

function repairMessage(name: string, values: Decoded, random: Random): void {
  if ('aggregationTemporality' in values || /^(Sum|Histogram|ExponentialHistogram)$/.test(name)) {
    values.aggregationTemporality = 1 + random.below(2)
  }
  if (name === 'Span') Object.assign(values, { traceId: random.bytes(16), spanId: random.bytes(8) })
  if (name.endsWith('DataPoint')) values.timeUnixNano = '1763629200000000000'
  if (name === 'NumberDataPoint' || name === 'Exemplar') {
    if (values.asDouble === undefined && values.asInt === undefined) values.asInt = '7'
  }
  if (name === 'HistogramDataPoint') Object.assign(values, histogram(random))
  if (name === 'ExponentialHistogramDataPoint') {
    Object.assign(values, { count: '9', zeroCount: '2', positive: { bucketCounts: ['3', '4'] }, negative: {} })
  }
  if (name === 'ValueAtQuantile') Object.assign(values, { quantile: random.below(11) / 10, value: random.below(100) })
  if (name === 'Sample')
    Object.assign(values, { values: ['1', '2'], timestampsUnixNano: random.oneIn(2) ? ['5', '6'] : [] })
  if (name === 'Profile' && values.originalPayloadFormat !== undefined) {
    Object.assign(values, { originalPayloadFormat: 'pprof', originalPayload: random.bytes(3) })
  } else if (name === 'Profile') delete values.originalPayload
}

function histogram(random: Random): Decoded {
  const buckets = random.below(4)
  if (buckets === 0) return { bucketCounts: [], explicitBounds: [], count: '5' }
  return {
    bucketCounts: Array<string>(buckets).fill('2'),
    explicitBounds: Array.from({ length: buckets - 1 }, (_, index) => index * 2.5),
    count: String(buckets * 2),
  }
}
