/**
 * The schema by names, for the kernel's reader of OTLP/JSON: which field does a key belong to? Part of the kernel's tables
 * (kernel-tables.ts); kernel/json-tables.ts reads what is written here: keep the two in step.
 *
 *   messages    144 each
 *                     0 u32      multiplier of the hash
 *                     4 u32      count of names
 *                     8 u32      address of the first name
 *                    12          free
 *                    16 128 x u8 index of a name by hash, counted from 1; 0 = none
 *   names        48 each: lowerCamelCase, and the name in the .proto file where that is another
 *                     0 32 x u8  the name, then zeros
 *                    32 u8       bytes of the name
 *                    33 u8       kind of the value: JSON_KIND
 *                    34 u8       FLAG bits
 *                    35 u8       field number
 *                    36 u16      tag as a varint
 *                    38 u8       bytes kept free for the length
 *                    40 u32      bits of the fields it excludes: itself and the members of its oneof
 *                    44 u32      address of the message's table, or of the enum's
 *   enums       8 + 56 per value
 *                     0 u32      count of values
 *                     8          values: i32 number | u8 bytes of the name | 3 free | 48 x u8 name
 */
import { assert } from '../base/assert.ts'
import { idBytes } from './kernel-rules.ts'
import type { Field, Message } from './schema.ts'
import { ENUMERATIONS, REQUEST_MESSAGES, requestMessages } from './schema.ts'
import { KEY_VALUE } from './schema-common.ts'

/** Same numbers in kernel/json-tables.ts. */
export const JSON_KIND = {
  MESSAGE: 0,
  STRING: 1,
  TRACE_ID: 2,
  SPAN_ID: 3,
  PROFILE_ID: 4,
  BYTES: 5,
  BOOL: 6,
  DOUBLE: 7,
  ENUM: 8,
  INT32: 9,
  UINT32: 10,
  SINT32: 11,
  INT64: 12,
  UINT64: 13,
  FIXED32: 14,
  FIXED64: 15,
  SFIXED64: 16,
} as const

const FLAG = { REPEATED: 1, PACKED: 2, EXPLICIT: 4, ORIGINAL: 8, LONG_TAG: 16, ATTRIBUTE: 32 } as const

const SLOTS = 128
const SLOTS_OFFSET = 16
const MESSAGE_BYTES = SLOTS_OFFSET + SLOTS
const NAME_BYTES = 48
const NAME_TEXT_BYTES = 32
const ENUM_VALUES_OFFSET = 8
const ENUM_VALUE_BYTES = 56
const ENUM_NAME_BYTES_MAX = 48

/** A name that a key may have. */
interface Name {
  readonly text: string
  readonly message: Message
  readonly field: Field
  /** The name in the .proto file, and not that of OTLP/JSON. */
  readonly isOriginal: boolean
}

const messages = requestMessages()
const namesOf = new Map(
  messages.map((message) => [message, message.fields.flatMap((field) => bothNames(message, field))]),
)
const names: readonly Name[] = messages.flatMap((message) => namesOf.get(message)!)

const NAMES_OFFSET = messages.length * MESSAGE_BYTES
const ENUMS_OFFSET = NAMES_OFFSET + names.length * NAME_BYTES

/** Space these tables need; a multiple of 8. */
export const JSON_TABLES_BYTES = ENUMERATIONS.reduce((bytes, { values }) => {
  return bytes + ENUM_VALUES_OFFSET + Object.keys(values).length * ENUM_VALUE_BYTES
}, ENUMS_OFFSET)

function bothNames(message: Message, field: Field): Name[] {
  const name = { text: field.name, message, field, isOriginal: false }
  return field.protoName === field.name ? [name] : [name, { ...name, text: field.protoName, isOriginal: true }]
}

/**
 * @param view of JSON_TABLES_BYTES; @param address of its first byte in the memory
 * @returns the address of the request message's table, by signal index
 */
export function writeJsonTables(view: DataView, address: number): number[] {
  const messageAddress = new Map(messages.map(({ name }, index) => [name, address + index * MESSAGE_BYTES]))
  const addressOf = new Map([...messageAddress, ...writeEnums(view, address)])
  let nameIndex = 0
  for (const message of messages) {
    const messageNames = namesOf.get(message)!
    writeMessage(view, messageAddress.get(message.name)! - address, messageNames, {
      firstName: address + NAMES_OFFSET + nameIndex * NAME_BYTES,
    })
    for (const name of messageNames) {
      const below = addressOf.get(name.field.message ?? name.field.enumeration ?? '') ?? 0
      writeName(view, NAMES_OFFSET + nameIndex++ * NAME_BYTES, name, below)
    }
  }
  return REQUEST_MESSAGES.map((name) => messageAddress.get(name)!)
}

/** @param nameOffset from the first byte of the tables; @returns undefined when no name begins there */
export function jsonNameAt(nameOffset: number): { readonly text: string; readonly field: Field } | undefined {
  return names[(nameOffset - NAMES_OFFSET) / NAME_BYTES]
}

function writeMessage(
  view: DataView,
  offset: number,
  messageNames: readonly Name[],
  { firstName }: { firstName: number },
): void {
  const multiplier = perfectMultiplier(messageNames)
  view.setUint32(offset, multiplier, true)
  view.setUint32(offset + 4, messageNames.length, true)
  view.setUint32(offset + 8, firstName, true)
  for (const [index, { text }] of messageNames.entries()) {
    view.setUint8(offset + SLOTS_OFFSET + slotOf(text, multiplier), index + 1)
  }
}

/** by the first and the last four bytes of a name; a name of three has the quote before or behind it among them */
function slotOf(text: string, multiplier: number): number {
  const quoted = Buffer.from(`"${text}"`)
  const first = quoted.readUInt32LE(1)
  const last = quoted.readUInt32LE(text.length + 1 - 4)
  return Math.imul(first ^ Math.imul(last, 0x9e3779b1) ^ (text.length << 24), multiplier) >>> 25
}

/** an odd number that gives every name a slot of its own */
function perfectMultiplier(messageNames: readonly Name[]): number {
  for (let tries = 0, multiplier = 0x9e3779b1; tries < 1_000_000; tries++) {
    const slots = new Set(messageNames.map(({ text }) => slotOf(text, multiplier)))
    if (slots.size === messageNames.length) return multiplier
    multiplier = ((Math.imul(multiplier, 0x2c1b3c6d) + 0x3d4d51ca) >>> 0) | 1
  }
  throw new Error('no hash keeps the names of a message apart')
}

function writeName(view: DataView, offset: number, { text, message, field, isOriginal }: Name, below: number): void {
  assert(
    text.length >= 3 && text.length < NAME_TEXT_BYTES,
    `${text}: a name has 3 to ${NAME_TEXT_BYTES - 1} characters`,
  )
  for (let index = 0; index < text.length; index++) view.setUint8(offset + index, text.charCodeAt(index))
  const tag = (field.number << 3) | (field.packed ? 2 : wireTypeOf(kindOf(field)))
  view.setUint8(offset + 32, text.length)
  view.setUint8(offset + 33, kindOf(field))
  view.setUint8(offset + 34, flagsOf(field) | (isOriginal ? FLAG.ORIGINAL : 0) | (tag > 127 ? FLAG.LONG_TAG : 0))
  view.setUint8(offset + 35, field.number)
  view.setUint16(offset + 36, tag > 127 ? (tag & 127) | 128 | ((tag >> 7) << 8) : tag, true)
  view.setUint8(offset + 38, lengthBytes(message, field))
  view.setUint32(offset + 40, excludedBits(message, field), true)
  view.setUint32(offset + 44, below, true)
}

function flagsOf(field: Field): number {
  const isExplicit = field.repeated || field.optional || field.oneof !== undefined
  return (
    (field.repeated ? FLAG.REPEATED : 0) |
    (field.packed ? FLAG.PACKED : 0) |
    (isExplicit ? FLAG.EXPLICIT : 0) |
    (field.message === KEY_VALUE ? FLAG.ATTRIBUTE : 0)
  )
}

/** what the length of this field usually takes: content whose length takes another number of bytes is moved */
function lengthBytes(message: Message, field: Field): number {
  if (field.type !== 'message' || !field.repeated) return 1
  if (REQUEST_MESSAGES.includes(message.name)) return 3
  if (/^scope(Spans|Metrics|Logs|Profiles)$/.test(field.name)) return 3
  return /^(spans|logRecords|metrics|profiles)$/.test(field.name) ? 2 : 1
}

const KINDS = {
  message: JSON_KIND.MESSAGE,
  string: JSON_KIND.STRING,
  bytes: JSON_KIND.BYTES,
  bool: JSON_KIND.BOOL,
  double: JSON_KIND.DOUBLE,
  enum: JSON_KIND.ENUM,
  int32: JSON_KIND.INT32,
  uint32: JSON_KIND.UINT32,
  sint32: JSON_KIND.SINT32,
  int64: JSON_KIND.INT64,
  uint64: JSON_KIND.UINT64,
  fixed32: JSON_KIND.FIXED32,
  fixed64: JSON_KIND.FIXED64,
  sfixed64: JSON_KIND.SFIXED64,
} as const

function kindOf(field: Field): number {
  if (!field.hexId) return KINDS[field.type]
  if (field.name === 'profileId') return JSON_KIND.PROFILE_ID
  return idBytes(field) === 8 ? JSON_KIND.SPAN_ID : JSON_KIND.TRACE_ID
}

function wireTypeOf(kind: number): number {
  if (kind <= JSON_KIND.BYTES) return 2
  if (kind === JSON_KIND.DOUBLE || kind >= JSON_KIND.FIXED64) return 1
  return kind === JSON_KIND.FIXED32 ? 5 : 0
}

function excludedBits(message: Message, field: Field): number {
  const rivals = message.fields.filter(({ oneof }) => oneof !== undefined && oneof === field.oneof)
  return rivals.reduce((bits, { number }) => bits | (1 << number), 1 << field.number) >>> 0
}

/** @returns address by the enum's name */
function writeEnums(view: DataView, address: number): Map<string, number> {
  const addressOf = new Map<string, number>()
  let offset = ENUMS_OFFSET
  for (const { name, values } of ENUMERATIONS) {
    addressOf.set(name, address + offset)
    const entries = Object.entries(values)
    view.setUint32(offset, entries.length, true)
    offset += ENUM_VALUES_OFFSET
    for (const [valueName, number] of entries) {
      assert(valueName.length <= ENUM_NAME_BYTES_MAX, `${valueName}: too long for the table`)
      view.setInt32(offset, number, true)
      view.setUint8(offset + 4, valueName.length)
      for (let index = 0; index < valueName.length; index++) {
        view.setUint8(offset + 8 + index, valueName.charCodeAt(index))
      }
      offset += ENUM_VALUE_BYTES
    }
  }
  return addressOf
}
