import type { Bell } from '../../src/shared-memory/park.ts'
import { WAIT_MS } from './scene.ts'

const WAITS_MAX = 3

/** Waits by the bell until `condition` holds. @returns how long the longest wait was: about WAIT_MS when nobody rang */
export function waitFor(bell: Bell, condition: () => boolean): number {
  let longestMs = 0
  for (let overslept = 0; overslept < WAITS_MAX; ) {
    const seen = bell.sequence()
    if (condition()) return longestMs
    const startMs = performance.now()
    bell.wait(seen, WAIT_MS)
    const waitedMs = performance.now() - startMs
    longestMs = Math.max(longestMs, waitedMs)
    if (waitedMs >= WAIT_MS) overslept++
  }
  throw new Error(`nothing came in ${WAITS_MAX} waits of ${WAIT_MS} ms`)
}
