/** The schema table, arranged for the JSON reader: fields by their key, with tag and oneof worked out. Made once. */
import { assert } from '../base/assert.ts'
import { type Field, type FieldType, type Message, messageNamed, messageOf, REQUEST_MESSAGES } from './schema.ts'

export interface FieldPlan {
  readonly name: string
  readonly type: FieldType
  readonly repeated: boolean
  readonly packed: boolean
  /** Field number and wire type. */
  readonly tag: number
  /** Tag of one element; 0 inside a packed field, which has one tag in all. */
  readonly elementTag: number
  /** Absent and default are different: a default is written. */
  readonly explicit: boolean
  readonly idText: 'hex' | 'profile' | 'none'
  /** This field in a set of fields of its message. */
  readonly bit: number
  /** The other members of its oneof. */
  readonly rivals: number
  readonly message: MessagePlan | undefined
}

export interface MessagePlan {
  readonly fields: ReadonlyMap<string, FieldPlan>
}

const FIELDS_MAX = 31
const VARINT = 0
const FIXED_64 = 1
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

const plans = new Map<string, MessagePlan>()

/** By signal index. */
export const REQUEST_PLANS: readonly MessagePlan[] = REQUEST_MESSAGES.map((name) => planOf(messageNamed(name)))

/** Entered before its fields are known: messages hold one another (AnyValue holds ArrayValue holds AnyValue). */
function planOf(message: Message): MessagePlan {
  const known = plans.get(message.name)
  if (known !== undefined) return known
  assert(message.fields.length <= FIELDS_MAX, `${message.name} has more than ${FIELDS_MAX} fields`)
  const fields = new Map<string, FieldPlan>()
  const plan = { fields }
  plans.set(message.name, plan)
  for (const [index, field] of message.fields.entries()) fields.set(field.name, fieldPlan(message, field, index))
  return plan
}

function fieldPlan(message: Message, field: Field, index: number): FieldPlan {
  const tag = (field.number << 3) | (field.packed ? LENGTH_DELIMITED : wireType(field.type))
  return {
    name: field.name,
    type: field.type,
    repeated: field.repeated,
    packed: field.packed,
    tag,
    elementTag: field.packed ? 0 : tag,
    explicit: field.repeated || field.optional || field.oneof !== undefined,
    idText: !field.hexId ? 'none' : field.name === 'profileId' ? 'profile' : 'hex',
    bit: 1 << index,
    rivals: rivals(message, field),
    message: field.type === 'message' ? planOf(messageOf(field)) : undefined,
  }
}

function rivals(message: Message, field: Field): number {
  if (field.oneof === undefined) return 0
  let set = 0
  for (const [index, other] of message.fields.entries()) {
    if (other.oneof === field.oneof && other !== field) set |= 1 << index
  }
  return set
}

function wireType(type: FieldType): number {
  switch (type) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return FIXED_64
    case 'fixed32':
      return FIXED_32
    case 'string':
    case 'bytes':
    case 'message':
      return LENGTH_DELIMITED
    default:
      return VARINT
  }
}
