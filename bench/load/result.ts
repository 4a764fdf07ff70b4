import type { LoadOptions } from './options.ts'
import type { LatencySummary, OutcomeCounts } from './tally.ts'

/** What the generator prints: one JSON object a line, `result` last. */
export type LoadEvent = { readonly event: 'window_start' } | { readonly event: 'window_end' } | LoadResult

export interface LoadResult {
  readonly event: 'result'
  readonly options: LoadOptions
  readonly checksum: string
  readonly bodyBytes: number
  readonly windowS: number
  /** Answers inside the window. */
  readonly window: OutcomeCounts
  /** Answers of the whole run, warm-up and last answers included: what a receiver's counters must agree with. */
  readonly total: OutcomeCounts
  readonly statuses: Readonly<Record<string, number>>
  /** Requests that were due in an open loop and never left: above 0 the rate was too high. */
  readonly unsent: number
  readonly requestsPerS: number
  readonly itemsPerS: number
  readonly bytesPerS: number
  readonly latencyMs: LatencySummary
  readonly lateMs: LatencySummary
  /** Of the generator itself, user and system, as part of one core. */
  readonly ownCpuCores: number
}
