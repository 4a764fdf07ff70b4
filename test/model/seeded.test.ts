import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { forSeeds, keptSeeds, Random } from './seeded.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-seeds-'))
const path = pathToFileURL(join(folder, 'seeds.json'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the same seed gives the same numbers, all within the limit and none left out', () => {
  const draw = (seed: number): number[] => {
    const random = new Random(seed)
    return Array.from({ length: 1000 }, () => random.below(10))
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(new Set(draw(7))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
})

test('a seed that failed is kept once and replayed first, for its law alone', () => {
  const drawn: number[] = []
  const failAtSixth = (random: Random): void => {
    drawn.push(random.below(2 ** 32))
    if (drawn.length % 6 === 0) throw new Error('as planned')
  }
  expect(() => forSeeds('law', 10, failAtSixth, path)).toThrow(/law: seed .*as planned/)
  const [seed] = keptSeeds('law', path)
  drawn.length = 0
  forSeeds('law', 3, (random) => void drawn.push(random.below(2 ** 32)), path)
  expect(drawn).toHaveLength(4)
  expect(drawn[0]).toBe(new Random(seed!).below(2 ** 32))
  expect(keptSeeds('other law', path)).toEqual([])
})
