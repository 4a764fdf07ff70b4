/** One measured figure. Every bench hands back a list of these; bench/run.ts prints and keeps them. */
export interface BenchRow {
  /** Topology first: `kernel/transcode/traces`, `rings/three-to-one`, `whole/http/json/closed`. */
  readonly name: string
  /** Of `value` and of nothing else, e.g. `items/s`, `us/item`. */
  readonly unit: string
  /** The best round. */
  readonly value: number
  /** (highest - lowest) / best over the rounds; 0 when there was one round. */
  readonly spread: number
  /** Of the input, so that two results are known to have done the same work. */
  readonly checksum: string
  /** Further figures, unit last in the key: `cpuUsPerItem`, `p99Ms`, `inMbPerS`, `outMbPerS`. */
  readonly extra?: Readonly<Record<string, number | string>>
}

/** The best of `values` and how far they lie apart. */
export function bestOf(values: readonly number[], better: 'higher' | 'lower'): { best: number; spread: number } {
  const lowest = Math.min(...values)
  const highest = Math.max(...values)
  const best = better === 'higher' ? highest : lowest
  return { best, spread: best === 0 ? 0 : (highest - lowest) / Math.abs(best) }
}

/** How large a bench is run: `smoke` proves that it works, in a second or so; its figures mean nothing. */
export interface BenchSize {
  readonly smoke: boolean
}
