import { expect, test } from 'vitest'
import { advance, distance, indexOf, lapOf } from '../../../src/shared-memory/position.ts'

const LAST = 2 ** 31 - 1
const FIRST = -(2 ** 31)

test('a position wraps from the largest int32 to the smallest, and from -1 to 0', () => {
  expect(advance(LAST, 1)).toBe(FIRST)
  expect(advance(-1, 1)).toBe(0)
})

test('distance is what was advanced, in either direction, across both wraps', () => {
  for (const start of [0, LAST, LAST - 5, -3]) {
    expect(distance(advance(start, 10), start)).toBe(10)
    expect(distance(start, advance(start, 10))).toBe(-10)
    expect(distance(advance(start, 2 ** 30), start)).toBe(2 ** 30)
  }
})

test('indices run on without a gap across the wraps', () => {
  for (const start of [LAST, -1]) expect(indexOf(advance(start, 1), 8)).toBe((indexOf(start, 8) + 1) % 8)
})

test('the lap grows by one with each turn of the ring and starts over after its bits', () => {
  for (const start of [0, LAST, -1, 12345]) {
    const lap = lapOf(start, 3, 11)
    expect(lapOf(advance(start, 8), 3, 11)).toBe((lap + 1) % 2048)
  }
})
