/** Waits for a condition instead of a time: polls until it holds, throws with the last error at the deadline. */
import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  deadlineMs: number
  pollMs?: number
  what: string
}

type Falsy = false | 0 | '' | null | undefined

/** Resolves to the first truthy value of `condition`; a condition that throws counts as not yet true. */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { deadlineMs, pollMs = 25, what }: WaitOptions,
): Promise<Exclude<T, Falsy>> {
  const endMs = performance.now() + deadlineMs
  let lastError: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value as Exclude<T, Falsy>
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= endMs) break
    await delay(pollMs)
  }
  const cause = lastError instanceof Error ? `: ${lastError.message}` : ''
  throw new Error(`not within ${deadlineMs} ms: ${what}${cause}`, { cause: lastError })
}
