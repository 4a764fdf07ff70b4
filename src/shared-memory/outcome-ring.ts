/**
 * Ring of request numbers from the main thread to one ingress thread: these requests are settled.
 *
 *   0               128             256
 *   +---------------+---------------+------------------------------+
 *   | writePosition | readPosition  | number | number | ...        |
 *   +---------------+---------------+------------------------------+
 *
 * The capacity covers every request the ingress thread can own, and a number is in the ring at most once, so it is
 * never full. P5: the store of writePosition publishes the number and the outcome in its entry. P8: the store of
 * readPosition gives the cell back.
 */
import { assert } from '../base/assert.ts'
import { advance, distance, indexOf } from './position.ts'

const LINE_BYTES = 128
const NUMBERS_OFFSET = 2 * LINE_BYTES

/** @param capacity a power of two */
export function outcomeRingBytes(capacity: number): number {
  assert(Number.isInteger(Math.log2(capacity)), `outcome ring capacity ${capacity} is not a power of two`)
  return NUMBERS_OFFSET + Math.max(LINE_BYTES, capacity * 4)
}

export class OutcomeRing {
  readonly #write: Int32Array
  readonly #read: Int32Array
  readonly #numbers: Int32Array

  constructor(buffer: SharedArrayBuffer, ringOffset: number, capacity: number) {
    this.#write = new Int32Array(buffer, ringOffset, 1)
    this.#read = new Int32Array(buffer, ringOffset + LINE_BYTES, 1)
    this.#numbers = new Int32Array(buffer, ringOffset + NUMBERS_OFFSET, capacity)
  }

  /** Main thread only. */
  put(requestNumber: number): void {
    const position = this.#write[0]!
    const capacity = this.#numbers.length
    const readPosition = Atomics.load(this.#read, 0) // observes P8
    assert(distance(position, readPosition) < capacity, 'outcome ring full: a request settled twice')
    this.#numbers[indexOf(position, capacity)] = requestNumber
    Atomics.store(this.#write, 0, advance(position, 1)) // P5 publishes the number and what settle stored
  }

  /** The owning ingress thread only. @returns a settled request number, or -1 */
  take(): number {
    const position = this.#read[0]!
    if (Atomics.load(this.#write, 0) === position) return -1 // observes P5
    const requestNumber = this.#numbers[indexOf(position, this.#numbers.length)]!
    Atomics.store(this.#read, 0, advance(position, 1)) // P8
    return requestNumber
  }
}
