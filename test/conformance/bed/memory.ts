/** How much memory an engine holds while a test does its worst. */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { KIB } from '../../../src/base/units.ts'

const SAMPLE_INTERVAL_MS = 20

/** Resident bytes of a process, as the kernel counts them. */
export function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!
  return Number(kibibytes) * KIB
}

/** To the result, and to how far the process grew at most beyond what it held before. */
export async function growthDuring<Result>(pid: number, work: () => Promise<Result>): Promise<[Result, bytes: number]> {
  const beforeBytes = residentBytes(pid)
  let mostBytes = beforeBytes
  let isDone = false
  const watch = (async () => {
    while (!isDone) {
      mostBytes = Math.max(mostBytes, residentBytes(pid))
      await setTimeout(SAMPLE_INTERVAL_MS)
    }
  })()
  try {
    return [await work(), Math.max(mostBytes, residentBytes(pid)) - beforeBytes]
  } finally {
    isDone = true
    await watch
  }
}
