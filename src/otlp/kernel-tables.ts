/**
 * The tables the kernel runs on, made from the schema once and put into shared memory, where every thread's kernel
 * reads them and nobody writes them again. kernel/tables.ts reads what is written here: keep the two in step.
 *
 *   header     0   4 x u32   address of the request message's table, by signal index
 *             16  4 x u32   the same for the table by names (json-tables.ts)
 *   powers    32  667 x 16   powers of ten for the doubles: u64 low, u64 high word of ceil(10^k * 2^s), k = -342..324
 *   messages       768 each
 *                  256 x u8  action by tag (field number << 3 | wire type); tags from 256 on are unknown to OTLP
 *                  32 x 16   field entry by field number:
 *                              0 u8   bytes of the prefix
 *                              1 u8   1 when repeated
 *                              2 u8   action of one element (what the packed form holds)
 *                              3 u8   bytes of the id it holds, 0 when it is none
 *                              4 u32  bits of the fields it excludes: itself and the members of its oneof
 *                              8 u32  address of the prefix
 *                             12 u32  address of the sub-message's table; of an int32 the dictionary table it indexes
 *                            the entry of number 0, which no field has: u8 rule of otlp.validation=strict
 *   prefixes       32 each   `"name":` and for repeated fields `"name":[`; copied 32 bytes at a time
 *   by names           json-tables.ts
 *
 * Addresses are bytes from the start of the memory.
 */
import { assert } from '../base/assert.ts'
import { JSON_TABLES_BYTES, writeJsonTables } from './json-tables.ts'
import { idBytes, indexedTable, isStrindex, ruleOf } from './kernel-rules.ts'
import type { Field, Message } from './schema.ts'
import { REQUEST_MESSAGES, requestMessages } from './schema.ts'
import { KEY_VALUE } from './schema-common.ts'
import { METRIC } from './schema-metrics.ts'

/**
 * What to do with a field, by its tag: same numbers in kernel/tables.ts. In the order of wire types: length-delimited up
 * to SKIP_LENGTH, varints up to SKIP_VARINT, 64 bits up to SKIP_FIXED64, 32 bits up to SKIP_FIXED32, then the rest. STRINDEX is
 * an INT32 by its tag only: what scan warns of outside of profiles.
 */
export const ACTION = {
  ATTRIBUTE: 0,
  MESSAGE: 1,
  ITEM: 2,
  SCOPE: 3,
  RESOURCE: 4,
  METRIC_KIND: 5,
  STRING: 6,
  HEX: 7,
  BYTES: 8,
  PACKED: 9,
  SKIP_LENGTH: 10,
  UINT64: 11,
  INT64: 12,
  UINT32: 13,
  INT32: 14,
  SINT32: 15,
  BOOL: 16,
  SKIP_VARINT: 17,
  FIXED64: 18,
  SFIXED64: 19,
  DOUBLE: 20,
  SKIP_FIXED64: 21,
  FIXED32: 22,
  SKIP_FIXED32: 23,
  SKIP_GROUP: 24,
  BAD_GROUP: 25,
  BAD_WIRE_TYPE: 26,
  BAD_TAG: 27,
  STRINDEX: 28,
} as const

const POWERS_OFFSET = 32
const POWER_MIN = -342
const POWER_MAX = 324
const MESSAGES_OFFSET = POWERS_OFFSET + (POWER_MAX - POWER_MIN + 1) * 16
const ACTIONS_BYTES = 256
const FIELD_NUMBER_MAX = 31
const FIELD_BYTES = 16
const MESSAGE_BYTES = ACTIONS_BYTES + (FIELD_NUMBER_MAX + 1) * FIELD_BYTES
export const PREFIX_BYTES_MAX = 32

const messages = requestMessages()
const prefixCount = messages.reduce((count, message) => count + message.fields.length, 0)
const PREFIXES_OFFSET = MESSAGES_OFFSET + messages.length * MESSAGE_BYTES

/** where the tables by names begin */
export const JSON_TABLES_OFFSET = PREFIXES_OFFSET + prefixCount * PREFIX_BYTES_MAX

/** space the tables need in the shared memory */
export const KERNEL_TABLES_BYTES = JSON_TABLES_OFFSET + JSON_TABLES_BYTES

/** Writes the tables; once, before any thread runs a kernel on this memory. `tablesOffset` is a multiple of 16. */
export function installKernelTables(memory: WebAssembly.Memory, tablesOffset: number): void {
  assert(tablesOffset % 16 === 0, `kernel tables at ${tablesOffset}: not a multiple of 16`)
  const view = new DataView(memory.buffer, tablesOffset, KERNEL_TABLES_BYTES)
  const addressOf = new Map(messages.map((each, index) => [each.name, MESSAGES_OFFSET + index * MESSAGE_BYTES]))
  for (const [signalIndex, name] of REQUEST_MESSAGES.entries()) {
    view.setUint32(signalIndex * 4, tablesOffset + addressOf.get(name)!, true)
  }
  const jsonView = new DataView(memory.buffer, tablesOffset + JSON_TABLES_OFFSET, JSON_TABLES_BYTES)
  for (const [signalIndex, address] of writeJsonTables(jsonView, tablesOffset + JSON_TABLES_OFFSET).entries()) {
    view.setUint32(16 + signalIndex * 4, address, true)
  }
  writePowersOfTen(view)
  let prefixOffset = PREFIXES_OFFSET
  for (const message of messages) {
    const messageOffset = addressOf.get(message.name)!
    writeActions(view, messageOffset, message)
    view.setUint8(messageOffset + ACTIONS_BYTES, ruleOf(message))
    for (const field of message.fields) {
      const entryOffset = messageOffset + ACTIONS_BYTES + field.number * FIELD_BYTES
      const prefixBytes = writePrefix(view, prefixOffset, field)
      view.setUint8(entryOffset, prefixBytes)
      view.setUint8(entryOffset + 1, field.repeated ? 1 : 0)
      view.setUint8(entryOffset + 2, elementAction(message, field))
      view.setUint8(entryOffset + 3, idBytes(field))
      view.setUint32(entryOffset + 4, excludedBits(message, field), true)
      view.setUint32(entryOffset + 8, tablesOffset + prefixOffset, true)
      const below = field.message === undefined ? indexedTable(field) : tablesOffset + addressOf.get(field.message)!
      view.setUint32(entryOffset + 12, below, true)
      prefixOffset += PREFIX_BYTES_MAX
    }
  }
}

/** by wire type: varint, fixed64, length, group, end of group, fixed32, and the two that do not exist */
const UNKNOWN_ACTIONS = [
  ACTION.SKIP_VARINT,
  ACTION.SKIP_FIXED64,
  ACTION.SKIP_LENGTH,
  ACTION.SKIP_GROUP,
  ACTION.BAD_GROUP,
  ACTION.SKIP_FIXED32,
  ACTION.BAD_WIRE_TYPE,
  ACTION.BAD_WIRE_TYPE,
] as const

/** A field whose wire type is not its own counts as unknown, as in the official decoders. */
function writeActions(view: DataView, messageOffset: number, message: Message): void {
  for (let tag = 0; tag < ACTIONS_BYTES; tag++) {
    view.setUint8(messageOffset + tag, tag < 8 ? ACTION.BAD_TAG : UNKNOWN_ACTIONS[tag & 7]!)
  }
  for (const field of message.fields) {
    assert(field.number <= FIELD_NUMBER_MAX, `${message.name}.${field.name}: number above ${FIELD_NUMBER_MAX}`)
    const action = isStrindex(message, field) ? ACTION.STRINDEX : elementAction(message, field)
    view.setUint8(messageOffset + ((field.number << 3) | wireTypeOf(field)), action)
    if (field.packed) view.setUint8(messageOffset + ((field.number << 3) | 2), ACTION.PACKED)
  }
}

const SCALAR_ACTIONS = {
  string: ACTION.STRING,
  bytes: ACTION.BYTES,
  bool: ACTION.BOOL,
  double: ACTION.DOUBLE,
  int32: ACTION.INT32,
  enum: ACTION.INT32,
  uint32: ACTION.UINT32,
  sint32: ACTION.SINT32,
  int64: ACTION.INT64,
  uint64: ACTION.UINT64,
  fixed32: ACTION.FIXED32,
  fixed64: ACTION.FIXED64,
  sfixed64: ACTION.SFIXED64,
} as const

const ITEM_FIELDS = new Set(['spans', 'logRecords', 'profiles', 'dataPoints'])

function elementAction(message: Message, field: Field): number {
  if (field.hexId) return ACTION.HEX
  if (field.type !== 'message') return SCALAR_ACTIONS[field.type]
  if (field.message === KEY_VALUE) return ACTION.ATTRIBUTE
  if (REQUEST_MESSAGES.includes(message.name) && field.repeated) return ACTION.RESOURCE
  if (/^scope(Spans|Metrics|Logs|Profiles)$/.test(field.name)) return ACTION.SCOPE
  if (message.name === METRIC && field.oneof !== undefined) return ACTION.METRIC_KIND
  return ITEM_FIELDS.has(field.name) ? ACTION.ITEM : ACTION.MESSAGE
}

function wireTypeOf(field: Field): number {
  switch (field.type) {
    case 'string':
    case 'bytes':
    case 'message':
      return 2
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return 1
    case 'fixed32':
      return 5
    default:
      return 0
  }
}

/** the fields that, seen before, make this one a second value: last one wins */
function excludedBits(message: Message, field: Field): number {
  let bits = 1 << field.number
  for (const other of message.fields) {
    if (field.oneof !== undefined && other.oneof === field.oneof) bits |= 1 << other.number
  }
  return bits >>> 0
}

function writePrefix(view: DataView, prefixOffset: number, field: Field): number {
  const text = `"${field.name}":${field.repeated ? '[' : ''}`
  assert(text.length <= PREFIX_BYTES_MAX, `${field.name}: name too long for a prefix`)
  for (let index = 0; index < text.length; index++) view.setUint8(prefixOffset + index, text.charCodeAt(index))
  return text.length
}

/** 128 bits of each power of ten, rounded up, as Schubfach wants them (kernel/double.ts) */
function writePowersOfTen(view: DataView): void {
  for (let exponent = POWER_MIN; exponent <= POWER_MAX; exponent++) {
    const offset = POWERS_OFFSET + (exponent - POWER_MIN) * 16
    const word = powerOfTen(exponent)
    view.setBigUint64(offset, BigInt.asUintN(64, word), true)
    view.setBigUint64(offset + 8, word >> 64n, true)
  }
}

function powerOfTen(exponent: number): bigint {
  const power = 10n ** BigInt(Math.abs(exponent))
  const bits = power.toString(2).length
  if (exponent >= 0) return bits <= 128 ? power << BigInt(128 - bits) : ceilShift(power, BigInt(bits - 128))
  // 1 / power lies in (2^-bits, 2^-(bits-1)): scaled by 2^(bits + 127) it has 128 bits
  const scaled = 1n << BigInt(bits + 127)
  return (scaled + power - 1n) / power
}

function ceilShift(value: bigint, shift: bigint): bigint {
  return (value + (1n << shift) - 1n) >> shift
}
