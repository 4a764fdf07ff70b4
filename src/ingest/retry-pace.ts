/**
 * How long a refused client is asked to stay away: about as long as the cause has lasted so far, at least the shortest
 * delay of its cause, at most half a minute. What is over in a moment costs a second; an outage is not hammered.
 *
 *   cause lasts   0 s     4 s     10 s     30 s and more
 *   delay asked   1-2 s   2-4 s   5-10 s   15-30 s
 *
 * - Drawn from a whole octave, so that clients refused at the same moment do not come back at the same moment.
 * - One of few delays, so that every answer is made at load: the moment of refusing is when the CPU is short.
 */
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import { RETRY_FACTS, RETRY_FROM, VERDICT } from './verdict.ts'

const STEPS_PER_OCTAVE = 8
const DELAY_COUNT = 5 * STEPS_PER_OCTAVE
/** The lowest of the highest octave. */
const STEP_MAX = DELAY_COUNT - 1 - STEPS_PER_OCTAVE

/** The delays in seconds, to a tenth: 1.0 to 29.3. */
export const DELAYS_SECONDS: readonly number[] = Array.from(
  { length: DELAY_COUNT },
  (_, step) => Math.round(10 * 2 ** (step / STEPS_PER_OCTAVE)) / 10,
)

/** A share of the time that the cause has lasted: the octave above it ends at that time. */
const DELAY_SHARE = 0.5
/** A cause that nobody met for this many times the longest delay asked for is another one when it comes back. */
const QUIET_DELAYS = 2
/** The duty cycle comes by thousands of times a second. */
const LOOK_INTERVAL_MS = 100

/** What admission refuses for by itself, see admission.ts. */
const ADMISSION_VERDICTS = [VERDICT.NOT_RUNNING, VERDICT.KAFKA_MISCONFIGURED, VERDICT.KAFKA_DOWN, VERDICT.QUEUE_FULL]

/** One per ingest thread. By cause and signal. */
export class RetryPace {
  readonly #sinceMs = new Float64Array(RETRY_FACTS.length * SIGNAL_COUNT)
  readonly #lastMs = new Float64Array(RETRY_FACTS.length * SIGNAL_COUNT).fill(Number.NEGATIVE_INFINITY)
  readonly #isAdmitted: (signalIndex: number) => boolean
  #nowMs = 0
  #lookMs = 0
  #roomShortMs = Number.NEGATIVE_INFINITY

  /** @param isAdmitted whether a request of this signal would be admitted now */
  constructor(isAdmitted: (signalIndex: number) => boolean) {
    this.#isAdmitted = isAdmitted
  }

  /** @param nowMs `performance.now()`; the clock of all refusals until the next call */
  cycle(nowMs: number): void {
    this.#nowMs = nowMs
    if (nowMs < this.#lookMs) return
    this.#lookMs = nowMs + LOOK_INTERVAL_MS
    for (let signalIndex = 0; signalIndex < SIGNAL_COUNT; signalIndex++) {
      if (this.#isAdmitted(signalIndex)) this.#relieved(signalIndex)
    }
  }

  /** Somebody was refused for want of room since the last look. */
  get isRoomShort(): boolean {
    return this.#roomShortMs >= this.#nowMs - LOOK_INTERVAL_MS
  }

  /** What admission refuses for is over. */
  #relieved(signalIndex: number): void {
    for (const verdict of ADMISSION_VERDICTS) this.#lastMs[indexOf(verdict, signalIndex)] = Number.NEGATIVE_INFINITY
  }

  /**
   * One more request gets this answer.
   *
   * @returns the delay to ask for, as an index into DELAYS_SECONDS; any where the verdict asks for none
   */
  stepFor(verdict: number, signalIndex: number): number {
    const cause = verdict - RETRY_FROM
    if (cause < 0) return 0
    if (verdict === VERDICT.QUEUE_FULL || verdict === VERDICT.MEMORY_FULL) this.#roomShortMs = this.#nowMs
    const at = indexOf(verdict, signalIndex)
    const { delaySecondsMin } = RETRY_FACTS[cause]!
    const lastMs = this.#lastMs[at]!
    const quietMs = 2 * QUIET_DELAYS * delaySeconds(delaySecondsMin, lastMs - this.#sinceMs[at]!) * 1000
    if (this.#nowMs - lastMs > quietMs) this.#sinceMs[at] = this.#nowMs
    this.#lastMs[at] = this.#nowMs
    const shortest = delaySeconds(delaySecondsMin, this.#nowMs - this.#sinceMs[at]!)
    const step = Math.min(STEP_MAX, Math.floor(STEPS_PER_OCTAVE * Math.log2(shortest)))
    return step + Math.floor(Math.random() * (STEPS_PER_OCTAVE + 1))
  }
}

function indexOf(verdict: number, signalIndex: number): number {
  return (verdict - RETRY_FROM) * SIGNAL_COUNT + signalIndex
}

/** The shortest delay to ask for. */
function delaySeconds(delaySecondsMin: number, lastedMs: number): number {
  return Math.min(DELAYS_SECONDS[STEP_MAX]!, Math.max(delaySecondsMin, (DELAY_SHARE * lastedMs) / 1000))
}
