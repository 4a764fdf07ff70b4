/** Requests whose delivery failed and that are sent again after a growing pause. Main thread only; bounded by the request table. */
const PAUSE_MS_MIN = 50
const PAUSE_MS_MAX = 5000

interface Retry {
  readonly requestNumber: number
  readonly dueMs: number
}

export class RetryList {
  #waiting: Retry[] = []

  get size(): number {
    return this.#waiting.length
  }

  /** @param attempts how often the request has been tried */
  add(requestNumber: number, attempts: number, nowMs: number): void {
    this.#waiting.push({ requestNumber, dueMs: nowMs + pauseMs(attempts) })
  }

  /** Calls `retry` for each request that is due; one for which it returns false stays for the next time. */
  run(nowMs: number, retry: (requestNumber: number) => boolean): void {
    if (this.#waiting.length === 0) return
    const kept: Retry[] = []
    for (const waiting of this.#waiting) {
      if (waiting.dueMs > nowMs || !retry(waiting.requestNumber)) kept.push(waiting)
    }
    this.#waiting = kept
  }
}

function pauseMs(attempts: number): number {
  return Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(attempts, 10))
}
