/**
 * Numbers of a JSON text, exact to the last bit.
 *
 *   number   -? (0 | 1-9 digit*) (. digit+)? ((e | E) (+ | -)? digit+)?
 *
 * An integer may be written in all these ways (1.0, 1e2) as long as it is one; in a string as well.
 */
import { BAD_NUMBER, fault } from './json-fault'

/** what readInteger found: |value|, and its sign; isInteger is false when the text is a number and no integer of 64 bits */
export let magnitude: u64 = 0
export let isNegative: bool = false
export let isInteger: bool = false

/**
 * what readDecimal found: value = ± significand * 10^exponent10, exact unless isCut; digits from digitsAt to digitsEnd,
 * with a point among them
 */
export let significand: u64 = 0
export let exponent10: i64 = 0
/** there are more digits than the 19 of the significand, and not all of them are 0 */
export let isCut: bool = false
export let digitsAt: usize = 0
export let digitsEnd: usize = 0
/** the exponent that was written, 0 when none */
export let writtenExponent: i64 = 0

/** exponents beyond are cut: with the digits of any body they make 0 or infinity all the same */
const EXPONENT_MAX: i64 = 1 << 40

/** 16 digits, the first one on the left; all lanes below 10 */
// @ts-ignore: decorator
@inline
function sixteenDigits(digits: v128): u64 {
  const tens = i16x8.mul(v128.and(digits, i16x8.splat(0x00ff)), i16x8.splat(10))
  const hundreds = i16x8.add(tens, i16x8.shr_u(digits, 8))
  const fours = i32x4.dot_i16x8_s(hundreds, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
  const packed = i16x8.narrow_i32x4_u(fours, fours)
  const eights = i32x4.dot_i16x8_s(packed, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1))
  return <u64>(<u32>i32x4.extract_lane(eights, 0)) * 100000000 + <u64>(<u32>i32x4.extract_lane(eights, 1))
}

/** the first `count` digits of a block that begins with them */
// @ts-ignore: decorator
@inline
function leadingDigits(digits: v128, count: i32): u64 {
  const order = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  // lanes before the first become numbers above 15, for which swizzle gives 0
  return sixteenDigits(i8x16.swizzle(digits, i8x16.sub(order, i8x16.splat(<i8>(16 - count)))))
}

/**
 * An integer as it nearly always is: sign and at most 19 digits. Returns the position behind it, or 0 when it is written
 * in another way, or too near to the end of the text.
 */
// @ts-ignore: decorator
@inline
export function readShortInteger(at: usize, end: usize): usize {
  if (end - at < 24) return 0
  isNegative = load<u8>(at) == 0x2d
  if (isNegative) at++
  const digits = i8x16.sub(v128.load(at), i8x16.splat(0x30))
  const others = i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9)))
  let count = 16
  if (others != 0) {
    count = ctz(others)
    if (count == 0) return 0
    magnitude = leadingDigits(digits, count)
  } else {
    magnitude = sixteenDigits(digits)
    for (; count < 19; count++) {
      const digit = <u32>load<u8>(at + count) - 0x30
      if (digit > 9) break
      magnitude = magnitude * 10 + digit
    }
  }
  // leading zeros, a fraction, an exponent, a twentieth digit
  if (load<u8>(at) == 0x30 && count > 1) return 0
  at += <usize>count
  const next: u32 = load<u8>(at)
  if (next == 0x2e || (next | 32) == 0x65 || next - 0x30 <= 9) return 0
  isInteger = true
  return at
}

/** any number; sets magnitude, isNegative, isInteger */
export function readLongInteger(at: usize, end: usize): usize {
  const after = readDecimal(at, end)
  if (after == 0) return 0
  isInteger = true
  magnitude = 0
  if (significand != 0) setMagnitude()
  return after
}

/** as if it had been read */
export function setInteger(value: i64): void {
  isInteger = true
  isNegative = value < 0
  magnitude = value < 0 ? 0 - <u64>value : <u64>value
}

/** the digits once more, with the point moved by the written exponent */
function setMagnitude(): void {
  let at = digitsAt
  // digits in front of the point as it is written
  let wholeDigits: i64 = 0
  while (at < digitsEnd && load<u8>(at) != 0x2e) at++
  wholeDigits = <i64>(at - digitsAt) + writtenExponent
  let value: u64 = 0
  let count: i64 = 0
  for (at = digitsAt; at < digitsEnd; at++) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit > 9) continue
    if (count++ < wholeDigits) {
      if (!canAppend(value, digit)) return
      value = value * 10 + digit
    } else if (digit != 0) {
      isInteger = false
      return
    }
  }
  // at most 20 times; the value is 0 only when another thread has changed the text since it was measured
  for (; count < wholeDigits && value != 0; count++) {
    if (!canAppend(value, 0)) return
    value *= 10
  }
  magnitude = value
}

/** false, and no integer, when the value would leave 64 bits */
function canAppend(value: u64, digit: u32): bool {
  const tenth: u64 = 1844674407370955161
  if (value < tenth || (value == tenth && digit <= 5)) return true
  isInteger = false
  return false
}

/** any number; 0 and a fault when it is none */
export function readDecimal(at: usize, end: usize): usize {
  isNegative = at < end && load<u8>(at) == 0x2d
  if (isNegative) at++
  digitsAt = at
  significand = 0
  isCut = false
  writtenExponent = 0
  let dropped: i64 = 0
  const first = at < end ? <u32>load<u8>(at) - 0x30 : 10
  if (first > 9) return noNumber(at)
  if (first == 0) {
    at++
  } else {
    while (at < end) {
      const digit = <u32>load<u8>(at) - 0x30
      if (digit > 9) break
      if (!take(digit)) dropped++
      at++
    }
  }
  let fraction: i64 = 0
  if (at < end && load<u8>(at) == 0x2e) {
    const pointAt = at++
    while (at < end) {
      const digit = <u32>load<u8>(at) - 0x30
      if (digit > 9) break
      if (take(digit)) fraction++
      at++
    }
    if (at == pointAt + 1) return noNumber(at)
  }
  digitsEnd = at
  if (at < end && (load<u8>(at) | 32) == 0x65) {
    at = readExponent(at + 1, end)
    if (at == 0) return 0
  }
  exponent10 = writtenExponent + dropped - fraction
  return at
}

/** appends to the significand; false when that is full */
// @ts-ignore: decorator
@inline
function take(digit: u32): bool {
  if (significand < 1000000000000000000) {
    significand = significand * 10 + digit
    return true
  }
  if (digit != 0) isCut = true
  return false
}

function readExponent(at: usize, end: usize): usize {
  const sign: u32 = at < end ? load<u8>(at) : 0
  if (sign == 0x2b || sign == 0x2d) at++
  const start = at
  let value: i64 = 0
  while (at < end) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit > 9) break
    value = min(value * 10 + digit, EXPONENT_MAX)
    at++
  }
  if (at == start) return noNumber(at)
  writtenExponent = sign == 0x2d ? -value : value
  return at
}

function noNumber(at: usize): usize {
  fault(BAD_NUMBER, at)
  return 0
}
