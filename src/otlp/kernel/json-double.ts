/**
 * Decimal to double, rounded right (to nearest, ties to even), always.
 *
 *   1. significand below 2^53 and a power of ten that is a double: one multiplication or division.
 *   2. significand * 128 bits of the power of ten. The power is rounded up by less than one unit, so that the true value
 *      lies in (product - significand, product]; when both ends round to the same double, that is it (after Eisel and
 *      Lemire, "Number parsing at a gigabyte per second", 2021, whose table is rounded another way).
 *   3. what lies so near to the middle of two doubles that this does not settle it is compared exactly (json-exact.ts).
 */
import { decimalIsAbove } from './json-exact'
import { exponent10, isCut, isNegative, significand } from './json-number'
import { high64, multiply } from './multiply'
import { powerOfTenAt } from './tables'

/** the double that toDouble made */
export let doubleBits: u64 = 0

const INFINITY_BITS: u64 = 0x7ff0000000000000

/** 10^0 to 10^22 */
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
])

/** a double's product: 192 bits */
let top: u64 = 0
let middle: u64 = 0
let bottom: u64 = 0

/**
 * The decimal of readDecimal as a double. Returns 1, 0 when it is too large for one, or OUTPUT_FULL when there is no
 * room at `scratch` for the exact way.
 */
export function toDouble(scratch: usize): usize {
  const sign: u64 = isNegative ? 0x8000000000000000 : 0
  if (significand == 0) {
    doubleBits = sign
    return 1
  }
  if (!isCut && significand < 0x20000000000000 && exponent10 >= -22 && exponent10 <= 22) {
    const exact = <f64>significand
    const value =
      exponent10 < 0
        ? exact / load<f64>(POWERS + (<usize>-exponent10 << 3))
        : exact * load<f64>(POWERS + (<usize>exponent10 << 3))
    doubleBits = reinterpret<u64>(value) | sign
    return 1
  }
  // below: less than half of the smallest double, whatever 19 digits; above: more than the largest
  let bits: u64 = 0
  if (exponent10 > 308) bits = INFINITY_BITS
  else if (exponent10 >= -342) {
    const lower = rounded(significand, <i32>exponent10, true)
    const upper = rounded(isCut ? significand + 1 : significand, <i32>exponent10, false)
    bits = upper
    if (lower != upper) {
      const above = decimalIsAbove(lower, scratch)
      if (above > 1) return above
      bits = above != 0 ? upper : lower
    }
  }
  doubleBits = bits | sign
  return bits == INFINITY_BITS ? 0 : 1
}

/** value * 10^exponent as the bits of a double; of the least or the greatest number that the product stands for */
function rounded(value: u64, exponent: i32, isLower: bool): u64 {
  const zeros = clz(value)
  const normal = value << zeros
  const power = powerOfTenAt(exponent)
  bottom = multiply(load<u64>(power), normal)
  const carry = high64
  middle = multiply(load<u64>(power, 8), normal)
  top = high64
  middle += carry
  if (middle < carry) top++
  // 5^55 is the last power with no more than 128 bits: up to there the product is exact
  if (isLower && (exponent < 0 || exponent > 55)) subtract(normal)
  const topBit: i32 = 63 - <i32>clz(top)
  // of the value: the power has its first bit at 127, and stands for 2^floor(log2(10^exponent))
  const binary = ((exponent * 217706) >> 16) + topBit + 1 - <i32>zeros
  return assemble(binary, topBit)
}

// @ts-ignore: decorator
@inline
function subtract(value: u64): void {
  const before = bottom
  bottom -= value
  if (bottom > before) {
    if (middle-- == 0) top--
  }
}

/** rounds top:middle:bottom, whose first bit is worth 2^binary, to a double */
function assemble(binary: i32, topBit: i32): u64 {
  const isNormal = binary >= -1022
  const bits = isNormal ? 53 : 53 + binary + 1022
  if (bits < 0) return 0
  const drop = topBit + 1 - bits
  let mantissa: u64 = drop == 64 ? 0 : top >> <u64>drop
  const rest = drop == 64 ? top : top & ((<u64>1 << <u64>drop) - 1)
  const half = <u64>1 << <u64>(drop - 1)
  const isMore = (middle | bottom) != 0
  if (rest > half || (rest == half && (isMore || (mantissa & 1) != 0))) mantissa++
  // a mantissa that overflows into the next exponent is right as it is
  if (!isNormal) return mantissa
  const result = (<u64>(binary + 1022) << 52) + mantissa
  return result >= INFINITY_BITS ? INFINITY_BITS : result
}

/** NaN, Infinity or -Infinity, which stand in strings: into doubleBits */
export function isNotFinite(at: usize, end: usize): bool {
  const bytes = end - at
  if (bytes == 3 && load<u16>(at) == 0x614e && load<u8>(at, 2) == 0x4e) {
    doubleBits = 0x7ff8000000000000
    return true
  }
  const isMinus: bool = bytes == 9 && load<u8>(at) == 0x2d
  if (isMinus) at++
  if ((!isMinus && bytes != 8) || load<u64>(at) != 0x7974696e69666e49) return false
  doubleBits = isMinus ? INFINITY_BITS | 0x8000000000000000 : INFINITY_BITS
  return true
}
