/** One load run against one engine: the generator in its process, the engine in its own, this one only reads /proc. */

import { LineProcess } from './line-process.ts'
import { type LoadOptions, loadArguments } from './load/options.ts'
import type { LoadEvent, LoadResult } from './load/result.ts'
import {
  type CpuShare,
  cpuBetween,
  type ProcessMemory,
  type ProcessUsage,
  readMemory,
  readUsage,
} from './process-usage.ts'

const LOAD_MAIN = new URL('./load/main.ts', import.meta.url).pathname
const MARGIN_MS = 20_000

export interface Measurement {
  readonly load: LoadResult
  /** Of the engine's process inside the load's window. */
  readonly cpu: CpuShare
  readonly cpuUsPerItem: number
  /** At the end of the window. */
  readonly memory: ProcessMemory
}

/**
 * @param pid of the process that is measured
 * @param onWindow called when the steady part begins: the moment to attach a profiler
 */
export async function measureLoad(
  pid: number,
  load: Partial<LoadOptions>,
  onWindow: (pid: number) => void = () => {},
): Promise<Measurement> {
  let start: ProcessUsage | undefined
  let end: ProcessUsage | undefined
  let memory: ProcessMemory | undefined
  let result: LoadResult | undefined
  const onEvent = (event: LoadEvent) => {
    if (event.event === 'window_start') {
      start = readUsage(pid)
      onWindow(pid)
    } else if (event.event === 'result') result = event
    else {
      end = readUsage(pid)
      memory = readMemory(pid)
    }
  }
  await runGenerator(load, onEvent)
  if (!start || !end || !memory || !result) throw new Error('the load generator ended without a result')
  const cpu = cpuBetween(start, end)
  return { load: result, cpu, memory, cpuUsPerItem: (cpu.cpuS / cpu.elapsedS / result.itemsPerS) * 1e6 }
}

async function runGenerator(load: Partial<LoadOptions>, onEvent: (event: LoadEvent) => void): Promise<void> {
  const onLine = (line: string) => {
    if (line.startsWith('{')) onEvent(JSON.parse(line))
  }
  const command = [process.execPath, '--experimental-strip-types', '--no-warnings', LOAD_MAIN, ...loadArguments(load)]
  const generator = new LineProcess({ command, onLine })
  const { warmUpS = 2, durationS = 10, timeoutS = 15 } = load
  const code = await generator.exited((warmUpS + durationS + timeoutS) * 1000 + MARGIN_MS)
  if (code !== 0) throw new Error(`the load generator ended with ${code}\n${generator.complaint}`)
}
