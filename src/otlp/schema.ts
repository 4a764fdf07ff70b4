/**
 * The schema of OTLP: every message of the four Export requests and responses, each field once.
 *
 * The single source: the kernel's tables, the JSON reader, reflection and the protobufjs types are made from it, and a
 * test compares it with the published `.proto` files (opentelemetry-proto 1.11), field by field.
 *
 * Fields of proto maturity Development follow the newest published file.
 */
import { COMMON_MESSAGES } from './schema-common.ts'
import type { Enumeration, Field, Message } from './schema-field.ts'
import { LOGS_ENUMERATIONS, LOGS_MESSAGES, LOGS_REQUEST, LOGS_RESPONSE } from './schema-logs.ts'
import { METRICS_ENUMERATIONS, METRICS_MESSAGES, METRICS_REQUEST, METRICS_RESPONSE } from './schema-metrics.ts'
import { PROFILES_MESSAGES, PROFILES_REQUEST, PROFILES_RESPONSE } from './schema-profiles.ts'
import { STATUS_MESSAGES } from './schema-status.ts'
import { TRACES_ENUMERATIONS, TRACES_MESSAGES, TRACES_REQUEST, TRACES_RESPONSE } from './schema-traces.ts'

export type { Enumeration, Field, FieldType, Message, ScalarType } from './schema-field.ts'

export const MESSAGES: readonly Message[] = [
  ...COMMON_MESSAGES,
  ...TRACES_MESSAGES,
  ...METRICS_MESSAGES,
  ...LOGS_MESSAGES,
  ...PROFILES_MESSAGES,
  ...STATUS_MESSAGES,
]

export const ENUMERATIONS: readonly Enumeration[] = [
  ...TRACES_ENUMERATIONS,
  ...METRICS_ENUMERATIONS,
  ...LOGS_ENUMERATIONS,
]

/** full name of the request message, by signal index */
export const REQUEST_MESSAGES: readonly string[] = [TRACES_REQUEST, METRICS_REQUEST, LOGS_REQUEST, PROFILES_REQUEST]

/** full name of the response message, by signal index */
export const RESPONSE_MESSAGES: readonly string[] = [
  TRACES_RESPONSE,
  METRICS_RESPONSE,
  LOGS_RESPONSE,
  PROFILES_RESPONSE,
]

const messageByName: ReadonlyMap<string, Message> = new Map(MESSAGES.map((message) => [message.name, message]))
const enumerationByName: ReadonlyMap<string, Enumeration> = new Map(ENUMERATIONS.map((each) => [each.name, each]))

export function messageNamed(name: string): Message {
  const message = messageByName.get(name)
  if (message === undefined) throw new Error(`no message ${name} in the OTLP schema`)
  return message
}

export function enumerationNamed(name: string): Enumeration {
  const enumeration = enumerationByName.get(name)
  if (enumeration === undefined) throw new Error(`no enum ${name} in the OTLP schema`)
  return enumeration
}

/** the message type of a field of type `message` */
export function messageOf(field: Field): Message {
  return messageNamed(field.message ?? `(field ${field.name} is no message)`)
}

/** the request messages and all they hold, roots first, each once */
export function requestMessages(): readonly Message[] {
  const found = new Map<string, Message>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    const message = messageNamed(name)
    found.set(name, message)
    for (const field of message.fields) if (field.message !== undefined) visit(field.message)
  }
  for (const name of REQUEST_MESSAGES) visit(name)
  return [...found.values()]
}
