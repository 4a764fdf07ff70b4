import { expect, test } from 'vitest'
import {
  QUEUE_CAPACITY_MAX,
  queueBytes,
  queueWords,
  REQUEST_NUMBER_MAX,
  resetQueue,
} from '../../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../../src/shared-memory/queue-put.ts'
import { queueDepth, queueTake } from '../../../src/shared-memory/queue-take.ts'

function queueOf(capacity: number) {
  const queue = queueWords(new SharedArrayBuffer(queueBytes(capacity)), 0, capacity)
  resetQueue(queue)
  return queue
}
const accept = (): boolean => true

test('refuses at the limit of the count, and has room again after a take', () => {
  const queue = queueOf(8)
  expect([1, 2, 3, 4].map((number) => queuePut(queue, number, 3))).toEqual([true, true, true, false])
  expect(queueTake(queue, accept)).toBe(1)
  expect(queuePut(queue, 4, 3)).toBe(true)
  expect(queueDepth(queue)).toBe(3)
})

test('refuses at the capacity, whatever the limit', () => {
  const queue = queueOf(2)
  expect([1, 2, 3].map((number) => queuePut(queue, number, QUEUE_CAPACITY_MAX))).toEqual([true, true, false])
})

test('takes the smallest and the largest request number, and asserts beyond', () => {
  const queue = queueOf(4)
  expect(queuePut(queue, 0, 4) && queuePut(queue, REQUEST_NUMBER_MAX, 4)).toBe(true)
  expect([queueTake(queue, accept), queueTake(queue, accept)]).toEqual([0, REQUEST_NUMBER_MAX])
  expect(() => queuePut(queue, -1, 4)).toThrow(/out of range/)
  expect(() => queuePut(queue, REQUEST_NUMBER_MAX + 1, 4)).toThrow(/out of range/)
})
