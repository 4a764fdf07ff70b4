import { expect, it } from 'vitest'
import { NO_NUMBER, Numbers } from '../../../src/ingest/numbers.ts'

it('gives out every number of the thread once, the lowest first', () => {
  const numbers = new Numbers(100, 3)
  expect([numbers.take(), numbers.take(), numbers.take()]).toEqual([100, 101, 102])
  expect(numbers.take()).toBe(NO_NUMBER)
})

it('uses first what was freed last', () => {
  const numbers = new Numbers(0, 3)
  const [first, second] = [numbers.take(), numbers.take()]
  numbers.give(first)
  numbers.give(second)
  expect(numbers.take()).toBe(second)
  expect(numbers.openCount).toBe(1)
})
