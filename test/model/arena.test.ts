import { expect, test } from 'vitest'
import { KIB, powerOfTwoCeiling } from '../../src/base/units.ts'
import { Arena, NO_ROOM } from '../../src/shared-memory/arena.ts'
import { forSeeds, type Random } from './seeded.ts'

const ARENA_OFFSET = 3 * KIB
const ACTIONS = 2000

/** The simplest allocator with the same promise: the arena as a list of KiB, each used or not, searched from the start. */
class FirstFit {
  readonly #used: boolean[]

  constructor(arenaBytes: number) {
    this.#used = new Array<boolean>(arenaBytes / KIB).fill(false)
  }

  /** Aligned to its size, as the buddy system must. */
  hasRoom(blockBytes: number): boolean {
    const length = blockBytes / KIB
    for (let at = 0; at + length <= this.#used.length; at += length) {
      if (!this.#used.slice(at, at + length).includes(true)) return true
    }
    return false
  }

  mark(offset: number, blockBytes: number, used: boolean): void {
    const from = (offset - ARENA_OFFSET) / KIB
    const cells = this.#used.slice(from, from + blockBytes / KIB)
    expect(cells, 'blocks lie inside the arena').toHaveLength(blockBytes / KIB)
    expect(cells, 'blocks do not overlap').not.toContain(used)
    this.#used.fill(used, from, from + blockBytes / KIB)
  }
}

function allocateAtRandom(random: Random): void {
  const arenaBytes = KIB * 2 ** (2 + random.below(8))
  const arena = new Arena(ARENA_OFFSET, arenaBytes)
  const model = new FirstFit(arenaBytes)
  const blocks: { offset: number; blockBytes: number }[] = []
  const freeOne = (): void => {
    const { offset, blockBytes } = blocks.splice(random.below(blocks.length), 1)[0]!
    arena.free(offset)
    model.mark(offset, blockBytes, false)
  }
  for (let action = 0; action < ACTIONS; action++) {
    const filling = (action >> 6) % 2 === 0
    if (blocks.length > 0 && random.below(4) >= (filling ? 3 : 1)) {
      freeOne()
      continue
    }
    const bytes = 1 + random.below(random.pick([KIB, 8 * KIB, arenaBytes]))
    const blockBytes = Math.max(KIB, powerOfTwoCeiling(bytes))
    const offset = arena.allocate(bytes)
    // Freed neighbours are always joined, so whatever aligned hole a first fit would find, the arena has.
    expect(offset !== NO_ROOM).toBe(model.hasRoom(blockBytes))
    if (offset === NO_ROOM) continue
    expect((offset - ARENA_OFFSET) % blockBytes, 'aligned to its size').toBe(0)
    model.mark(offset, blockBytes, true)
    blocks.push({ offset, blockBytes })
    expect(arena.usedBytes).toBe(blocks.reduce((sum, block) => sum + block.blockBytes, 0))
  }
  while (blocks.length > 0) freeOne()
  expect(arena.allocate(arenaBytes), 'everything is one block again').toBe(ARENA_OFFSET)
}

test('the arena finds room exactly when an aligned first fit does, and its blocks never overlap', () => {
  forSeeds('arena like first fit', 60, allocateAtRandom)
})

test('among blocks of one size, what was freed last is used first', () => {
  forSeeds('arena newest first', 40, (random) => {
    const arena = new Arena(ARENA_OFFSET, 64 * KIB)
    const blocks = Array.from({ length: 64 }, () => arena.allocate(KIB))
    // Of each pair only one is freed: nothing can be joined, the order shows.
    const freed = Array.from({ length: 32 }, (_, pair) => blocks[pair * 2 + random.below(2)]!)
    const stack: number[] = []
    for (let action = 0; action < 500; action++) {
      if (stack.length > 0 && random.below(2) === 0)
        expect(arena.allocate(KIB)).toBe(freed[freed.push(stack.pop()!) - 1])
      else if (freed.length > 0) {
        const offset = freed.splice(random.below(freed.length), 1)[0]!
        arena.free(offset)
        stack.push(offset)
      }
    }
  })
})
