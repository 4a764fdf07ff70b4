/** What came back: latencies and counts inside the measured window, and counts of the whole run. */
import hdr from 'hdr-histogram-js'
import { type Answer, OUTCOMES, type Outcome } from './lane.ts'

/** Microseconds to a minute, three digits. */
const LONGEST_US = 60_000_000
const PERCENTILES = { p50: 50, p90: 90, p99: 99, p999: 99.9, max: 100 } as const

export type OutcomeCounts = Record<Outcome, number>
export type LatencySummary = Record<keyof typeof PERCENTILES, number>

export class Tally {
  readonly total = noOutcomes()
  readonly window = noOutcomes()
  readonly statuses: Record<string, number> = {}
  readonly #latencyUs = histogram()
  readonly #lateUs = histogram()
  #open = false

  /** Starts and ends the window that counts; what is answered outside of it only enters the totals. */
  set windowOpen(open: boolean) {
    this.#open = open
  }

  add({ outcome, status }: Answer, dueMs: number, sentMs: number): void {
    this.total[outcome]++
    this.statuses[status] = (this.statuses[status] ?? 0) + 1
    if (!this.#open) return
    this.window[outcome]++
    this.#latencyUs.recordValue(microseconds(performance.now() - dueMs))
    this.#lateUs.recordValue(microseconds(sentMs - dueMs))
  }

  /** From due to answered. */
  latencyMs(): LatencySummary {
    return summary(this.#latencyUs)
  }

  /** From due to sent: the generator's own part of the latency, and the time no lane was free. */
  lateMs(): LatencySummary {
    return summary(this.#lateUs)
  }
}

function noOutcomes(): OutcomeCounts {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as OutcomeCounts
}

function histogram(): hdr.Histogram {
  return hdr.build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_US, numberOfSignificantValueDigits: 3 })
}

function microseconds(ms: number): number {
  return Math.min(LONGEST_US, Math.max(0, Math.round(ms * 1000)))
}

function summary(histogram: hdr.Histogram): LatencySummary {
  const entries = Object.entries(PERCENTILES).map(([name, percentile]) => [
    name,
    histogram.totalCount === 0 ? Number.NaN : histogram.getValueAtPercentile(percentile) / 1000,
  ])
  return Object.fromEntries(entries) as LatencySummary
}
