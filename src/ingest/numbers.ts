/** Returned when every number is in use. */
export const NO_NUMBER = -1

/**
 * The free request numbers of one ingest thread, private to it. Freed last, used first: a steady load stays in the same
 * few, cached entries of the request table.
 */
export class Numbers {
  readonly #stack: Int32Array
  #freeCount: number

  constructor(firstNumber: number, count: number) {
    // The lowest number is on top.
    this.#stack = Int32Array.from({ length: count }, (_, index) => firstNumber + count - 1 - index)
    this.#freeCount = count
  }

  get openCount(): number {
    return this.#stack.length - this.#freeCount
  }

  take(): number {
    return this.#freeCount === 0 ? NO_NUMBER : this.#stack[--this.#freeCount]!
  }

  give(requestNumber: number): void {
    this.#stack[this.#freeCount++] = requestNumber
  }
}
