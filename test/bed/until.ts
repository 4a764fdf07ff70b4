import { setTimeout } from 'node:timers/promises'

/** Waits for a condition, looking each millisecond, with a deadline. @throws when it does not come true in time */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, deadlineMs = 5000): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await setTimeout(1)
  }
}
