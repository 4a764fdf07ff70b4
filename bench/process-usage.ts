/**
 * What a process has used so far, from /proc: CPU in all and by thread, and its memory.
 *
 * - CPU in all comes from the process's own line: it includes threads that have ended, the per-thread lines do not.
 * - Resolution is one clock tick (10 ms): measure over seconds.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, which Linux fixes at 100 for what /proc shows. */
const TICKS_PER_S = 100
const KIB_PER_MB = 1e6 / 1024

export interface ProcessUsage {
  readonly atMs: number
  readonly userS: number
  readonly systemS: number
  /** Thread id to name and CPU seconds. */
  readonly threads: ReadonlyMap<string, { readonly name: string; readonly cpuS: number }>
}

export interface ProcessMemory {
  readonly rssMb: number
  readonly pssMb: number
  readonly peakRssMb: number
}

export interface CpuShare {
  readonly cpuS: number
  readonly userS: number
  readonly systemS: number
  readonly elapsedS: number
  /** Largest first; the main thread is called `main`, others by name and thread id. */
  readonly threads: readonly { readonly name: string; readonly cpuS: number }[]
}

export function readUsage(pid: number): ProcessUsage {
  const threads = new Map<string, { name: string; cpuS: number }>()
  for (const threadId of readdirSync(`/proc/${pid}/task`)) {
    const stat = readStat(`/proc/${pid}/task/${threadId}/stat`)
    if (!stat) continue
    const name = Number(threadId) === pid ? 'main' : `${stat.name}/${threadId}`
    threads.set(threadId, { name, cpuS: stat.userS + stat.systemS })
  }
  const whole = readStat(`/proc/${pid}/stat`)
  if (!whole) throw new Error(`process ${pid} has ended`)
  return { atMs: performance.now(), userS: whole.userS, systemS: whole.systemS, threads }
}

/** A thread may end between the listing and the reading. */
function readStat(path: string): { name: string; userS: number; systemS: number } | undefined {
  try {
    return parseStat(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** `pid (name) state ppid …`: the name may hold blanks and brackets, so counting starts behind the last bracket. */
export function parseStat(text: string): { name: string; userS: number; systemS: number } {
  const nameEnd = text.lastIndexOf(')')
  const fields = text.slice(nameEnd + 2).split(' ')
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    userS: Number(fields[11]) / TICKS_PER_S,
    systemS: Number(fields[12]) / TICKS_PER_S,
  }
}

export function cpuBetween(start: ProcessUsage, end: ProcessUsage): CpuShare {
  const threads = [...end.threads]
    .map(([threadId, { name, cpuS }]) => ({ name, cpuS: cpuS - (start.threads.get(threadId)?.cpuS ?? 0) }))
    .filter(({ cpuS }) => cpuS > 0)
    .sort((a, b) => b.cpuS - a.cpuS)
  const userS = end.userS - start.userS
  const systemS = end.systemS - start.systemS
  return { cpuS: userS + systemS, userS, systemS, elapsedS: (end.atMs - start.atMs) / 1000, threads }
}

/** RSS counts shared pages in full, PSS by the number of processes that share them. */
export function readMemory(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { rssMb: megabytes(rollup, 'Rss'), pssMb: megabytes(rollup, 'Pss'), peakRssMb: megabytes(status, 'VmHWM') }
}

function megabytes(text: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)
  return found ? Number(found[1]) / KIB_PER_MB : Number.NaN
}
