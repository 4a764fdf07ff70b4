import { expect, test } from 'vitest'
import { OutcomeRing, outcomeRingBytes } from '../../../src/shared-memory/outcome-ring.ts'

test('gives numbers back in their order, then nothing', () => {
  const ring = new OutcomeRing(new SharedArrayBuffer(outcomeRingBytes(4)), 0, 4)
  for (let round = 0; round < 5; round++) {
    ring.put(3)
    ring.put(0)
    expect([ring.take(), ring.take(), ring.take()]).toEqual([3, 0, -1])
  }
})

test('holds its capacity; one more is an assertion', () => {
  const ring = new OutcomeRing(new SharedArrayBuffer(outcomeRingBytes(4)), 0, 4)
  for (let number = 0; number < 4; number++) ring.put(number)
  expect(() => ring.put(4)).toThrow(/settled twice/)
})

test('refuses a capacity that is not a power of two', () => {
  expect(() => outcomeRingBytes(6)).toThrow(/power of two/)
})
