/**
 * The requests of one ingest thread whose body is not complete, oldest first. Each holds a number, a block or collected
 * bytes that nobody else can use: one that stops sending is cut.
 *
 * - All have the same time, so the order of adding is the order of falling due. The links lie in the requests themselves
 *   and the clock is that of the last duty cycle: a usual request costs neither an object, nor a timer, nor a look at the
 *   clock.
 */
import { VERDICT } from './verdict.ts'

/** A request that is being received. The links belong to the list. */
export interface Receiver {
  receivingDueMs: number
  receivingPrevious: Receiver | undefined
  receivingNext: Receiver | undefined
  /** Gives up what it holds and leaves the list; tells the client, and closes on it: it does not send any more. */
  cut(verdict: number): void
}

/** Where room is short, a body gets no longer than this: it holds its whole length from the headers on. */
export const SLOW_BODY_MS = 10_000

export class Receiving {
  count = 0
  /** `performance.now()` of the last cycle. */
  nowMs = performance.now()
  readonly #bodyTimeoutMs: number
  #head: Receiver | undefined
  #tail: Receiver | undefined
  #drainDueMs = Number.POSITIVE_INFINITY

  /** @param bodyTimeoutMs from the headers to the last byte of the body */
  constructor(bodyTimeoutMs: number) {
    this.#bodyTimeoutMs = bodyTimeoutMs
  }

  add(receiver: Receiver): void {
    this.count++
    receiver.receivingDueMs = this.nowMs + this.#bodyTimeoutMs
    receiver.receivingNext = undefined
    receiver.receivingPrevious = this.#tail
    if (this.#tail === undefined) this.#head = receiver
    else this.#tail.receivingNext = receiver
    this.#tail = receiver
  }

  /** Exactly once after each add. */
  remove(receiver: Receiver): void {
    this.count--
    const { receivingPrevious: previous, receivingNext: next } = receiver
    if (previous === undefined) this.#head = next
    else previous.receivingNext = next
    if (next === undefined) this.#tail = previous
    else next.receivingPrevious = previous
    receiver.receivingPrevious = undefined
    receiver.receivingNext = undefined
  }

  /** Whoever is still sending at that time is cut, however much of its own time is left. @param dueMs `performance.now()` */
  drain(dueMs: number): void {
    this.#drainDueMs = dueMs
  }

  /**
   * Cuts what is due.
   *
   * @param nowMs `performance.now()`
   * @param isRoomShort others are being refused for want of room
   */
  cycle(nowMs: number, isRoomShort = false): void {
    this.nowMs = nowMs
    const isDrained = nowMs >= this.#drainDueMs
    const verdict = isDrained ? VERDICT.NOT_RUNNING : VERDICT.BODY_TIMEOUT
    const sparedMs = isRoomShort ? Math.max(0, this.#bodyTimeoutMs - SLOW_BODY_MS) : 0
    while (this.#head !== undefined && (isDrained || this.#head.receivingDueMs - sparedMs <= nowMs)) {
      this.#head.cut(verdict)
    }
  }
}
