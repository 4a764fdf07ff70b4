/** The schema as protobufjs types, for what is not the hot path: JSON bodies, answers, tests. */
import protobuf from 'protobufjs'
import type { Enumeration, Field, Message } from './schema.ts'
import { ENUMERATIONS, MESSAGES } from './schema.ts'

interface Scope {
  nested?: Record<string, Scope>
  [key: string]: unknown
}

/**
 * Messages and enums (all of the OTLP schema, if not said otherwise) under their full names; field names are lowerCamelCase.
 * Made from protobufjs's JSON form: what it reads from there follows proto3 (open enums, packed, UTF-8 verified).
 */
export function createProtobufRoot(
  messages: readonly Message[] = MESSAGES,
  enumerations: readonly Enumeration[] = ENUMERATIONS,
): protobuf.Root {
  const root: Scope = { nested: {} }
  for (const { name, values } of enumerations) Object.assign(scopeAt(root, name), { values: { ...values } })
  for (const message of messages) Object.assign(scopeAt(root, message.name), typeOf(message))
  const types = protobuf.Root.fromJSON(root as protobuf.INamespace)
  types.resolveAll()
  return types
}

let sharedRoot: protobuf.Root | undefined

/** a message type by its full name; the root is made once per thread, at the first call */
export function protobufType(name: string): protobuf.Type {
  sharedRoot ??= createProtobufRoot()
  return sharedRoot.lookupType(name)
}

function typeOf(message: Message): {
  fields: Record<string, protobuf.IField>
  oneofs: Record<string, protobuf.IOneOf>
} {
  const fields = Object.fromEntries(message.fields.map((field) => [field.name, fieldOf(field)]))
  const oneofs: Record<string, protobuf.IOneOf> = {}
  for (const field of message.fields) {
    // proto3 `optional` is a oneof of one member, in all implementations
    const oneof = field.oneof ?? (field.optional ? `_${field.name}` : undefined)
    if (oneof === undefined) continue
    oneofs[oneof] ??= { oneof: [] }
    oneofs[oneof].oneof.push(field.name)
  }
  return { fields, oneofs }
}

function fieldOf(field: Field): protobuf.IField {
  const type = field.message ?? field.enumeration ?? field.type
  const rule = field.repeated ? { rule: 'repeated' } : {}
  const options = field.optional ? { options: { proto3_optional: true } } : {}
  return { type, id: field.number, ...rule, ...options }
}

/** the place of a full name in the tree; the scopes around it are made on the way */
function scopeAt(root: Scope, name: string): Scope {
  let scope = root
  for (const part of name.split('.')) {
    scope.nested ??= {}
    scope.nested[part] ??= {}
    scope = scope.nested[part]
  }
  return scope
}
