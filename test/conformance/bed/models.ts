/**
 * Requests written once, as OTLP/JSON, and sent in both encodings: the protobuf form is made from the same model by way of
 * protobufjs, so that both must arrive as the same telemetry.
 */
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { type Field, type Message, messageOf, REQUEST_MESSAGES } from '../../../src/otlp/schema.ts'
import type { Signal } from '../../../src/otlp/signal.ts'
import { SIGNALS } from '../../../src/otlp/signal.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../../generator/reference-json.ts'

export type Model = { [key: string]: Json }

/** Names of the two envelopes and of the items of a signal, and those of its dictionary-free item attributes. */
const ENVELOPES: Readonly<Record<Signal, readonly [resources: string, scopes: string, items: string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  profiles: ['resourceProfiles', 'scopeProfiles', 'profiles'],
}

export interface Surroundings {
  /** Fields of the Resource message. */
  readonly resource?: Model
  /** Fields of the InstrumentationScope message. */
  readonly scope?: Model
  /** Further fields of the message around the resource, such as schemaUrl. */
  readonly resourceEnvelope?: Model
  readonly scopeEnvelope?: Model
  /** Further fields of the request: the dictionary of profiles. */
  readonly request?: Model
}

/** One resource, one scope, these items; for metrics each item is a Metric. */
export function requestOf(signal: Signal, items: readonly Model[], around: Surroundings = {}): Model {
  const [resources, scopes, name] = ENVELOPES[signal]
  const scope = { ...(around.scope && { scope: around.scope }), [name]: [...items], ...around.scopeEnvelope }
  const resource = {
    ...(around.resource && { resource: around.resource }),
    [scopes]: [scope],
    ...around.resourceEnvelope,
  }
  return { [resources]: [resource], ...around.request }
}

const TIME = '1763629200123456789'

/** An ordinary item that carries a name and further fields; of a metric the fields are those of its one data point. */
export function item(signal: Signal, name: string, fields: Model = {}): Model {
  switch (signal) {
    case 'traces':
      return { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name, ...fields }
    case 'metrics':
      return { name, gauge: { dataPoints: [{ timeUnixNano: TIME, asDouble: 1.5, ...fields }] } }
    case 'logs':
      return { timeUnixNano: TIME, body: { stringValue: name }, ...fields }
    default:
      return {
        originalPayloadFormat: name,
        timeUnixNano: TIME,
        profileId: '000102030405060708090a0b0c0d0eff',
        ...fields,
      }
  }
}

export const attribute = (key: string, value: Json): Model => ({ key, value })

/** The Export request in protobuf. */
export function protobufOf(signal: Signal, model: Model): Buffer {
  const type = protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
  return Buffer.from(type.encode(type.fromObject(forProtobufjs(requestMessage(signal), model))).finish())
}

/** JSON.stringify writes -0 as 0; OTLP/JSON takes doubles as text too. */
export function jsonOf(model: Json): Buffer {
  return Buffer.from(JSON.stringify(model, (_, value: unknown) => (Object.is(value, -0) ? '-0' : value)))
}

/** One text for each meaning: what is equal as telemetry is equal as text, whatever its form was. */
export function meaningOfJson(signal: Signal, json: Json): string {
  return JSON.stringify(withoutDefaults(requestMessage(signal), json), sortedKeys)
}

export function meaningOfProtobuf(signal: Signal, payload: Uint8Array): string {
  return meaningOfJson(signal, referenceJson(signal, payload))
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function forProtobufjs(message: Message, model: Model): Record<string, unknown> {
  const fields = new Map(message.fields.map((field) => [field.name, field]))
  return Object.fromEntries(
    Object.entries(model).map(([key, value]) => {
      const field = fields.get(key)
      if (field === undefined) throw new Error(`${message.name} has no field ${key}`)
      return [key, field.repeated ? (value as Json[]).map((each) => fieldValue(field, each)) : fieldValue(field, value)]
    }),
  )
}

function fieldValue(field: Field, value: Json): unknown {
  if (field.type === 'message') return forProtobufjs(messageOf(field), value as Model)
  if (field.type === 'bytes') return Buffer.from(value as string, field.hexId ? 'hex' : 'base64')
  return field.type === 'double' ? Number(value) : value
}
