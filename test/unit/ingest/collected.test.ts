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
