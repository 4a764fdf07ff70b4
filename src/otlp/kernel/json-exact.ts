/**
 * Is a decimal of any length above the middle of two neighbouring doubles? Whole numbers of arbitrary size decide:
 *
 *   digits * 10^q  against  (2 m + 1) * 2^h
 *
 * with the powers of five and two on whichever side makes all exponents positive. Both numbers have at most 2700 bits: more
 * than 768 digits never matter, except that they are not all zero. They lie in the output space, behind the output.
 */
import { OUTPUT_FULL } from './faults'
import { digitsAt, digitsEnd, writtenExponent } from './json-number'
import { hasRoom } from './space'

/** a number: u32 count of limbs | limbs of 32 bits, the lowest first */
const LIMBS_MAX: u32 = 94
const NUMBER_BYTES: usize = 384
const DIGITS_MAX: u32 = 770
const POWER_OF_FIVE: u32 = 1220703125
const POWER_OF_FIVE_EXPONENT: u32 = 13

/** of the last digit that readDigits took */
let lastExponent: i64 = 0
let isCutShort: bool = false

/** 1 when the decimal of readDecimal rounds to the double after `lower`, 0 when to `lower`; or OUTPUT_FULL */
export function decimalIsAbove(lower: u64, scratch: usize): usize {
  if (!hasRoom(scratch, 2 * NUMBER_BYTES)) return OUTPUT_FULL
  const left = scratch
  const right = scratch + NUMBER_BYTES
  readDigits(left)
  const biased = <i32>(lower >> 52)
  const fraction = lower & 0x000fffffffffffff
  const mantissa = biased != 0 ? fraction | 0x0010000000000000 : fraction
  const half = (biased != 0 ? biased : 1) - 1076
  setNumber(right, 2 * mantissa + 1)
  const q = <i32>lastExponent
  if (q > 0) multiplyByFives(left, q)
  else multiplyByFives(right, -q)
  if (q > half) shiftLeft(left, q - half)
  else shiftLeft(right, half - q)
  const order = compare(left, right)
  if (order != 0) return order > 0 ? 1 : 0
  return isCutShort || (mantissa & 1) != 0 ? 1 : 0
}

/** the digits without leading zeros, at most DIGITS_MAX of them */
function readDigits(number: usize): void {
  setNumber(number, 0)
  let pointAt = digitsAt
  while (pointAt < digitsEnd && load<u8>(pointAt) != 0x2e) pointAt++
  let exponent = writtenExponent + <i64>(pointAt - digitsAt)
  let taken: u32 = 0
  isCutShort = false
  lastExponent = exponent
  let chunk: u32 = 0
  let scale: u32 = 1
  for (let at = digitsAt; at < digitsEnd; at++) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit > 9) continue
    exponent--
    if (taken == DIGITS_MAX) {
      if (digit == 0) continue
      isCutShort = true
      break
    }
    if (taken == 0 && digit == 0) continue
    taken++
    lastExponent = exponent
    chunk = chunk * 10 + digit
    scale *= 10
    if (scale == 1000000000) {
      multiplyAndAdd(number, scale, chunk)
      chunk = 0
      scale = 1
    }
  }
  if (scale != 1) multiplyAndAdd(number, scale, chunk)
}

function setNumber(number: usize, value: u64): void {
  store<u32>(number, value == 0 ? 0 : value >> 32 == 0 ? 1 : 2)
  store<u64>(number, value, 4)
}

function multiplyAndAdd(number: usize, factor: u32, summand: u32): void {
  const count = load<u32>(number)
  let carry: u64 = summand
  let limb = number + 4
  const end = limb + (<usize>count << 2)
  for (; limb < end; limb += 4) {
    carry += <u64>load<u32>(limb) * <u64>factor
    store<u32>(limb, <u32>carry)
    carry >>= 32
  }
  if (carry == 0 || count >= LIMBS_MAX) return
  store<u32>(limb, <u32>carry)
  store<u32>(number, count + 1)
}

function multiplyByFives(number: usize, exponent: u32): void {
  while (exponent >= POWER_OF_FIVE_EXPONENT) {
    multiplyAndAdd(number, POWER_OF_FIVE, 0)
    exponent -= POWER_OF_FIVE_EXPONENT
  }
  let rest: u32 = 1
  while (exponent-- > 0) rest *= 5
  multiplyAndAdd(number, rest, 0)
}

function shiftLeft(number: usize, bits: u32): void {
  multiplyAndAdd(number, 1 << (bits & 31), 0)
  const count = load<u32>(number)
  const moved = bits >>> 5
  if (count == 0 || count + moved > LIMBS_MAX) return
  memory.copy(number + 4 + (<usize>moved << 2), number + 4, <usize>count << 2)
  memory.fill(number + 4, 0, <usize>moved << 2)
  store<u32>(number, count + moved)
}

function compare(left: usize, right: usize): i32 {
  const count = load<u32>(left)
  const otherCount = load<u32>(right)
  if (count != otherCount) return count > otherCount ? 1 : -1
  for (let limb: usize = <usize>count << 2; limb > 0; limb -= 4) {
    const a = load<u32>(left + limb)
    const b = load<u32>(right + limb)
    if (a != b) return a > b ? 1 : -1
  }
  return 0
}
