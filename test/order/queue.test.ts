import { expect, test } from 'vitest'
import {
  CELLS_OFFSET,
  emptyCell,
  fullCell,
  NOTHING,
  PUT_POSITION_OFFSET,
  type QueueWords,
  queueBytes,
  queueWords,
  resetQueue,
  TAKE_POSITION_OFFSET,
} from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { queueDepth, queueTake } from '../../src/shared-memory/queue-take.ts'
import { PHASE, RequestTable } from '../../src/shared-memory/request-table.ts'
import { record } from './record.ts'

const STATE_OFFSET = queueBytes(2)
const NAMES = {
  [PUT_POSITION_OFFSET]: 'putPosition',
  [TAKE_POSITION_OFFSET]: 'takePosition',
  [CELLS_OFFSET]: 'cell0',
  [CELLS_OFFSET + 4]: 'cell1',
  [STATE_OFFSET]: 'state0',
}

function scene(): { queue: QueueWords; table: RequestTable } {
  const buffer = new SharedArrayBuffer(STATE_OFFSET + 128)
  const queue = queueWords(buffer, 0, 2)
  resetQueue(queue)
  const table = new RequestTable(buffer, STATE_OFFSET, 1)
  table.open(0, 0, 0)
  return { queue, table }
}

test('a put looks at the positions, fills the cell, and only then moves the position', () => {
  const { queue } = scene()
  expect(record(NAMES, () => void queuePut(queue, 0, 2))).toEqual([
    'load putPosition',
    'load takePosition',
    'load cell0',
    `compareExchange cell0 ${emptyCell(0)} ${fullCell(0, 0)}`,
    'compareExchange putPosition 0 1',
  ])
})

test('a put moves a position on that somebody left behind', () => {
  const { queue } = scene()
  queue.cells[0] = fullCell(0, 0)
  const lines = record(NAMES, () => void queuePut(queue, 1, 2))
  expect(lines.slice(0, 4)).toEqual([
    'load putPosition',
    'load takePosition',
    'load cell0',
    'compareExchange putPosition 0 1',
  ])
  expect(lines).toHaveLength(9)
})

test('a put into a full queue stores nothing', () => {
  const { queue } = scene()
  queuePut(queue, 0, 2)
  queuePut(queue, 1, 2)
  expect(record(NAMES, () => void queuePut(queue, 2, 2))).toEqual(['load putPosition', 'load takePosition'])
})

test('a take claims the request before it clears the cell, and clears the cell before it moves the position', () => {
  const { queue, table } = scene()
  table.markQueued(0)
  queuePut(queue, 0, 2)
  const taken = PHASE.TAKEN | (3 << 8)
  expect(record(NAMES, () => void queueTake(queue, (number) => table.claim(number, 3)))).toEqual([
    'load takePosition',
    'load cell0',
    `compareExchange state0 ${PHASE.QUEUED} ${taken}`,
    `compareExchange cell0 ${fullCell(0, 0)} ${emptyCell(1)}`,
    'compareExchange takePosition 0 1',
  ])
})

test('a take that loses the claim clears the cell for the winner and goes on', () => {
  const { queue, table } = scene()
  queuePut(queue, 0, 2)
  const lines = record(NAMES, () => expect(queueTake(queue, (number) => table.claim(number, 3))).toBe(NOTHING))
  expect(lines.slice(3)).toEqual([
    `compareExchange cell0 ${fullCell(0, 0)} ${emptyCell(1)}`,
    'compareExchange takePosition 0 1',
    'load takePosition',
    'load cell1',
  ])
})

test('a take from an empty queue stores nothing', () => {
  const { queue } = scene()
  expect(record(NAMES, () => void queueTake(queue, () => true))).toEqual(['load takePosition', 'load cell0'])
})

test('the depth reads the put position first, so that it errs to less and never below zero', () => {
  const { queue } = scene()
  expect(record(NAMES, () => void queueDepth(queue))).toEqual(['load putPosition', 'load takePosition'])
  queue.take[0] = 1
  expect(queueDepth(queue)).toBe(0)
})
