/**
 * The notation in which the schema tables are written: one call per field, in the order of the `.proto` files.
 *
 * A field is written once, by its JSON name; its `.proto` name follows from it (`traceId` is `trace_id`), which
 * holds for every OTLP field and is checked against the published `.proto` files by a test.
 */

export type ScalarType =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'double'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'

export type FieldType = ScalarType | 'message' | 'enum'

export interface Field {
  readonly number: number
  /** lowerCamelCase, the key in OTLP/JSON */
  readonly name: string
  /** snake_case, as in the `.proto` file */
  readonly protoName: string
  readonly type: FieldType
  readonly repeated: boolean
  /** repeated scalars are written packed; both forms are read */
  readonly packed: boolean
  /** proto3 `optional`: absent and default are different */
  readonly optional: boolean
  /** bytes that OTLP/JSON writes as lower-case hex instead of base64 */
  readonly hexId: boolean
  /** name of the oneof the field belongs to */
  readonly oneof?: string
  /** full name of the message type, when type is `message` */
  readonly message?: string
  /** full name of the enum type, when type is `enum` */
  readonly enumeration?: string
}

export interface Message {
  /** full name, as `opentelemetry.proto.trace.v1.Span` */
  readonly name: string
  readonly fields: readonly Field[]
}

export interface Enumeration {
  readonly name: string
  readonly values: Readonly<Record<string, number>>
}

export type FieldSpec = Omit<Field, 'name' | 'protoName'>

const PLAIN = { repeated: false, packed: false, optional: false, hexId: false } as const

export const scalar = (number: number, type: ScalarType): FieldSpec => ({ ...PLAIN, number, type })
export const hexId = (number: number): FieldSpec => ({ ...PLAIN, number, type: 'bytes', hexId: true })
export const one = (number: number, message: string): FieldSpec => ({ ...PLAIN, number, type: 'message', message })
export const choice = (number: number, enumeration: string): FieldSpec => ({
  ...PLAIN,
  number,
  type: 'enum',
  enumeration,
})
export const many = (spec: FieldSpec): FieldSpec => ({
  ...spec,
  repeated: true,
  packed: spec.type !== 'message' && spec.type !== 'string' && spec.type !== 'bytes',
})
export const optional = (spec: FieldSpec): FieldSpec => ({ ...spec, optional: true })

/** the members of one oneof, to be spread into the fields of its message */
export function oneof(name: string, members: Record<string, FieldSpec>): Record<string, FieldSpec> {
  return Object.fromEntries(Object.entries(members).map(([key, spec]) => [key, { ...spec, oneof: name }]))
}

export function message(name: string, specs: Record<string, FieldSpec>): Message {
  const fields = Object.entries(specs).map(([key, spec]) => ({ ...spec, name: key, protoName: snakeCase(key) }))
  return { name, fields }
}

function snakeCase(lowerCamelCase: string): string {
  return lowerCamelCase.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
