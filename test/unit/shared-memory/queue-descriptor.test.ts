import { expect, test } from 'vitest'
import {
  CELLS_OFFSET,
  cellLap,
  emptyCell,
  fullCell,
  isFull,
  isPreviousLap,
  lapOfCell,
  numberOfCell,
  PUT_POSITION_OFFSET,
  QUEUE_CAPACITY_MAX,
  queueBytes,
  queueWords,
  REQUEST_NUMBER_MAX,
  resetQueue,
  TAKE_POSITION_OFFSET,
} from '../../../src/shared-memory/queue-descriptor.ts'

const LAP_MAX = 2047

test('a full cell gives back its lap and its number, at both ends of both ranges', () => {
  for (const lap of [0, 1, 1024, LAP_MAX]) {
    for (const number of [0, 1, REQUEST_NUMBER_MAX]) {
      const cell = fullCell(lap, number)
      expect([isFull(cell), lapOfCell(cell), numberOfCell(cell)]).toEqual([true, lap, number])
      expect(cell).toBe(cell | 0)
    }
  }
})

test('an empty cell is empty, keeps its lap, and equals no full cell', () => {
  for (const lap of [0, LAP_MAX]) {
    expect([isFull(emptyCell(lap)), lapOfCell(emptyCell(lap))]).toEqual([false, lap])
    expect(emptyCell(lap)).not.toBe(fullCell(lap, 0))
  }
})

test('the lap after the last is the first', () => {
  expect(emptyCell(LAP_MAX + 1)).toBe(emptyCell(0))
  expect(isPreviousLap(fullCell(LAP_MAX, 5), 0)).toBe(true)
  expect(isPreviousLap(fullCell(0, 5), 0)).toBe(false)
})

test('words of different writers stand 128 bytes apart and the size is whole lines', () => {
  expect(TAKE_POSITION_OFFSET - PUT_POSITION_OFFSET).toBe(128)
  expect(CELLS_OFFSET - TAKE_POSITION_OFFSET).toBe(128)
  expect(queueBytes(2)).toBe(384)
  expect(queueBytes(64)).toBe(256 + 64 * 4)
})

test.each([0, 1, 3, 2.5, QUEUE_CAPACITY_MAX * 2])('refuses a capacity of %d', (capacity) => {
  expect(() => queueBytes(capacity)).toThrow(/capacity/)
})

test('a reset queue waits at its start position, each cell in the lap that reaches it next', () => {
  for (const start of [0, 5, 2 ** 31 - 3, -1]) {
    const queue = queueWords(new SharedArrayBuffer(queueBytes(4)), 0, 4)
    resetQueue(queue, start)
    expect([queue.put[0], queue.take[0]]).toEqual([start, start])
    for (let step = 0; step < 4; step++) {
      const position = (start + step) | 0
      expect(queue.cells[position & 3]).toBe(emptyCell(cellLap(position, 2)))
    }
  }
})
