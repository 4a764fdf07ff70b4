/** Requests of each signal in each encoding, and what is wrong with them on purpose. */
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../src/otlp/schema.ts'
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import { itemsIn } from '../../bed/otlp-json.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../../generator/reference-json.ts'
import { logsRequest, metricsRequest, profilesRequest, tracesRequest } from '../../generator/telemetry.ts'

export const ENCODINGS = ['protobuf', 'json'] as const
export type Encoding = (typeof ENCODINGS)[number]

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** Every signal over HTTP in both encodings: for `it.each`. */
export const EACH_WAY: readonly (readonly [signal: Signal, encoding: Encoding])[] = SIGNALS.flatMap((signal) =>
  ENCODINGS.map((encoding) => [signal, encoding] as const),
)

const USUAL: Readonly<Record<Signal, Uint8Array>> = {
  traces: tracesRequest(3),
  metrics: metricsRequest(3),
  logs: logsRequest(3),
  profiles: profilesRequest(3),
}

/** As an SDK sends it. */
export function usualBody(signal: Signal, encoding: Encoding = 'protobuf'): Buffer {
  const bytes = Buffer.from(USUAL[signal])
  return encoding === 'protobuf' ? bytes : Buffer.from(JSON.stringify(referenceJson(signal, bytes)))
}

/** Without any item: the smallest success. */
export function emptyBody(encoding: Encoding): Buffer {
  return Buffer.from(encoding === 'protobuf' ? '' : '{}')
}

/** Cannot be decoded, whatever the receiver is willing to overlook. */
export function malformedBody(encoding: Encoding): Buffer {
  return encoding === 'protobuf' ? Buffer.from([0x0a, 0x7f, 0x01]) : Buffer.from('{"resourceSpans":[')
}

/** One item per name, the name where people look for it. */
export function namedItems(signal: Signal, names: readonly string[], encoding: Encoding = 'protobuf'): Buffer {
  const type = protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
  const bytes = Buffer.from(type.encode(type.fromObject(request(signal, names))).finish())
  return encoding === 'protobuf' ? bytes : Buffer.from(JSON.stringify(referenceJson(signal, bytes)))
}

function request(signal: Signal, names: readonly string[]): object {
  const timeUnixNano = '1763629200000000000'
  const attributes = (name: string) => [{ key: 'item', value: { stringValue: name } }]
  switch (signal) {
    case 'traces':
      return { resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ ...SPAN_IDS, name })) }] }] }
    case 'metrics': {
      const dataPoints = names.map((name) => ({ timeUnixNano, asInt: 1, attributes: attributes(name) }))
      return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] }
    }
    case 'logs': {
      const logRecords = names.map((name) => ({ timeUnixNano, body: { stringValue: name } }))
      return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }
    }
    case 'profiles': {
      const profiles = names.map((name) => ({ timeUnixNano, originalPayloadFormat: name, originalPayload: ORIGINAL }))
      return { resourceProfiles: [{ scopeProfiles: [{ profiles }] }], dictionary: { stringTable: [''] } }
    }
  }
}

const SPAN_IDS = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2) }
const ORIGINAL = Buffer.from('original')

/** The request without what is a default on the wire: equal for two that mean the same. */
export function meaningOf(signal: Signal, payload: Uint8Array): Json {
  return withoutDefaults(requestMessage(signal), referenceJson(signal, payload))
}

/** Names of all items in records of either format, in order, as `namedItems` gave them. */
export function namesIn(signal: Signal, records: readonly { readonly payload: Buffer | null }[]): string[] {
  return records.flatMap(({ payload }) => {
    const isText = payload!.subarray(0, 1).toString() === '{'
    const request = isText ? JSON.parse(payload!.toString()) : referenceJson(signal, payload!)
    return signal === 'profiles' ? profileNames(request) : itemsIn(signal, request).map(({ name }) => name)
  })
}

function profileNames(request: object): string[] {
  const names = JSON.stringify(request).matchAll(/"originalPayloadFormat":"([^"]*)"/g)
  return [...names].map(([, name]) => name!)
}
