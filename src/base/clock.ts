/**
 * One monotonic clock for all threads. `performance.now()` starts at another zero in every worker, so the offset to
 * the process-wide `hrtime` is taken once per thread.
 */
const [seconds, nanoseconds] = process.hrtime()
const offsetMs = seconds * 1000 + nanoseconds / 1e6 - performance.now()

/** Milliseconds since an arbitrary zero that is the same in every thread of this process. */
export function monotonicMs(): number {
  return performance.now() + offsetMs
}

/** The same clock as an int32 that wraps after 24 days; compare two of them by `(later - earlier) | 0`. */
export function monotonicMs32(): number {
  return monotonicMs() | 0
}
