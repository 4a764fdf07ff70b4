import { expect, it } from 'vitest'
import { CollectBudget, Collected } from '../../../src/ingest/collected.ts'

it('joins the parts of a body in their order, and pays them back', () => {
  const budget = new CollectBudget(100)
  const collected = new Collected(budget)
  for (const part of ['ab', 'c', 'de']) expect(collected.add(Buffer.from(part))).toBe(true)
  expect(budget.usedBytes).toBe(5)
  expect(String(collected.join(Buffer.from('f')))).toBe('abcdef')
  expect([budget.usedBytes, collected.join().length]).toEqual([0, 0])
})

it('does not copy a body of one part', () => {
  const only = Buffer.from('only')
  expect(new Collected(new CollectBudget(1)).join(only)).toBe(only)
})

it('refuses what the budget of all bodies together does not cover', () => {
  const budget = new CollectBudget(10)
  const first = new Collected(budget)
  const second = new Collected(budget)
  expect([first.add(Buffer.alloc(6)), second.add(Buffer.alloc(5))]).toEqual([true, false])
  first.drop()
  first.drop()
  expect([budget.usedBytes, second.add(Buffer.alloc(10)), budget.usedBytes]).toEqual([0, true, 10])
})

it('keeps the order of small and large parts', () => {
  const collected = new Collected(new CollectBudget(1e6))
  const parts = [1, 3000, 20_000, 1, 1, 16_384, 16_383, 500, 40_000].map((bytes, index) => Buffer.alloc(bytes, index))
  for (const part of parts) expect(collected.add(part)).toBe(true)
  expect(collected.join().equals(Buffer.concat(parts))).toBe(true)
})

it('holds a million parts of one byte in little more than a million bytes', () => {
  const collected = new Collected(new CollectBudget(1e6))
  const part = Buffer.alloc(1, 7)
  const before = process.memoryUsage()
  for (let count = 0; count < 1e6; count++) collected.add(part)
  const after = process.memoryUsage()
  const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
  expect(grown).toBeLessThan(3e6)
  expect(collected.join().equals(Buffer.alloc(1e6, 7))).toBe(true)
})
