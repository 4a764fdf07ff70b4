/**
 * Numbers and booleans as protobuf, each with its tag unless it is an element of a packed field. A default is not written
 * where absence says the same. All need at most 12 bytes, within RESERVE.
 */
import { BAD_JSON, FAULTS_END } from './faults'
import { doubleBits, isNotFinite, toDouble } from './json-double'
import { fault, NOT_A_BOOLEAN, NOT_A_DOUBLE, NOT_AN_ENUM, NOT_AN_INTEGER } from './json-fault'
import {
  isInteger,
  isNegative,
  magnitude,
  readDecimal,
  readLongInteger,
  readShortInteger,
  setInteger,
} from './json-number'
import { peek } from './json-skip'
import {
  enumNumber,
  isExplicit,
  isPacked,
  KIND_BOOL,
  KIND_DOUBLE,
  KIND_ENUM,
  KIND_FIXED32,
  KIND_INT32,
  KIND_INT64,
  KIND_SFIXED64,
  KIND_SINT32,
  KIND_UINT32,
  tableOfName,
  writeTag,
} from './json-tables'
import { plainAt, plainEnd, readPlain } from './json-text'
import { SCRATCH_GAP } from './space'

/** where the output ends after readScalar */
export let scalarOut: usize = 0

const INT64_LIMIT: u64 = 0x7fffffffffffffff

let namesAreEnums: bool = false

export function beginScalars(lenient: bool): void {
  namesAreEnums = lenient
}

export function readScalar(name: usize, kind: u32, at: usize, end: usize, out: usize): usize {
  if (kind == KIND_BOOL) return readBool(name, at, end, out)
  if (kind == KIND_DOUBLE) return readDouble(name, at, end, out)
  let next: usize = 0
  const isQuoted = peek(at, end) == 0x22
  if (!isQuoted) {
    next = readShortInteger(at, end)
  } else {
    next = readShortInteger(at + 1, end)
    if (next != 0) next = load<u8>(next) == 0x22 ? next + 1 : 0
  }
  if (next == 0) {
    next = readOtherInteger(name, kind, at, end, out, isQuoted)
    if (next < FAULTS_END) return next
  }
  if (!isInteger || !isInRange(kind)) return fault(kind == KIND_ENUM ? NOT_AN_ENUM : NOT_AN_INTEGER, at)
  if (magnitude == 0 && !isExplicit(name)) {
    scalarOut = out
    return next
  }
  if (!isPacked(name)) out = writeTag(name, out)
  scalarOut = writeInteger(kind, isNegative ? 0 - magnitude : magnitude, out)
  return next
}

/** written in another way, or none */
function readOtherInteger(name: usize, kind: u32, at: usize, end: usize, out: usize, isQuoted: bool): usize {
  const reason = kind == KIND_ENUM ? NOT_AN_ENUM : NOT_AN_INTEGER
  if (!isQuoted) {
    const char = peek(at, end)
    if (char != 0x2d && char - 0x30 > 9) return fault(reason, at)
    const after = readLongInteger(at, end)
    return after == 0 ? BAD_JSON : after
  }
  const next = readPlain(at + 1, end, out + SCRATCH_GAP)
  if (next < FAULTS_END) return next
  if (readLongInteger(plainAt, plainEnd) == plainEnd) return next
  if (kind == KIND_ENUM && namesAreEnums) {
    const value = enumNumber(tableOfName(name), plainAt, plainEnd - plainAt)
    if (value >= 0) {
      setInteger(value)
      return next
    }
  }
  return fault(reason, at)
}

function isInRange(kind: u32): bool {
  // one more below zero than above
  const below: u64 = isNegative ? 1 : 0
  switch (kind) {
    case KIND_INT32:
    case KIND_SINT32:
    case KIND_ENUM:
      return magnitude <= 0x7fffffff + below
    case KIND_UINT32:
    case KIND_FIXED32:
      return magnitude <= 0xffffffff && (!isNegative || magnitude == 0)
    case KIND_INT64:
    case KIND_SFIXED64:
      return magnitude <= INT64_LIMIT + below
    default:
      return !isNegative || magnitude == 0
  }
}

// @ts-ignore: decorator
@inline
function writeInteger(kind: u32, value: u64, out: usize): usize {
  if (kind >= KIND_FIXED32) {
    store<u64>(out, value)
    return out + (kind == KIND_FIXED32 ? 4 : 8)
  }
  if (kind == KIND_SINT32) value = <u64>(((<u32>value) << 1) ^ <u32>(<i32>value >> 31))
  return writeVarint(value, out)
}

// @ts-ignore: decorator
@inline
export function writeVarint(value: u64, out: usize): usize {
  while (value >= 128) {
    store<u8>(out++, <u8>(value | 128))
    value >>= 7
  }
  store<u8>(out, <u8>value)
  return out + 1
}

function readBool(name: usize, at: usize, end: usize, out: usize): usize {
  scalarOut = out
  if (end - at < 5) return fault(NOT_A_BOOLEAN, at)
  const word = load<u32>(at)
  const isTrue = word == 0x65757274
  if (!isTrue && (word != 0x736c6166 || load<u8>(at, 4) != 0x65)) return fault(NOT_A_BOOLEAN, at)
  if (isTrue || isExplicit(name)) {
    if (!isPacked(name)) out = writeTag(name, out)
    store<u8>(out, isTrue ? 1 : 0)
    scalarOut = out + 1
  }
  return isTrue ? at + 4 : at + 5
}

function readDouble(name: usize, at: usize, end: usize, out: usize): usize {
  const char = peek(at, end)
  let next: usize = 0
  let isRead: usize = 1
  if (char == 0x2d || char - 0x30 <= 9) {
    next = readDecimal(at, end)
    if (next == 0) return BAD_JSON
    isRead = toDouble(out + SCRATCH_GAP)
  } else {
    if (char != 0x22) return fault(NOT_A_DOUBLE, at)
    next = readPlain(at + 1, end, out + SCRATCH_GAP)
    if (next < FAULTS_END) return next
    if (!isNotFinite(plainAt, plainEnd)) {
      if (readDecimal(plainAt, plainEnd) != plainEnd) return fault(NOT_A_DOUBLE, at)
      // behind the text, which may be scratch itself
      isRead = toDouble(out + SCRATCH_GAP + (plainEnd - plainAt))
    }
  }
  if (isRead == 0) return fault(NOT_A_DOUBLE, at)
  if (isRead != 1) return isRead
  scalarOut = out
  // the default is +0 only: -0 keeps its sign
  if (doubleBits == 0 && !isExplicit(name)) return next
  if (!isPacked(name)) out = writeTag(name, out)
  store<u64>(out, doubleBits)
  scalarOut = out + 8
  return next
}
