import { expect, test } from 'vitest'
import { KIB } from '../../../src/base/units.ts'
import { HeldBytes, heldBytesBytes } from '../../../src/shared-memory/held-bytes.ts'

function held(ingestThreads: number): HeldBytes {
  return new HeldBytes(new SharedArrayBuffer(128 + heldBytesBytes(ingestThreads)), 128, ingestThreads)
}

test('sums over all threads, per signal, each body rounded up to a KiB', () => {
  const bytes = held(2)
  bytes.add(0, 1, 1)
  bytes.add(1, 1, 2 * KIB + 1)
  bytes.add(1, 3, KIB)
  expect([0, 1, 2, 3].map((signal) => bytes.total(signal))).toEqual([0, 4 * KIB, 0, KIB])
})

test('removing the same bytes leaves nothing', () => {
  const bytes = held(1)
  for (const body of [1, 1023, 1024, 1025, 205_000]) bytes.add(0, 0, body)
  for (const body of [1025, 1, 205_000, 1024, 1023]) bytes.remove(0, 0, body)
  expect(bytes.total(0)).toBe(0)
})

test('counts more bytes than an int32 holds', () => {
  const bytes = held(1)
  bytes.add(0, 0, 3 * 2 ** 30)
  expect(bytes.total(0)).toBe(3 * 2 ** 30)
})
