/**
 * The duty cycle of an ingest thread: settles what main has decided, answers what is due, beats, and follows the state
 * of the engine. It runs beside the sockets on the same event loop and never blocks it.
 *
 * - Each wake-up drains everything there is and waits again, so that under load one wake-up serves many outcomes.
 * - A pending wait does not keep the event loop alive; the port to the main thread does, until the thread ends.
 */
import { ENGINE_STATE } from '../shared-memory/control-block.ts'
import type { OutcomeRing } from '../shared-memory/outcome-ring.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { Answers } from './answer.ts'

/** The heartbeat is never older than this in a healthy thread. */
const WAIT_MS_MAX = 250

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

  constructor(parts: DutyParts) {
    this.#parts = parts
  }

  /** Runs the first cycle; the rest follows by itself. */
  start(): void {
    this.#cycle()
  }

  stop(): void {
    this.#isStopped = true
  }

  readonly #cycle = (): void => {
    if (this.#isStopped) return
    const { shared, slot, fault } = this.#parts
    const bell = shared.control.bell(slot)
    const seen = bell.sequence() // before looking for work: see park.ts
    try {
      this.#doWork()
    } catch (error) {
      fault(error)
    }
    bell.waitAsync(seen, this.#waitMs(), this.#cycle)
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

  #waitMs(): number {
    const untilDueMs = this.#parts.answers.firstDueMs - performance.now()
    return Math.max(1, Math.min(WAIT_MS_MAX, Math.ceil(untilDueMs)))
  }
}

export function isDrainingState(engineState: number): boolean {
  return engineState === ENGINE_STATE.DRAINING || engineState === ENGINE_STATE.STOPPED
}
