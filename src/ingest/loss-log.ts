import type { Log } from '../base/log.ts'
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import type { Tally } from './tally.ts'
import { RETRY_FACTS, RETRY_FROM } from './verdict.ts'

const INTERVAL_MS = 10_000
/** Between two looks while nothing is lost: the duty cycle comes by thousands of times a second. */
const LOOK_MS = 100

/** By verdict - RETRY_FROM. */
const CAUSES = [
  'queue_full',
  'memory_full',
  'kafka_down',
  'not_running',
  'deadline',
  'kafka_error',
  'body_timeout',
  'internal_fault',
  'client_deadline',
  'kafka_misconfigured',
  'inflating_full',
  'client_late',
]
/** By signal index. */
const DROPPED_EVENTS = ['trace_dropped', 'metric_dropped', 'log_dropped', 'profile_dropped']

/**
 * Says at most once per interval what was refused (by cause) and dropped (by signal), with counts: a line for each would
 * drown the log when it matters.
 */
export class LossLog {
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
    const lines = this.#sayRefused() + this.#sayDropped()
    // A quiet log says the first loss at its next look.
    this.#nextMs = nowMs + (lines > 0 ? INTERVAL_MS : LOOK_MS)
  }

  #sayRefused(): number {
    let lines = 0
    for (let verdict: number = RETRY_FROM; verdict < RETRY_FROM + RETRY_FACTS.length; verdict++) {
      const count = this.#tally.takeRefusals(verdict)
      if (count === 0) continue
      lines++
      const cause = CAUSES[verdict - RETRY_FROM]!
      this.#log('warn', 'request_refused', { cause, count, message: RETRY_FACTS[verdict - RETRY_FROM]!.message })
    }
    return lines
  }

  #sayDropped(): number {
    let lines = 0
    for (let signalIndex = 0; signalIndex < SIGNAL_COUNT; signalIndex++) {
      const items = this.#tally.takeDroppedItems(signalIndex)
      if (items === 0) continue
      lines++
      this.#log('warn', DROPPED_EVENTS[signalIndex]!, { items, message: 'acknowledged, then not taken by Kafka' })
    }
    return lines
  }
}
