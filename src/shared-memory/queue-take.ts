import { advance, distance, indexOf } from './position.ts'
import {
  ATTEMPTS_MAX,
  cellLap,
  emptyCell,
  isFull,
  lapOfCell,
  NOTHING,
  numberOfCell,
  type QueueWords,
} from './queue-descriptor.ts'

/**
 * Takes the oldest request number that `claim` accepts. Any thread, any number of them.
 *
 * Claiming stands before clearing the cell: the moment the request changes hands is one compare-and-swap in the request
 * table, so a taker that dies anywhere in here has either claimed it by name or left it in the queue. A number whose
 * entry is no longer QUEUED was claimed by somebody who has not cleared the cell yet; it is cleared for them.
 *
 * @param claim true when this thread now owns the request
 * @returns the request number, or NOTHING
 */
export function queueTake(queue: QueueWords, claim: (requestNumber: number) => boolean): number {
  const { take, cells, capacityLog2 } = queue
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const position = Atomics.load(take, 0)
    const index = indexOf(position, cells.length)
    const lap = cellLap(position, capacityLog2)
    const cell = Atomics.load(cells, index) // observes P1
    if (cell === emptyCell(lap)) return NOTHING
    if (!isFull(cell) || lapOfCell(cell) !== lap) {
      // Taken already, the position not yet moved on: do it for them.
      Atomics.compareExchange(take, 0, position, advance(position, 1))
      continue
    }
    const requestNumber = numberOfCell(cell)
    const claimed = claim(requestNumber)
    Atomics.compareExchange(cells, index, cell, emptyCell(lap + 1)) // P2 gives the cell to the put of the next lap
    Atomics.compareExchange(take, 0, position, advance(position, 1))
    if (claimed) return requestNumber
  }
  throw new Error('queue take did not end: the cells are corrupt')
}

/** Numbers in the queue. Can be stale by what other threads do meanwhile; never negative. */
export function queueDepth(queue: QueueWords): number {
  return Math.max(0, distance(Atomics.load(queue.put, 0), Atomics.load(queue.take, 0)))
}
