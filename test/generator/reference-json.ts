/**
 * OTLP/JSON of a request by another road: protobufjs decodes, this renders. It shares the schema with the kernel, and
 * nothing else; the schema itself is compared with the published one elsewhere.
 *
 * What is on the wire with its default value may be written or left out, so both sides are compared without defaults.
 */

import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import type { Field, Message } from '../../src/otlp/schema.ts'
import { messageNamed, messageOf, REQUEST_MESSAGES } from '../../src/otlp/schema.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'

export type Json = string | number | boolean | Json[] | { [key: string]: Json }
type Decoded = Record<string, unknown>

export function requestMessage(signal: Signal): Message {
  return messageNamed(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
}

/** throws what protobufjs throws when the payload is not valid */
export function referenceJson(signal: Signal, payload: Uint8Array): Json {
  const message = requestMessage(signal)
  return render(message, protobufType(message.name).decode(payload) as unknown as Decoded)
}

function render(message: Message, decoded: Decoded): Json {
  const json: { [key: string]: Json } = {}
  for (const field of message.fields) {
    const value = Object.hasOwn(decoded, field.name) ? decoded[field.name] : undefined
    if (value === undefined || value === null) continue
    if (field.repeated) json[field.name] = (value as unknown[]).map((each) => renderValue(field, each))
    else json[field.name] = renderValue(field, value)
  }
  return json
}

function renderValue(field: Field, value: unknown): Json {
  switch (field.type) {
    case 'message':
      return render(messageOf(field), value as Decoded)
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString(field.hexId ? 'hex' : 'base64')
    case 'int64':
    case 'uint64':
    case 'fixed64':
    case 'sfixed64':
      return String(value)
    case 'double':
      return Number.isFinite(value) ? (value as number) : String(value)
    default:
      return value as Json
  }
}

/** the same without what equals its default, where absence says the same (members of oneofs and optionals stay) */
export function withoutDefaults(message: Message, json: Json): Json {
  const kept: { [key: string]: Json } = {}
  const given = json as { [key: string]: Json }
  for (const [key, value] of Object.entries(given)) {
    const field = message.fields.find((each) => each.name === key)
    if (field === undefined) throw new Error(`${message.name} has no field ${key}`)
    if (field.repeated) {
      if ((value as Json[]).length > 0) kept[key] = (value as Json[]).map((each) => nested(field, each))
    } else if (field.type === 'message' || field.oneof !== undefined || field.optional || !isDefault(field, value)) {
      kept[key] = nested(field, value)
    }
  }
  return kept
}

function nested(field: Field, value: Json): Json {
  return field.type === 'message' ? withoutDefaults(messageOf(field), value) : value
}

function isDefault(field: Field, value: Json): boolean {
  if (field.type === 'double') return Object.is(value, 0)
  return value === '' || value === 0 || value === '0' || value === false
}
