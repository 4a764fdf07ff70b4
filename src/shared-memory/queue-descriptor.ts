/**
 * A bounded queue of request numbers: many ingress threads put, many serializers take. One per signal.
 *
 *   0             128            256                       256 + 4 * capacity
 *   +-------------+--------------+--------------------------+
 *   | putPosition | takePosition | cell 0 | cell 1 | ...     |
 *   +-------------+--------------+--------------------------+
 *
 * A cell is one int32, so that publishing a number is one compare-and-swap and no thread can die half way:
 *
 *    31                    21 20  19                       0
 *   +------------------------+---+---------------------------+
 *   | lap (11 bits)          | f | request number (20 bits)  |
 *   +------------------------+---+---------------------------+
 *
 * f=0: empty, waiting for the put of that lap.  f=1: holds a number put in that lap.
 * A put turns empty(lap) into full(lap, number); a take turns it into empty(lap + 1). The positions only say where to
 * look: whoever finds its position behind a cell moves it on for the others. So a thread that dies between two steps
 * leaves nothing to repair here; what it had claimed stands in the request table under its name.
 *
 * Each position lags behind the cells by at most one, because nobody gets past a cell without moving it on.
 *
 * The lap makes a late compare-and-swap of a stalled thread fail. It repeats after 2048 laps. A put that was stalled so
 * long lands in a cell whose turn comes: out of order, not lost. A take that was stalled so long between claim and
 * clear, and finds the very same number in the very same lap, would clear a number that is queued: with the smallest
 * ring of an engine (128 cells) that is a quarter of a million requests of one signal, to the exact number, during one
 * pause between two instructions. Nothing guards against it: a process of which one thread stands still for seconds while
 * the others run at full speed is the case, and then only this number in this lap.
 */
import { assert } from '../base/assert.ts'
import { lapOf, POSITION_DISTANCE_MAX } from './position.ts'

const LINE_BYTES = 128
export const PUT_POSITION_OFFSET = 0
export const TAKE_POSITION_OFFSET = PUT_POSITION_OFFSET + LINE_BYTES
export const CELLS_OFFSET = TAKE_POSITION_OFFSET + LINE_BYTES
export const CELL_BYTES = 4

const NUMBER_BITS = 20
const LAP_BITS = 11
const FULL_BIT = 1 << NUMBER_BITS
const NUMBER_MASK = FULL_BIT - 1
const LAP_SHIFT = NUMBER_BITS + 1
const LAP_MASK = (1 << LAP_BITS) - 1

/** Request numbers fit in a cell. */
export const REQUEST_NUMBER_MAX = NUMBER_MASK
/** 2^32 positions must be a whole number of lap cycles, so that laps run on across the wrap. */
export const QUEUE_CAPACITY_MAX = 2 ** 20

/** What take returns when nothing is there. */
export const NOTHING = -1
/** Iterations after which a put or take is a broken queue and no longer contention. */
export const ATTEMPTS_MAX = 1 << 20

export function queueBytes(capacity: number): number {
  assertQueueCapacity(capacity)
  return Math.ceil((CELLS_OFFSET + capacity * CELL_BYTES) / LINE_BYTES) * LINE_BYTES
}

export function assertQueueCapacity(capacity: number): void {
  assert(
    Number.isInteger(Math.log2(capacity)) && capacity >= 2 && capacity <= QUEUE_CAPACITY_MAX,
    `queue capacity ${capacity} is not a power of two from 2 to ${QUEUE_CAPACITY_MAX}`,
  )
  assert(capacity <= POSITION_DISTANCE_MAX, 'queue capacity exceeds what positions can tell apart')
}

export function cellLap(position: number, capacityLog2: number): number {
  return lapOf(position, capacityLog2, LAP_BITS)
}

export function emptyCell(lap: number): number {
  return (lap & LAP_MASK) << LAP_SHIFT
}

export function fullCell(lap: number, requestNumber: number): number {
  return ((lap & LAP_MASK) << LAP_SHIFT) | FULL_BIT | requestNumber
}

export function isFull(cell: number): boolean {
  return (cell & FULL_BIT) !== 0
}

export function lapOfCell(cell: number): number {
  return cell >>> LAP_SHIFT
}

export function numberOfCell(cell: number): number {
  return cell & NUMBER_MASK
}

/** The cell of the lap before: still full means the ring is physically full. */
export function isPreviousLap(cell: number, lap: number): boolean {
  return lapOfCell(cell) === ((lap - 1) & LAP_MASK)
}

/** The three views on one queue. */
export interface QueueWords {
  /** Where the next put looks first. Written by every putter and by helping threads. */
  readonly put: Int32Array
  /** Where the next take looks first. Written by every taker and by helping threads. */
  readonly take: Int32Array
  readonly cells: Int32Array
  readonly capacityLog2: number
}

export function queueWords(buffer: SharedArrayBuffer, queueOffset: number, capacity: number): QueueWords {
  assertQueueCapacity(capacity)
  return {
    put: new Int32Array(buffer, queueOffset + PUT_POSITION_OFFSET, 1),
    take: new Int32Array(buffer, queueOffset + TAKE_POSITION_OFFSET, 1),
    cells: new Int32Array(buffer, queueOffset + CELLS_OFFSET, capacity),
    capacityLog2: Math.log2(capacity),
  }
}

/** Start state: both positions equal, every cell empty for the lap that reaches it next. Before any thread runs. */
export function resetQueue(words: QueueWords, startPosition = 0): void {
  const capacity = words.cells.length
  for (let step = 0; step < capacity; step++) {
    const position = (startPosition + step) | 0
    words.cells[position & (capacity - 1)] = emptyCell(cellLap(position, words.capacityLog2))
  }
  words.take[0] = startPosition
  words.put[0] = startPosition
}
