/** The tables by name in shared memory, as otlp/json-tables.ts writes them: see the picture there. */
import { requestJsonTableAt } from './tables'

export const KIND_MESSAGE: u32 = 0
export const KIND_STRING: u32 = 1
export const KIND_TRACE_ID: u32 = 2
export const KIND_SPAN_ID: u32 = 3
export const KIND_PROFILE_ID: u32 = 4
export const KIND_BYTES: u32 = 5
export const KIND_BOOL: u32 = 6
export const KIND_DOUBLE: u32 = 7
export const KIND_ENUM: u32 = 8
export const KIND_INT32: u32 = 9
export const KIND_UINT32: u32 = 10
export const KIND_SINT32: u32 = 11
export const KIND_INT64: u32 = 12
export const KIND_UINT64: u32 = 13
export const KIND_FIXED32: u32 = 14
export const KIND_FIXED64: u32 = 15
export const KIND_SFIXED64: u32 = 16

const FLAG_REPEATED: u32 = 1
const FLAG_PACKED: u32 = 2
const FLAG_EXPLICIT: u32 = 4
const FLAG_ORIGINAL: u32 = 8
const FLAG_LONG_TAG: u32 = 16
const FLAG_ATTRIBUTE: u32 = 32

const SLOTS_OFFSET: usize = 16
const NAME_BYTES: usize = 48
const NAME_TEXT_BYTES: usize = 32

export function requestJsonTable(signalIndex: i32): usize {
  return load<u32>(requestJsonTableAt(signalIndex))
}

/** the name in the slot that the first and the last four bytes of a key and its size lead to, or 0 */
// @ts-ignore: decorator
@inline
export function nameInSlot(table: usize, first: u32, last: u32, bytes: u32): usize {
  const mixed = (first ^ (last * 0x9e3779b1) ^ (bytes << 24)) * load<u32>(table)
  const index: usize = load<u8>(table + <usize>(mixed >>> 25), SLOTS_OFFSET)
  return index == 0 ? 0 : <usize>load<u32>(table, 8) + (index - 1) * NAME_BYTES
}

// @ts-ignore: decorator
@inline
export function nameCount(table: usize): usize {
  return load<u32>(table, 4)
}

// @ts-ignore: decorator
@inline
export function nameAt(table: usize, index: usize): usize {
  return <usize>load<u32>(table, 8) + index * NAME_BYTES
}

// @ts-ignore: decorator
@inline
export function bytesOf(name: usize): usize {
  return load<u8>(name, NAME_TEXT_BYTES)
}

// @ts-ignore: decorator
@inline
export function kindOf(name: usize): u32 {
  return load<u8>(name, 33)
}

// @ts-ignore: decorator
@inline
function flagsOf(name: usize): u32 {
  return load<u8>(name, 34)
}

// @ts-ignore: decorator
@inline
export function isRepeatedName(name: usize): bool {
  return (flagsOf(name) & FLAG_REPEATED) != 0
}

// @ts-ignore: decorator
@inline
export function isPacked(name: usize): bool {
  return (flagsOf(name) & FLAG_PACKED) != 0
}

// @ts-ignore: decorator
@inline
export function isAttribute(name: usize): bool {
  return (flagsOf(name) & FLAG_ATTRIBUTE) != 0
}

/** absent and default are different: a default is written */
// @ts-ignore: decorator
@inline
export function isExplicit(name: usize): bool {
  return (flagsOf(name) & FLAG_EXPLICIT) != 0
}

/** the .proto name of a field whose JSON name is another */
// @ts-ignore: decorator
@inline
export function isOriginal(name: usize): bool {
  return (flagsOf(name) & FLAG_ORIGINAL) != 0
}

// @ts-ignore: decorator
@inline
export function fieldOf(name: usize): u32 {
  return load<u8>(name, 35)
}

/** returns the position behind it */
// @ts-ignore: decorator
@inline
export function writeTag(name: usize, out: usize): usize {
  store<u16>(out, load<u16>(name, 36))
  return out + 1 + ((flagsOf(name) & FLAG_LONG_TAG) >>> 4)
}

/** bytes kept free for the length, before it is known */
// @ts-ignore: decorator
@inline
export function lengthBytesOf(name: usize): usize {
  return load<u8>(name, 38)
}

/** a bit for each field that may not stand beside it: itself, and the members of its oneof */
// @ts-ignore: decorator
@inline
export function excludedByName(name: usize): u32 {
  return load<u32>(name, 40)
}

/** the table of the message, or of the enum */
// @ts-ignore: decorator
@inline
export function tableOfName(name: usize): usize {
  return load<u32>(name, 44)
}

/** the number of an enum's name, or -1 */
export function enumNumber(table: usize, at: usize, bytes: usize): i64 {
  let entry = table + 8
  for (let count = load<u32>(table); count > 0; count--) {
    if (<usize>load<u8>(entry, 4) == bytes && memory.compare(entry + 8, at, bytes) == 0) return load<i32>(entry)
    entry += 56
  }
  return -1
}
