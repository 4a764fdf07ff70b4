import { expect, it } from 'vitest'
import { Deadlines } from '../../../src/ingest/deadlines.ts'

it('takes what is due in the order of falling due, and nothing else', () => {
  const deadlines = new Deadlines(10, 4)
  deadlines.add(12, 100)
  deadlines.add(10, 200)
  deadlines.add(13, 300)
  expect(deadlines.firstDueMs).toBe(100)
  expect(deadlines.takeDue(99)).toBe(-1)
  expect([deadlines.takeDue(200), deadlines.takeDue(200), deadlines.takeDue(200)]).toEqual([12, 10, -1])
  expect(deadlines.firstDueMs).toBe(300)
})

it('forgets a request that was answered, wherever it stands', () => {
  for (const removed of [0, 1, 2]) {
    const deadlines = new Deadlines(0, 3)
    for (const number of [0, 1, 2]) deadlines.add(number, number)
    expect(deadlines.remove(removed)).toBe(true)
    expect(deadlines.remove(removed)).toBe(false)
    const rest = [deadlines.takeDue(9), deadlines.takeDue(9), deadlines.takeDue(9)]
    expect(rest).toEqual([...[0, 1, 2].filter((number) => number !== removed), -1])
    expect(deadlines.firstDueMs).toBe(Number.POSITIVE_INFINITY)
  }
})

it('agrees with a plain list over random actions', () => {
  const deadlines = new Deadlines(0, 8)
  let plain: number[] = []
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return seed % below
  }
  for (let step = 0; step < 5000; step++) {
    const number = random(8)
    if (plain.includes(number)) {
      deadlines.remove(number)
      plain = plain.filter((listed) => listed !== number)
    } else {
      deadlines.add(number, step)
      plain.push(number)
    }
    if (random(10) === 0) expect(deadlines.takeDue(step)).toBe(plain.shift() ?? -1)
  }
})
