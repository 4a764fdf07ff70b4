import { expect, test } from 'vitest'
import { alignUp, GIB, KIB, MIB, powerOfTwoCeiling } from '../../../src/base/units.ts'

test('units are powers of 1024', () => {
  expect([KIB, MIB, GIB]).toEqual([2 ** 10, 2 ** 20, 2 ** 30])
})

test('the power of two ceiling is the value itself for a power of two, and the next one otherwise', () => {
  expect([1, 2, 3, 4, 5, 1023, 1025, 2 ** 31 + 1].map(powerOfTwoCeiling)).toEqual([1, 2, 4, 4, 8, 1024, 2048, 2 ** 32])
})

test('alignment rounds up and leaves multiples alone, beyond 2^31 too', () => {
  expect(alignUp(0, 128)).toBe(0)
  expect(alignUp(1, 128)).toBe(128)
  expect(alignUp(128, 128)).toBe(128)
  expect(alignUp(3 * GIB + 1, 64)).toBe(3 * GIB + 64)
})
