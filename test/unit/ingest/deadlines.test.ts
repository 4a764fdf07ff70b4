import { expect, it } from 'vitest'
import { Deadlines } from '../../../src/ingest/deadlines.ts'

const TIMEOUT_MS = 1000

/** All that is due, lowest number first. */
function due(deadlines: Deadlines, nowMs: number): number[] {
  const taken: number[] = []
  for (let number = deadlines.takeDue(nowMs); number >= 0; number = deadlines.takeDue(nowMs)) taken.push(number)
  return taken.sort((a, b) => a - b)
}

it('takes what is due, and nothing else', () => {
  const deadlines = new Deadlines(10, 4, TIMEOUT_MS)
  deadlines.add(12, 100)
  deadlines.add(10, 200)
  deadlines.add(13, 300)
  expect([due(deadlines, 99), due(deadlines, 200), due(deadlines, 299), due(deadlines, 300)]).toEqual([
    [],
    [10, 12],
    [],
    [13],
  ])
})

it('takes a deadline that lies before those added earlier when it is due', () => {
  const deadlines = new Deadlines(0, 3, TIMEOUT_MS)
  deadlines.add(0, 800)
  deadlines.add(1, 50)
  deadlines.add(2, 900)
  expect([due(deadlines, 60), due(deadlines, 800), due(deadlines, 900)]).toEqual([[1], [0], [2]])
})

it('takes one that has passed at the next look', () => {
  const deadlines = new Deadlines(0, 1, TIMEOUT_MS)
  expect(due(deadlines, 500)).toEqual([])
  deadlines.add(0, 3)
  expect(due(deadlines, 500)).toEqual([0])
})

it('is never early and at most a tick late, wherever it stands', () => {
  const deadlines = new Deadlines(0, 8, TIMEOUT_MS)
  for (let nowMs = 0; nowMs < 200_000; nowMs += 777) {
    expect(due(deadlines, nowMs)).toEqual([])
    const dueMs = nowMs + (nowMs % TIMEOUT_MS) + 1
    deadlines.add(nowMs % 8, dueMs)
    expect(due(deadlines, dueMs - 1)).toEqual([])
    expect(due(deadlines, dueMs + 10)).toEqual([nowMs % 8])
    nowMs = dueMs + 10
  }
})

it('keeps the order after a thread that was blocked', () => {
  const deadlines = new Deadlines(0, 2, TIMEOUT_MS)
  deadlines.add(0, 1000)
  deadlines.add(1, 30_000 + TIMEOUT_MS)
  expect(due(deadlines, 30_000)).toEqual([0])
  expect(due(deadlines, 30_000 + TIMEOUT_MS)).toEqual([1])
})

it('forgets a request that was answered, wherever it stands', () => {
  for (const removed of [0, 1, 2]) {
    const deadlines = new Deadlines(0, 3, TIMEOUT_MS)
    for (const number of [0, 1, 2]) deadlines.add(number, 5)
    expect(deadlines.remove(removed)).toBe(true)
    expect(deadlines.remove(removed)).toBe(false)
    expect(due(deadlines, 10)).toEqual([0, 1, 2].filter((number) => number !== removed))
  }
})

it('gives up all at the end', () => {
  const deadlines = new Deadlines(0, 3, TIMEOUT_MS)
  deadlines.add(0, 900)
  deadlines.add(2, 10)
  expect(due(deadlines, Number.POSITIVE_INFINITY)).toEqual([0, 2])
  expect(due(deadlines, Number.POSITIVE_INFINITY)).toEqual([])
})

it('agrees with a plain list over random actions', () => {
  const deadlines = new Deadlines(0, 8, TIMEOUT_MS)
  let plain: [number: number, dueMs: number][] = []
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return seed % below
  }
  for (let nowMs = 0; nowMs < 50_000; nowMs += 10) {
    const number = random(8)
    if (plain.some(([listed]) => listed === number)) {
      deadlines.remove(number)
      plain = plain.filter(([listed]) => listed !== number)
    } else {
      const dueMs = nowMs + 10 * random(TIMEOUT_MS / 10)
      deadlines.add(number, dueMs)
      plain.push([number, dueMs])
    }
    if (random(10) > 0) continue
    const expected = plain.filter(([, dueMs]) => dueMs <= nowMs).map(([listed]) => listed)
    expect(due(deadlines, nowMs)).toEqual(expected.sort((a, b) => a - b))
    plain = plain.filter(([, dueMs]) => dueMs > nowMs)
  }
})
