import type { Log } from '../base/log.ts'
import type { Tally } from './tally.ts'
import { RETRY_FACTS, RETRY_FROM, VERDICT } from './verdict.ts'

const INTERVAL_MS = 10_000

/** By verdict - RETRY_FROM. */
const CAUSES = ['queue_full', 'memory_full', 'kafka_down', 'not_running', 'deadline', 'kafka_error', 'internal_fault']

/** Says at most once per interval and cause how many requests were refused: a line per refusal would drown the log when it matters. */
export class RefusalLog {
  readonly #tally: Tally
  readonly #log: Log
  #nextMs = 0

  constructor(tally: Tally, log: Log) {
    this.#tally = tally
    this.#log = log
  }

  /** @param nowMs `performance.now()` */
  poll(nowMs: number): void {
    if (nowMs < this.#nextMs) return
    let isQuiet = true
    for (let verdict: number = RETRY_FROM; verdict <= VERDICT.FAULT; verdict++) {
      const count = this.#tally.takeRefusals(verdict)
      if (count === 0) continue
      isQuiet = false
      const cause = CAUSES[verdict - RETRY_FROM]!
      this.#log('warn', 'request_refused', { cause, count, message: RETRY_FACTS[verdict - RETRY_FROM]!.message })
    }
    // A quiet log says the first refusal at once.
    if (!isQuiet) this.#nextMs = nowMs + INTERVAL_MS
  }
}
