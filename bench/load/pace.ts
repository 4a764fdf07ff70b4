/**
 * Decides when the next request leaves and on which lane.
 *
 * - Closed loop (rate 0): a lane sends again as soon as it was answered. Measures capacity.
 * - Open loop: request i is due at start + i / rate, whatever became of those before. Its latency counts from then, also
 *   when no lane was free: a stalled receiver cannot slow the clock down (no coordinated omission).
 * - The schedule is a position, not a list: a backlog takes no memory.
 */
import type { Answer, Lane } from './lane.ts'

/** A refused or failed lane pauses, as a client that backs off: a loop of refusals would measure refusals. */
const BACK_OFF_MS = 20
const SWEEP_INTERVAL_MS = 250

export interface PaceOptions {
  readonly lanes: readonly Lane[]
  readonly bodyCount: number
  /** 0 = closed loop */
  readonly ratePerS: number
  readonly timeoutMs: number
  /** Times on performance.now(): when it was due and when it left. Equal in a closed loop. */
  readonly onAnswer: (answer: Answer, dueMs: number, sentMs: number) => void
}

export class Pace {
  readonly #options: PaceOptions
  readonly #dueMs: Float64Array
  /** NaN: nothing in flight. */
  readonly #sentMs: Float64Array
  readonly #idleLanes: number[] = []
  #startMs = 0
  #position = 0
  #inFlightCount = 0
  #running = false
  #tickTimer: NodeJS.Timeout | undefined
  #sweepTimer: NodeJS.Timeout | undefined
  #onIdle: (() => void) | undefined

  constructor(options: PaceOptions) {
    this.#options = options
    this.#dueMs = new Float64Array(options.lanes.length)
    this.#sentMs = new Float64Array(options.lanes.length).fill(Number.NaN)
  }

  start(): void {
    this.#running = true
    this.#startMs = performance.now()
    this.#sweepTimer = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS)
    for (let lane = this.#options.lanes.length - 1; lane >= 0; lane--) this.#idleLanes.push(lane)
    if (this.#options.ratePerS === 0) while (this.#idleLanes.length > 0) this.#release(this.#idleLanes.pop()!)
    else this.#tick()
  }

  /** Sends nothing more; resolves when every request in flight is answered or timed out. To the requests due but unsent. */
  async stop(): Promise<number> {
    this.#running = false
    clearTimeout(this.#tickTimer)
    const due = Math.floor(((performance.now() - this.#startMs) * this.#options.ratePerS) / 1000)
    if (this.#inFlightCount > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    clearInterval(this.#sweepTimer)
    return Math.max(0, due - this.#position)
  }

  #nextDueMs(): number {
    return this.#startMs + (this.#position * 1000) / this.#options.ratePerS
  }

  #tick(): void {
    while (this.#idleLanes.length > 0 && this.#nextDueMs() <= performance.now()) this.#release(this.#idleLanes.pop()!)
    this.#tickTimer = setTimeout(() => this.#tick(), 1)
  }

  /** A lane that may send: at once when something is due, else it waits for the tick. */
  #release(lane: number): void {
    if (!this.#running) return
    const nowMs = performance.now()
    const dueMs = this.#options.ratePerS === 0 ? nowMs : this.#nextDueMs()
    if (dueMs > nowMs) this.#idleLanes.push(lane)
    else this.#send(lane, dueMs, nowMs)
  }

  #send(lane: number, dueMs: number, nowMs: number): void {
    this.#dueMs[lane] = dueMs
    this.#sentMs[lane] = nowMs
    this.#inFlightCount++
    const bodyIndex = this.#position++ % this.#options.bodyCount
    this.#options.lanes[lane].send(bodyIndex, (answer) => this.#answered(lane, answer))
  }

  #answered(lane: number, answer: Answer): void {
    this.#options.onAnswer(answer, this.#dueMs[lane], this.#sentMs[lane])
    this.#sentMs[lane] = Number.NaN
    this.#inFlightCount--
    if (!this.#running) {
      if (this.#inFlightCount === 0) this.#onIdle?.()
    } else if (answer.outcome === 'ok' || answer.outcome === 'partial') this.#release(lane)
    else setTimeout(() => this.#release(lane), BACK_OFF_MS)
  }

  #sweep(): void {
    const oldestMs = performance.now() - this.#options.timeoutMs
    for (const [lane, sentMs] of this.#sentMs.entries()) if (sentMs < oldestMs) this.#options.lanes[lane].giveUp()
  }
}
