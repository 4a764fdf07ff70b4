/**
 * A double as the shortest decimal that reads back as the same double, written as JavaScript writes it.
 * The digits come from Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020), which is exact:
 * no fallback is needed. The powers of ten stand in the kernel's tables.
 *
 *   NaN, Infinity and -Infinity are quoted, as ProtoJSON has it; -0 is the number -0, which keeps its sign
 *   1e-7 <= |x| < 1e21 without exponent, others as 1.5e-7, 1e+21
 */
import { high64, multiply } from './multiply'
import { writeEightDigits, writeUint32, writeUint64 } from './number'
import { powerOfTenAt } from './tables'

/** what shortest() found: value = decimal * 10^decimalExponent */
let decimal: u64 = 0
let decimalExponent: i32 = 0

export function writeDouble(bits: u64, out: usize): usize {
  const magnitude = bits & 0x7fffffffffffffff
  if (magnitude >= 0x7ff0000000000000) return writeNotFinite(bits, out)
  if (magnitude == 0) {
    store<u16>(out, bits == 0 ? 0x30 : 0x302d)
    return out + (bits == 0 ? 1 : 2)
  }
  if (<i64>bits < 0) store<u8>(out++, 0x2d)
  if (magnitude < 0x4340000000000000) {
    // below 2^53 a whole number is its own shortest decimal
    const whole = <u64>reinterpret<f64>(magnitude)
    if (reinterpret<u64>(<f64>whole) == magnitude) return writeUint64(whole, out)
  }
  const value = reinterpret<f64>(magnitude)
  if (value >= 1e-6 && value < 1e9) {
    const millionths = nearest(value * 1e6)
    if (millionths / 1e6 == value) return writeMillionths(<u64>millionths, out)
  }
  shortest(magnitude)
  return writeDecimal(out)
}

/**
 * The short way for what people measure: at most six decimals, below 10^9. The quotient of two whole numbers below 2^53 is
 * rounded right, so the decimal reads back as the double; two decimals of at most 15 digits never share a double, so
 * no other one is shorter.
 */
function writeMillionths(value: u64, out: usize): usize {
  const whole = <u32>(value / 1000000)
  let rest = <u32>(value - <u64>whole * 1000000)
  out = writeUint32(whole, out)
  store<u8>(out, 0x2e)
  // behind the point, with its leading zeros: the eight digits of rest * 100
  writeEightDigits(rest * 100, out + 1)
  let digits: usize = 6
  while (rest % 10 == 0) {
    rest /= 10
    digits--
  }
  return out + 1 + digits
}

function writeNotFinite(bits: u64, out: usize): usize {
  if ((bits & 0x7fffffffffffffff) > 0x7ff0000000000000) {
    store<u32>(out, 0x4e614e22) // "NaN
    store<u8>(out, 0x22, 4)
    return out + 5
  }
  store<u8>(out++, 0x22)
  if (<i64>bits < 0) store<u8>(out++, 0x2d)
  store<u64>(out, 0x7974696e69666e49) // Infinity
  store<u8>(out, 0x22, 8)
  return out + 9
}

/** decimal and decimalExponent of a positive finite double that is no whole number below 2^53 */
function shortest(magnitude: u64): void {
  const fraction = magnitude & 0x000fffffffffffff
  const biased = <i32>(magnitude >> 52)
  const significand = biased != 0 ? fraction | 0x0010000000000000 : fraction
  const exponent = (biased != 0 ? biased : 1) - 1075
  const isOdd = significand & 1
  const lowerIsCloser: bool = fraction == 0 && biased > 1
  // k = floor(log10 of the width of the rounding interval)
  const k = (exponent * 1262611 - (lowerIsCloser ? 524031 : 0)) >> 22
  const shift = <u64>(exponent + ((-k * 1741647) >> 19) + 1)
  const power = powerOfTenAt(-k)
  const low = load<u64>(power)
  const high = load<u64>(power, 8)
  const four = significand << 2
  const lower = roundToOdd(low, high, (four - (lowerIsCloser ? 1 : 2)) << shift) + isOdd
  const middle = roundToOdd(low, high, four << shift)
  const upper = roundToOdd(low, high, (four + 2) << shift) - isOdd
  chooseDecimal(lower, middle, upper, k)
}

/** the shortest, then closest, decimal of (lower .. middle .. upper) / 4 * 10^k */
function chooseDecimal(lower: u64, middle: u64, upper: u64, k: i32): void {
  const s = middle >> 2
  if (s >= 10) {
    const tenth = s / 10
    const downFits = lower <= 40 * tenth
    const upFits = 40 * tenth + 40 <= upper
    if (downFits != upFits) {
      setDecimal(tenth + (upFits ? 1 : 0), k + 1)
      return
    }
  }
  const downFits = lower <= s << 2
  const upFits = (s << 2) + 4 <= upper
  if (downFits != upFits) {
    setDecimal(s + (upFits ? 1 : 0), k)
    return
  }
  const half = (s << 2) + 2
  const roundsUp = middle > half || (middle == half && (s & 1) != 0)
  setDecimal(s + (roundsUp ? 1 : 0), k)
}

function setDecimal(value: u64, exponent: i32): void {
  while (value % 100000000 == 0) {
    value /= 100000000
    exponent += 8
  }
  while (value % 100 == 0) {
    value /= 100
    exponent += 2
  }
  if (value % 10 == 0) {
    value /= 10
    exponent += 1
  }
  decimal = value
  decimalExponent = exponent
}

/** the top of power * value, its lowest bit set when anything below it is */
function roundToOdd(low: u64, high: u64, value: u64): u64 {
  multiply(low, value)
  const carryIn = high64
  const middle = multiply(high, value)
  const sum = middle + carryIn
  const top = high64 + (sum < middle ? 1 : 0)
  return top | (sum > 1 ? 1 : 0)
}

/** decimal and decimalExponent as JavaScript's Number.prototype.toString writes them */
function writeDecimal(out: usize): usize {
  const digitsAt = out + 32
  const count = <i32>(writeUint64(decimal, digitsAt) - digitsAt)
  // the decimal point stands behind this many digits
  const point = count + decimalExponent
  if (point > 0 && point <= 21) {
    if (point >= count) {
      copyDigits(out, digitsAt)
      for (let i = count; i < point; i++) store<u8>(out + <usize>i, 0x30)
      return out + <usize>point
    }
    copyDigits(out, digitsAt)
    copyDigits(out + <usize>point + 1, digitsAt + <usize>point)
    store<u8>(out + <usize>point, 0x2e)
    return out + <usize>count + 1
  }
  if (point > -6 && point <= 0) {
    store<u64>(out, 0x3030303030302e30) // 0.000000
    copyDigits(out + 2 - <usize>point, digitsAt)
    return out + 2 - <usize>point + <usize>count
  }
  store<u8>(out, load<u8>(digitsAt))
  out++
  if (count > 1) {
    store<u8>(out, 0x2e)
    copyDigits(out + 1, digitsAt + 1)
    out += <usize>count
  }
  return writeExponent(point - 1, out)
}

/** digits stand 32 bytes ahead of the number, which is no longer than 26: what is copied is not yet overwritten */
// @ts-ignore: decorator
@inline
function copyDigits(to: usize, from: usize): void {
  const first = v128.load(from)
  const second = v128.load(from, 16)
  v128.store(to, first)
  v128.store(to, second, 16)
}

function writeExponent(exponent: i32, out: usize): usize {
  store<u8>(out, 0x65)
  store<u8>(out, exponent < 0 ? 0x2d : 0x2b, 1)
  return writeUint64(<u64>(exponent < 0 ? -exponent : exponent), out + 2)
}
