import { assert } from '../base/assert.ts'
import { advance, distance, indexOf } from './position.ts'
import {
  ATTEMPTS_MAX,
  cellLap,
  emptyCell,
  fullCell,
  isFull,
  isPreviousLap,
  type QueueWords,
  REQUEST_NUMBER_MAX,
} from './queue-descriptor.ts'

/**
 * Puts a request number into the queue. Any thread, any number of them.
 *
 * The entry's state must already be QUEUED: a taker that reaches the cell first claims the entry by that state.
 *
 * @param countMax refuse when so many numbers stand in the queue. May be late by what others put meanwhile, and early
 *   by one number that is taken while its taker has not yet moved the position on. Pass the capacity to put beyond the
 *   configured limit (re-queueing).
 * @returns false when full; no cell was changed then.
 */
export function queuePut(queue: QueueWords, requestNumber: number, countMax: number): boolean {
  assert(requestNumber >= 0 && requestNumber <= REQUEST_NUMBER_MAX, 'request number out of range', requestNumber)
  const { put, take, cells, capacityLog2 } = queue
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const position = Atomics.load(put, 0)
    if (distance(position, Atomics.load(take, 0)) >= countMax) return false
    const index = indexOf(position, cells.length)
    const lap = cellLap(position, capacityLog2)
    const cell = Atomics.load(cells, index) // observes P2
    if (cell === emptyCell(lap)) {
      // P1 publishes the number, and with it the entry's fields stored before.
      if (Atomics.compareExchange(cells, index, cell, fullCell(lap, requestNumber)) !== cell) continue
      Atomics.compareExchange(put, 0, position, advance(position, 1))
      return true
    }
    if (isFull(cell) && isPreviousLap(cell, lap)) return false
    // Somebody has put here and not yet moved the position on: do it for them.
    Atomics.compareExchange(put, 0, position, advance(position, 1))
  }
  throw new Error('queue put did not end: the cells are corrupt')
}
