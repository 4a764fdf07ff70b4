import { expect, test } from 'vitest'
import { fullCell, NOTHING, queueBytes, queueWords, resetQueue } from '../../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../../src/shared-memory/queue-put.ts'
import { queueDepth, queueTake } from '../../../src/shared-memory/queue-take.ts'

function queueWith(...numbers: number[]) {
  const queue = queueWords(new SharedArrayBuffer(queueBytes(8)), 0, 8)
  resetQueue(queue)
  for (const number of numbers) queuePut(queue, number, 8)
  return queue
}

test('takes the oldest first, then nothing', () => {
  const queue = queueWith(7, 3, 5)
  expect([1, 2, 3, 4].map(() => queueTake(queue, () => true))).toEqual([7, 3, 5, NOTHING])
})

test('skips and clears numbers that somebody else has claimed', () => {
  const queue = queueWith(1, 2, 3)
  expect(queueTake(queue, (number) => number === 3)).toBe(3)
  expect(queueDepth(queue)).toBe(0)
})

test('goes past cells that a dead taker has cleared', () => {
  const queue = queueWith(1, 2)
  queueTake(queue, () => true)
  queue.take[0] = 0
  expect(queueTake(queue, () => true)).toBe(2)
})

test('takes a number whose putter died before it moved the position on', () => {
  const queue = queueWith(1)
  queue.put[0] = 0
  expect(queueTake(queue, () => true)).toBe(1)
  expect(queuePut(queue, 2, 8)).toBe(true)
  expect(queueTake(queue, () => true)).toBe(2)
})

test('corrupt cells end in an error, not in an endless loop', () => {
  const queue = queueWith()
  let number = 0
  const refill = (): boolean => {
    number = 1 - number
    queue.cells.fill(fullCell(0, number))
    return false
  }
  refill()
  expect(() => queueTake(queue, refill)).toThrow(/corrupt/)
})
