/** One request of each signal with as many items as wanted, found again in Kafka by its name. */
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES, RESPONSE_MESSAGES } from '../../../src/otlp/schema.ts'
import { SIGNALS, type Signal } from '../../bed/conservation.ts'

export interface SampleOptions {
  readonly items?: number
  /** service.name of the resource; every record of the request holds it. */
  readonly name?: string
  /** Further bytes of the resource: makes bodies of any size. */
  readonly paddingBytes?: number
}

/** The zero value of every table, and nothing else. */
const DICTIONARY = {
  mappingTable: [{}],
  locationTable: [{}],
  functionTable: [{}],
  linkTable: [{}],
  stringTable: [''],
  attributeTable: [{}],
  stackTable: [{}],
}
const SECOND_NANOS = '1700000000000000000'

export function sample(signal: Signal, options: SampleOptions = {}): Buffer {
  const { items = 1, name = 'sample', paddingBytes = 0 } = options
  const attributes = [{ key: 'service.name', value: { stringValue: name } }]
  if (paddingBytes > 0) attributes.push({ key: 'padding', value: { stringValue: 'x'.repeat(paddingBytes) } })
  return encodeRequest(signal, requestOf[signal]({ attributes }, items))
}

/** A sample of exactly that many bytes. */
export function sampleOfBytes(signal: Signal, bytes: number, name = 'sample'): Buffer {
  let paddingBytes = bytes - sample(signal, { name }).length
  // The lengths around the padding take a few bytes more the longer it is.
  for (;;) {
    const made = sample(signal, { name, paddingBytes })
    if (made.length === bytes) return made
    paddingBytes -= made.length - bytes
  }
}

export function encodeRequest(signal: Signal, request: object): Buffer {
  return Buffer.from(requestType(signal).encode(requestType(signal).fromObject(request)).finish())
}

/** @throws when it is no response of that signal */
export function decodeResponse(signal: Signal, bytes: Uint8Array): Record<string, unknown> {
  const type = protobufType(RESPONSE_MESSAGES[SIGNALS.indexOf(signal)]!)
  return type.toObject(type.decode(bytes), { longs: String })
}

function requestType(signal: Signal) {
  return protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
}

const requestOf: Readonly<Record<Signal, (resource: object, items: number) => object>> = {
  traces: (resource, items) => ({
    resourceSpans: [{ resource, scopeSpans: [{ spans: many(items, (index) => span(index)) }] }],
  }),
  // One metric with several points: an item is a point.
  metrics: (resource, items) => ({
    resourceMetrics: [
      { resource, scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: many(items, point) } }] }] },
    ],
  }),
  logs: (resource, items) => ({
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: many(items, record) }] }],
  }),
  profiles: (resource, items) => ({
    resourceProfiles: [{ resource, scopeProfiles: [{ profiles: many(items, profile) }] }],
    dictionary: DICTIONARY,
  }),
}

function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function id(bytes: number, index: number): Buffer {
  const made = Buffer.alloc(bytes, 0xa5)
  made.writeUInt32BE(index + 1, bytes - 4)
  return made
}

function span(index: number): object {
  const times = { startTimeUnixNano: SECOND_NANOS, endTimeUnixNano: SECOND_NANOS }
  return { traceId: id(16, index), spanId: id(8, index), name: `span-${index}`, kind: 2, ...times }
}

function point(index: number): object {
  return { timeUnixNano: SECOND_NANOS, asInt: String(index) }
}

function record(index: number): object {
  return { timeUnixNano: SECOND_NANOS, severityText: 'INFO', body: { stringValue: `record-${index}` } }
}

function profile(index: number): object {
  return { profileId: id(16, index), timeUnixNano: SECOND_NANOS }
}
