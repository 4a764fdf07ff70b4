/** 64 by 64 bits, which WebAssembly cannot. */

/** the upper half of the last product */
export let high64: u64 = 0

/** the lower half; the upper goes to high64 */
// @ts-ignore: decorator
@inline
export function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const lowLow = aLow * bLow
  const highLow = aHigh * bLow
  const cross = (lowLow >> 32) + (highLow & 0xffffffff) + aLow * bHigh
  high64 = aHigh * bHigh + (highLow >> 32) + (cross >> 32)
  return (cross << 32) | (lowLow & 0xffffffff)
}
