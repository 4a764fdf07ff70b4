import { expect, test } from 'vitest'
import { GIB, KIB } from '../../../src/base/units.ts'
import { ARENA_BLOCK_BYTES_MIN, Arena, NO_ROOM } from '../../../src/shared-memory/arena.ts'

const OFFSET = 64 * KIB

test('blocks are rounded up to powers of two and aligned to their size from the arena start', () => {
  const arena = new Arena(OFFSET, 64 * KIB)
  arena.allocate(1)
  const block = arena.allocate(5000)
  expect((block - OFFSET) % (8 * KIB)).toBe(0)
  expect(arena.usedBytes).toBe(ARENA_BLOCK_BYTES_MIN + 8 * KIB)
})

test('every order of a block size is exact: a power of two is not rounded up', () => {
  const arena = new Arena(KIB, GIB)
  for (let bytes = KIB; bytes <= GIB; bytes *= 2) {
    const block = arena.allocate(bytes)
    expect(arena.usedBytes).toBe(bytes)
    arena.free(block)
  }
})

test('a whole arena of 2 GiB counts as 2 GiB', () => {
  const arena = new Arena(KIB, 2 * GIB)
  arena.allocate(2 * GIB)
  expect(arena.usedBytes).toBe(2 * GIB)
})

test('no room is a return value', () => {
  const arena = new Arena(OFFSET, 4 * KIB)
  expect(arena.allocate(4 * KIB + 1)).toBe(NO_ROOM)
  expect(arena.allocate(4 * KIB)).toBe(OFFSET)
  expect(arena.allocate(1)).toBe(NO_ROOM)
})

test('what was freed last is used first', () => {
  const arena = new Arena(OFFSET, 16 * KIB)
  const [, second, , fourth] = [1, 1, 1, 1, 1].map(() => arena.allocate(1))
  arena.free(second!)
  arena.free(fourth!)
  expect([arena.allocate(1), arena.allocate(1)]).toEqual([fourth, second])
})

test('a steady load stays in the same block', () => {
  const arena = new Arena(OFFSET, 1024 * KIB)
  const offsets = Array.from({ length: 100 }, () => {
    const offset = arena.allocate(200 * KIB)
    arena.free(offset)
    return offset
  })
  expect(new Set(offsets)).toEqual(new Set([OFFSET]))
})

test('freed neighbours become one block again', () => {
  const arena = new Arena(OFFSET, 8 * KIB)
  const blocks = Array.from({ length: 8 }, () => arena.allocate(1))
  for (const block of [3, 0, 7, 1, 2, 6, 4, 5]) arena.free(blocks[block]!)
  expect(arena.usedBytes).toBe(0)
  expect(arena.allocate(8 * KIB)).toBe(OFFSET)
})

test.each([
  ['a block twice', 0],
  ['an address inside a block', KIB],
  ['an address that is not a block start', 100],
  ['an address beyond the arena', 1024 * KIB],
])('freeing %s is an assertion', (_, distanceBytes) => {
  const arena = new Arena(OFFSET, 8 * KIB)
  const block = arena.allocate(2 * KIB)
  if (distanceBytes === 0) arena.free(block)
  expect(() => arena.free(block + distanceBytes)).toThrow(/not an allocated block/)
})

test('refuses a size that is not a power of two and an offset that is not aligned', () => {
  expect(() => new Arena(OFFSET, 3000)).toThrow(/power of two/)
  expect(() => new Arena(OFFSET + 64, 4 * KIB)).toThrow(/aligned/)
  expect(() => new Arena(0, 4 * KIB)).toThrow(/aligned/)
})
