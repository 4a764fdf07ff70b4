/**
 * The protobuf wire format: tags, varints, skipping. Every function takes where the enclosing message ends and reads
 * nothing at or after it. A returned position below FAULTS_END is a fault.
 *
 *   tag     varint of at most 5 bytes and 32 bits, field number << 3 | wire type; field number 0 does not exist
 *   size    varint of at most 5 bytes and 31 bits
 *   varint  at most 10 bytes and 64 bits
 */
import { BAD_GROUP, BAD_TAG, BAD_VARINT, BAD_WIRE_TYPE, DEPTH_MAX, FAULTS_END, TOO_DEEP, TRUNCATED } from './faults'

/** what was read last; one per instance of the kernel, that is per thread */
export let varintValue: u64 = 0

export function readVarint(at: usize, end: usize): usize {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= end) return TRUNCATED
    const byte: u64 = load<u8>(at++)
    value |= (byte & 127) << shift
    if (byte < 128) {
      if (shift == 63 && byte > 1) return BAD_VARINT
      varintValue = value
      return at
    }
  }
  return BAD_VARINT
}

/** a tag or a size: at most five bytes, and no bit from 2^bits on */
function readShort(at: usize, end: usize, bits: u64): usize {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 35; shift += 7) {
    if (at >= end) return TRUNCATED
    const byte: u64 = load<u8>(at++)
    value |= (byte & 127) << shift
    if (byte < 128) {
      if (value >> bits != 0) return BAD_VARINT
      varintValue = value
      return at
    }
  }
  return BAD_VARINT
}

export function readTag(at: usize, end: usize): usize {
  const next = readShort(at, end, 32)
  if (next < FAULTS_END) return next
  return varintValue < 8 ? BAD_TAG : next
}

/** the size of what follows, which ends inside the enclosing message */
export function readSize(at: usize, end: usize): usize {
  const next = readShort(at, end, 31)
  if (next < FAULTS_END) return next
  return <usize>varintValue > end - next ? TRUNCATED : next
}

/** 4 or 8 bytes as they stand */
// @ts-ignore: decorator
@inline
export function readFixed(at: usize, end: usize, bytes: usize): usize {
  if (end - at < bytes) return TRUNCATED
  varintValue = bytes == 4 ? <u64>load<u32>(at) : load<u64>(at)
  return at + bytes
}

/** skips the bytes of a varint */
// @ts-ignore: decorator
@inline
export function skipVarint(at: usize, end: usize): usize {
  if (at < end && load<u8>(at) < 128) return at + 1
  return readVarint(at, end)
}

// @ts-ignore: decorator
@inline
export function skipFixed(at: usize, end: usize, bytes: usize): usize {
  return end - at < bytes ? TRUNCATED : at + bytes
}

function skipLength(at: usize, end: usize): usize {
  const next = readSize(at, end)
  return next < FAULTS_END ? next : next + <usize>varintValue
}

/** skips the value of a field of any wire type; depth is that of the message it stands in */
export function skipValue(tag: u32, at: usize, end: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return TOO_DEEP
  switch (tag & 7) {
    case 0:
      return skipVarint(at, end)
    case 1:
      return skipFixed(at, end, 8)
    case 2:
      return skipLength(at, end)
    case 3:
      return skipGroup(tag >>> 3, at, end, depth)
    case 4:
      return BAD_GROUP
    case 5:
      return skipFixed(at, end, 4)
    default:
      return BAD_WIRE_TYPE
  }
}

/** skips to behind the end tag that matches the group's start */
export function skipGroup(field: u32, at: usize, end: usize, depth: i32): usize {
  while (true) {
    at = readTag(at, end)
    if (at < FAULTS_END) return at
    const tag = <u32>varintValue
    if ((tag & 7) == 4) return tag >>> 3 == field ? at : BAD_GROUP
    at = skipValue(tag, at, end, depth + 1)
    if (at < FAULTS_END) return at
  }
}

/** checks that a packed field holds whole varints */
export function checkPackedVarints(at: usize, end: usize): usize {
  while (at < end) {
    at = skipVarint(at, end)
    if (at < FAULTS_END) return at
  }
  return at
}
