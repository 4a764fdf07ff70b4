const NONE = -1

/**
 * The deadlines of the requests that wait for their outcome, first due first. Since the timeout is the same for all, the
 * order of adding is the order of falling due: a doubly linked list over the entries, no heap, no allocation, and a
 * request that is answered leaves at once.
 */
export class Deadlines {
  readonly #firstNumber: number
  readonly #dueMs: Float64Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #isListed: Uint8Array
  #head = NONE
  #tail = NONE

  constructor(firstNumber: number, count: number) {
    this.#firstNumber = firstNumber
    this.#dueMs = new Float64Array(count)
    this.#next = new Int32Array(count)
    this.#previous = new Int32Array(count)
    this.#isListed = new Uint8Array(count)
  }

  /** @param dueMs not earlier than that of the request added before */
  add(requestNumber: number, dueMs: number): void {
    const index = requestNumber - this.#firstNumber
    this.#dueMs[index] = dueMs
    this.#isListed[index] = 1
    this.#next[index] = NONE
    this.#previous[index] = this.#tail
    if (this.#tail === NONE) this.#head = index
    else this.#next[this.#tail] = index
    this.#tail = index
  }

  /** @returns false when the request was not listed */
  remove(requestNumber: number): boolean {
    const index = requestNumber - this.#firstNumber
    if (this.#isListed[index] === 0) return false
    this.#isListed[index] = 0
    const next = this.#next[index]!
    const previous = this.#previous[index]!
    if (previous === NONE) this.#head = next
    else this.#next[previous] = next
    if (next === NONE) this.#tail = previous
    else this.#previous[next] = previous
    return true
  }

  /** When the first one falls due; Infinity when none waits. */
  get firstDueMs(): number {
    return this.#head === NONE ? Number.POSITIVE_INFINITY : this.#dueMs[this.#head]!
  }

  /** Removes the first one that is due. @returns its number, or -1 */
  takeDue(nowMs: number): number {
    if (this.#head === NONE || this.#dueMs[this.#head]! > nowMs) return NONE
    const requestNumber = this.#head + this.#firstNumber
    this.remove(requestNumber)
    return requestNumber
  }
}
