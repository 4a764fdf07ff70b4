/**
 * The duty cycle of an ingest thread: settles what main has decided, answers what is due, beats, and follows the state
 * of the engine. It runs beside the sockets on the same event loop and never blocks it.
 *
 * - A cycle that settled something looks again in the next turn of the event loop before it waits: under load nobody
 *   waits, so main rings without a wake-up, and one turn serves many outcomes.
 * - The wait itself has no timeout: V8 keeps a timer per timed wait until it runs out, thousands of them under load. An
 *   interval bounds it instead.
 * - A pending wait does not keep the event loop alive; the port to the main thread does, until the thread ends.
 */
import { ENGINE_STATE } from '../shared-memory/control-block.ts'
import type { OutcomeRing } from '../shared-memory/outcome-ring.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { Answers } from './answer.ts'

/** How late a deadline can be noticed, how old a heartbeat gets, and the bound of a wait whose wake-up was lost. */
const INTERVAL_MS = 50

export interface DutyParts {
  readonly shared: SharedState
  readonly outcomes: OutcomeRing
  readonly answers: Answers
  readonly slot: number
  /** Called in every cycle; the engine state that was seen. */
  onCycle(engineState: number, nowMs: number): void
  fault(error: unknown): void
}

export class Duty {
  readonly #parts: DutyParts
  #isStopped = false
  #interval: NodeJS.Timeout | undefined

  constructor(parts: DutyParts) {
    this.#parts = parts
  }

  /** Runs the first cycle; the rest follows by itself. */
  start(): void {
    this.#interval = setInterval(this.#work, INTERVAL_MS)
    this.#cycle()
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#interval)
  }

  readonly #cycle = (): void => {
    if (this.#isStopped) return
    const { shared, slot } = this.#parts
    const bell = shared.control.bell(slot)
    const seen = bell.sequence() // before looking for work: see park.ts
    if (this.#work() > 0) setImmediate(this.#cycle)
    else bell.waitAsync(seen, Number.POSITIVE_INFINITY, this.#cycle)
  }

  readonly #work = (): number => {
    try {
      return this.#doWork()
    } catch (error) {
      this.#parts.fault(error)
      return 0
    }
  }

  /** @returns outcomes settled */
  #doWork(): number {
    const { shared, outcomes, answers, slot } = this.#parts
    let settledCount = 0
    for (let requestNumber = outcomes.take(); requestNumber >= 0; requestNumber = outcomes.take()) {
      answers.settle(requestNumber)
      settledCount++
    }
    const nowMs = performance.now()
    answers.expire(nowMs)
    shared.control.beat(slot)
    this.#parts.onCycle(shared.control.engineState, nowMs)
    return settledCount
  }
}

export function isDrainingState(engineState: number): boolean {
  return engineState === ENGINE_STATE.DRAINING || engineState === ENGINE_STATE.STOPPED
}
