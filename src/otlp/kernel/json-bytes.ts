/** Bytes that stand in a JSON string: ids in hex, the rest in base64. Each writes the field with tag and length, if there is any. */
import { FAULTS_END, OUTPUT_FULL } from './faults'
import { fault, NOT_A_PROFILE_ID, NOT_A_SPAN_ID, NOT_A_TRACE_ID, NOT_BASE64 } from './json-fault'
import { isExplicit, KIND_PROFILE_ID, writeTag } from './json-tables'
import { plainAt, plainEnd, readPlain } from './json-text'
import { writeLength } from './json-length'
import { hasRoom, SCRATCH_GAP } from './space'

/** where the output ends after readTraceId, readSpanId or readBytes */
export let bytesOut: usize = 0

const TRACE_ID_DIGITS: usize = 32
const SPAN_ID_DIGITS: usize = 16

/** `at` is that of the opening quote; hex of either case, or '' */
export function readTraceId(name: usize, at: usize, end: usize, out: usize): usize {
  if (end - at >= TRACE_ID_DIGITS + 2 && load<u8>(at, TRACE_ID_DIGITS + 1) == 0x22) {
    const value = writeTag(name, out) + 1
    if (packHex32(at + 1, value)) {
      store<u8>(value - 1, 16)
      bytesOut = value + 16
      return at + TRACE_ID_DIGITS + 2
    }
  }
  return readOddHex(name, at, end, out, NOT_A_TRACE_ID)
}

export function readSpanId(name: usize, at: usize, end: usize, out: usize): usize {
  if (end - at >= SPAN_ID_DIGITS + 2 && load<u8>(at, SPAN_ID_DIGITS + 1) == 0x22) {
    const value = writeTag(name, out) + 1
    if (packHex16(at + 1, value)) {
      store<u8>(value - 1, 8)
      bytesOut = value + 8
      return at + SPAN_ID_DIGITS + 2
    }
  }
  return readOddHex(name, at, end, out, NOT_A_SPAN_ID)
}

/** empty, with escapes, of another length, or wrong: whole bytes of any length pass, the item's validation judges them */
function readOddHex(name: usize, at: usize, end: usize, out: usize, reason: i32): usize {
  const next = readPlain(at + 1, end, out + SCRATCH_GAP)
  if (next < FAULTS_END) return next
  bytesOut = out
  const digits = plainEnd - plainAt
  if (digits == 0) return next
  if (!hasRoom(out, digits)) return OUTPUT_FULL
  const lengthAt = writeTag(name, out)
  const valueEnd: usize = (digits & 1) == 0 ? packHex(plainAt, plainEnd, lengthAt + 1) : 0
  if (valueEnd == 0) return fault(reason, at)
  bytesOut = writeLength(lengthAt, 1, valueEnd)
  return next
}

/** digit by digit, to `out`, which may lie before the text in the same place; returns the end, or 0 */
function packHex(at: usize, end: usize, out: usize): usize {
  while (at < end) {
    const high = hexDigit(load<u8>(at))
    const low = hexDigit(load<u8>(at, 1))
    if ((high | low) > 15) return 0
    store<u8>(out++, <u8>((high << 4) | low))
    at += 2
  }
  return out
}

/** more than 15 when it is none */
function hexDigit(char: u32): u32 {
  if (char - 0x30 < 10) return char - 0x30
  const letter = (char | 32) - 0x61
  return letter < 6 ? letter + 10 : 255
}

// @ts-ignore: decorator
@inline
function packHex32(at: usize, out: usize): bool {
  const first = nibbles(v128.load(at))
  const second = nibbles(v128.load(at, 16))
  // a character that is no digit became 0x80 or more
  if (v128.any_true(v128.and(v128.or(first, second), i8x16.splat(-128)))) return false
  v128.store(out, i8x16.narrow_i16x8_u(pairs(first), pairs(second)))
  return true
}

// @ts-ignore: decorator
@inline
function packHex16(at: usize, out: usize): bool {
  const digits = nibbles(v128.load(at))
  if (v128.any_true(v128.and(digits, i8x16.splat(-128)))) return false
  const packed = pairs(digits)
  v128.store64_lane(out, i8x16.narrow_i16x8_u(packed, packed), 0)
  return true
}

// @ts-ignore: decorator
@inline
function nibbles(text: v128): v128 {
  const digits = i8x16.sub(text, i8x16.splat(0x30))
  const letters = i8x16.sub(v128.or(text, i8x16.splat(0x20)), i8x16.splat(0x61))
  const isDigit = i8x16.lt_u(digits, i8x16.splat(10))
  const isLetter = i8x16.lt_u(letters, i8x16.splat(6))
  const ofLetters = v128.bitselect(i8x16.add(letters, i8x16.splat(10)), i8x16.splat(-128), isLetter)
  return v128.bitselect(digits, ofLetters, isDigit)
}

/** two nibbles to a byte, in lanes of 16 bits */
// @ts-ignore: decorator
@inline
function pairs(digits: v128): v128 {
  const high = i16x8.shl(v128.and(digits, i16x8.splat(0x00ff)), 4)
  return v128.or(high, i16x8.shr_u(digits, 8))
}

/** `at` is that of the opening quote; base64, standard or URL-safe, padded or not; a profile id also in hex */
export function readBytes(name: usize, kind: u32, at: usize, end: usize, out: usize): usize {
  const next = readPlain(at + 1, end, out + SCRATCH_GAP)
  if (next < FAULTS_END) return next
  const bytes = plainEnd - plainAt
  bytesOut = out
  if (bytes == 0 && !isExplicit(name)) return next
  if (!hasRoom(out, bytes)) return OUTPUT_FULL
  const lengthAt = writeTag(name, out)
  if (kind == KIND_PROFILE_ID && bytes == TRACE_ID_DIGITS && packHex32(plainAt, lengthAt + 1)) {
    store<u8>(lengthAt, 16)
    bytesOut = lengthAt + 17
    return next
  }
  const decoded = decodeBase64(plainAt, plainEnd, lengthAt + 1)
  if (decoded == 0) return fault(kind == KIND_PROFILE_ID ? NOT_A_PROFILE_ID : NOT_BASE64, at)
  bytesOut = writeLength(lengthAt, 1, decoded)
  return next
}

/** to `out`, which may lie before the text in the same place; returns the end, or 0 */
function decodeBase64(at: usize, end: usize, out: usize): usize {
  const bytes = end - at
  let padding: usize = 0
  while (padding < min<usize>(bytes, 2) && load<u8>(end - 1 - padding) == 0x3d) padding++
  if (padding > 0 && (bytes & 3) != 0) return 0
  end -= padding
  const rest = (end - at) & 3
  if (rest == 1) return 0
  // 64: a character of neither alphabet; official decoders take a mixture of the two
  let seen: u32 = 0
  while (end - at >= 4) {
    const a = sextet(load<u8>(at))
    const b = sextet(load<u8>(at, 1))
    const c = sextet(load<u8>(at, 2))
    const d = sextet(load<u8>(at, 3))
    seen |= a | b | c | d
    store<u8>(out, <u8>((a << 2) | (b >> 4)))
    store<u8>(out, <u8>((b << 4) | (c >> 2)), 1)
    store<u8>(out, <u8>((c << 6) | d), 2)
    at += 4
    out += 3
  }
  if (rest != 0) {
    const a = sextet(load<u8>(at))
    const b = sextet(load<u8>(at, 1))
    const c = rest == 3 ? sextet(load<u8>(at, 2)) : 0
    seen |= a | b | c
    store<u8>(out++, <u8>((a << 2) | (b >> 4)))
    if (rest == 3) store<u8>(out++, <u8>((b << 4) | (c >> 2)))
  }
  return (seen & 64) != 0 ? 0 : out
}

/** six bits, or 64 */
// @ts-ignore: decorator
@inline
function sextet(char: u32): u32 {
  if (char - 0x41 < 26) return char - 0x41
  if (char - 0x61 < 26) return char - 0x47
  if (char - 0x30 < 10) return char + 4
  if (char == 0x2b || char == 0x2d) return 62
  return char == 0x2f || char == 0x5f ? 63 : 64
}
