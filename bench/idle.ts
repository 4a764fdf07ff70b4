/** What the engine takes when nobody sends: CPU as a share of one core, and memory, after it has settled. */
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineProcess } from './engine-process.ts'
import { cpuBetween, readMemory, readUsage } from './process-usage.ts'
import { type BenchRow, type BenchSize, bestOf } from './row.ts'

const NO_INPUT = '00000000'
const FULL = { settleMs: 5000, windowMs: 10_000, rounds: 3 }
const SMOKE = { settleMs: 100, windowMs: 300, rounds: 1 }

export async function idleRows(topology: string, engine: EngineProcess, { smoke }: BenchSize): Promise<BenchRow[]> {
  const { settleMs, windowMs, rounds } = smoke ? SMOKE : FULL
  await delay(settleMs)
  const percents: number[] = []
  for (let round = 0; round < rounds; round++) percents.push(await cpuPercent(engine.pid, windowMs))
  const { rssMb, pssMb, peakRssMb } = readMemory(engine.pid)
  const cpu = bestOf(percents, 'lower')
  return [
    { name: `${topology}/cpu`, unit: '% of a core', value: cpu.best, spread: cpu.spread, checksum: NO_INPUT },
    {
      name: `${topology}/memory`,
      unit: 'MB RSS',
      value: rssMb,
      spread: 0,
      checksum: NO_INPUT,
      extra: { pssMb, peakRssMb },
    },
  ]
}

async function cpuPercent(pid: number, windowMs: number): Promise<number> {
  const start = readUsage(pid)
  await delay(windowMs)
  const { cpuS, elapsedS } = cpuBetween(start, readUsage(pid))
  return (100 * cpuS) / elapsedS
}
