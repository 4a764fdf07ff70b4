/**
 * Wrap-safe arithmetic on positions: the only file with masks.
 *
 * A position is an int32 that only grows and wraps from 2^31-1 to -2^31. Positions of one ring are never further apart
 * than its capacity (at most 2^30), so the signed difference orders them correctly across the wrap.
 */
export const POSITION_DISTANCE_MAX = 2 ** 30

export function advance(position: number, count: number): number {
  return (position + count) | 0
}

/** How far `later` is ahead of `earlier`; negative when it is behind. */
export function distance(later: number, earlier: number): number {
  return (later - earlier) | 0
}

/** Index inside a ring whose capacity is a power of two. */
export function indexOf(position: number, capacity: number): number {
  return position & (capacity - 1)
}

/** How often the position has gone round a ring of 2^capacityLog2 cells, modulo 2^lapBits. */
export function lapOf(position: number, capacityLog2: number, lapBits: number): number {
  return (position >>> capacityLog2) & ((1 << lapBits) - 1)
}
