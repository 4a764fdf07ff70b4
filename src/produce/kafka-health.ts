/**
 * Whether Kafka is known to be unreachable, from what can be seen: broker connections, delivery reports, probes.
 * Pure: the clock and the probe are given, so every rule has a test without a broker.
 *
 *   DOWN  -> UP    a probe was answered (but see below), or a record was confirmed
 *   UP    -> DOWN  a probe failed after librdkafka lost its brokers, or records wait and none was confirmed for 3 s
 *
 * Brokers may answer every probe and still confirm nothing (too few replicas in sync): after a stall a probe proves
 * nothing while records wait.
 *
 * A lost connection alone is not "down": brokers close idle connections, and the next one is made in milliseconds.
 */
export const STALL_MS = 3000
export const PROBE_INTERVAL_MS = 1000
const PROBE_TIMEOUT_MS = 1500
/** A question whose producer was closed meanwhile may never be answered; after this it counts as refused. */
export const PROBE_ANSWER_MS_MAX = 10_000

export interface KafkaHealthPort {
  nowMs(): number
  probe(timeoutMs: number, done: (reachable: boolean, detail: string) => void): void
  changed(up: boolean, detail: string): void
}

export class KafkaHealth {
  readonly #port: KafkaHealthPort
  #up = false
  /** Down by a stall whose records still wait. */
  #stalled = false
  /** The open question; an answer to an earlier one is ignored. */
  #question: symbol | undefined
  #askedMs = 0
  #probeDueMs = Number.POSITIVE_INFINITY
  /** When something was last confirmed, or nothing waited. */
  #progressMs: number

  constructor(port: KafkaHealthPort) {
    this.#port = port
    this.#progressMs = port.nowMs()
  }

  get up(): boolean {
    return this.#up
  }

  connected(): void {
    this.#progressMs = this.#port.nowMs()
    this.#stalled = false
    this.#set(true, '')
  }

  confirmed(): void {
    this.#progressMs = this.#port.nowMs()
    this.#stalled = false
    if (!this.#up) this.#set(true, '')
  }

  /** librdkafka says its brokers are gone: ask, now. */
  suspect(): void {
    if (this.#up) this.#probeDueMs = this.#port.nowMs()
  }

  lost(detail: string): void {
    this.#question = undefined
    this.#set(false, detail)
  }

  /** To be called a few times a second. @param outstanding records without a delivery report */
  tick(outstanding: number): void {
    const now = this.#port.nowMs()
    if (outstanding === 0) this.#nothingWaits(now)
    if (this.#up && now - this.#progressMs > STALL_MS) {
      this.#stalled = true
      this.#set(false, `no delivery for ${STALL_MS} ms with ${outstanding} records waiting`)
    }
    if (!this.#up && this.#probeDueMs === Number.POSITIVE_INFINITY) this.#probeDueMs = now + PROBE_INTERVAL_MS
    if (this.#question !== undefined && now - this.#askedMs > PROBE_ANSWER_MS_MAX) this.#answered(false, 'no answer')
    if (this.#question === undefined && now >= this.#probeDueMs) this.#ask()
  }

  #nothingWaits(now: number): void {
    this.#progressMs = now
    this.#stalled = false
  }

  #ask(): void {
    const question = Symbol('probe')
    this.#question = question
    this.#askedMs = this.#port.nowMs()
    this.#probeDueMs = Number.POSITIVE_INFINITY
    this.#port.probe(PROBE_TIMEOUT_MS, (reachable, detail) => {
      if (this.#question === question) this.#answered(reachable, detail)
    })
  }

  #answered(reachable: boolean, detail: string): void {
    this.#question = undefined
    if (reachable && this.#stalled) return
    if (reachable && !this.#up) this.#progressMs = this.#port.nowMs()
    this.#set(reachable, detail)
  }

  #set(up: boolean, detail: string): void {
    if (up === this.#up) return
    this.#up = up
    this.#port.changed(up, detail)
  }
}
