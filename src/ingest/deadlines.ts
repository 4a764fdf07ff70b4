const NONE = -1
/** How late a deadline may be noticed, besides the interval of the duty cycle. */
const TICK_MS = 10
/** What the thread may be blocked without a look at the deadlines, and still file new ones in their order. */
const BLOCKED_MS_MAX = 60_000

/**
 * The deadlines of the requests that wait for their outcome: a wheel of ticks, each with a doubly linked list over the
 * entries. A client's own deadline may be nearer than ours, so the order of adding is not that of falling due; adding
 * and leaving cost the same few stores wherever the deadline lies, and no allocation.
 */
export class Deadlines {
  readonly #firstNumber: number
  /** First entry of each tick, by tick modulo their count. */
  readonly #heads: Int32Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  /** Where in #heads an entry is listed; NONE = not listed. */
  readonly #places: Int32Array
  #count = 0
  /** All ticks before it are empty. */
  #tick = 0

  /** @param timeoutMsMax no deadline lies farther ahead when it is added */
  constructor(firstNumber: number, count: number, timeoutMsMax: number) {
    this.#firstNumber = firstNumber
    this.#heads = new Int32Array(Math.ceil((timeoutMsMax + BLOCKED_MS_MAX) / TICK_MS)).fill(NONE)
    this.#next = new Int32Array(count)
    this.#previous = new Int32Array(count)
    this.#places = new Int32Array(count).fill(NONE)
  }

  /** @param dueMs `performance.now()` at the deadline; one that has passed is due at the next look */
  add(requestNumber: number, dueMs: number): void {
    const index = requestNumber - this.#firstNumber
    const ticks = this.#heads.length
    const ahead = Math.ceil(dueMs / TICK_MS) - this.#tick
    const place = (this.#tick + Math.min(Math.max(ahead, 0), ticks - 1)) % ticks
    const head = this.#heads[place]!
    this.#places[index] = place
    this.#next[index] = head
    this.#previous[index] = NONE
    if (head !== NONE) this.#previous[head] = index
    this.#heads[place] = index
    this.#count++
  }

  /** @returns false when the request was not listed */
  remove(requestNumber: number): boolean {
    const index = requestNumber - this.#firstNumber
    const place = this.#places[index]!
    if (place === NONE) return false
    this.#places[index] = NONE
    const next = this.#next[index]!
    const previous = this.#previous[index]!
    if (previous === NONE) this.#heads[place] = next
    else this.#next[previous] = next
    if (next !== NONE) this.#previous[next] = previous
    this.#count--
    return true
  }

  /**
   * Removes one that is due.
   *
   * @param nowMs `performance.now()`, not less than before; Infinity takes all, one after the other, and ends the use
   * @returns its number, or -1
   */
  takeDue(nowMs: number): number {
    const nowTick = Math.floor(nowMs / TICK_MS)
    while (this.#count > 0 && this.#tick <= nowTick) {
      const head = this.#heads[this.#tick % this.#heads.length]!
      if (head !== NONE) {
        const requestNumber = head + this.#firstNumber
        this.remove(requestNumber)
        return requestNumber
      }
      this.#tick++
    }
    // What is added next may belong into the tick that runs.
    if (this.#count === 0 && nowTick !== Number.POSITIVE_INFINITY) this.#tick = nowTick
    return NONE
  }
}
