/** whole-null: the engine without Kafka's client. What is left is receive, scan, transcode, hand over, answer. */
import { type EngineOptions, EngineProcess } from './engine-process.ts'
import type { BenchRow, BenchSize } from './row.ts'
import { CASES, closedLoopRow, measureEngine, type RunRound } from './whole.ts'

const NULL_ENGINE = new URL('./null-engine.ts', import.meta.url).pathname
const COMMAND = [process.execPath, '--experimental-strip-types', '--no-warnings', NULL_ENGINE]

export async function wholeNullBench(size: BenchSize): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  // both ends of the matrix: two engines start in a smoke run, not four
  const cases = size.smoke ? [CASES[0], CASES[3]] : CASES
  for (const each of cases) rows.push((await closedLoopRow('whole-null', each, size, runNullRound)).row)
  return rows
}

function startNullEngine(options: EngineOptions): Promise<EngineProcess> {
  return EngineProcess.start({ ...options, command: COMMAND })
}

const runNullRound: RunRound = async ({ load, engine }) => {
  const running = await startNullEngine(engine)
  try {
    return await measureEngine(running, load)
  } finally {
    await running.stop()
  }
}
