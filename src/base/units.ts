export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

/** The smallest power of two that is not below `value` (value >= 1, result <= 2^53). */
export function powerOfTwoCeiling(value: number): number {
  let power = 1
  while (power < value) power *= 2
  return power
}

/** `value` rounded up to a multiple of `alignment` (a power of two). */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment
}
