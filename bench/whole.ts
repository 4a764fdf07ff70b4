/**
 * The whole engine in a process of its own, under the load generator in another. `whole-null` has a producer that takes
 * everything; `end-to-end` has a real Kafka beside it (end-to-end.ts).
 *
 * - One round = a fresh engine (and topic), so that rounds do not inherit warm or full memory from each other.
 * - Closed loop at saturation gives CPU per item and throughput; an open loop at half of that rate gives latency.
 */
import type { EngineOptions, EngineProcess } from './engine-process.ts'
import type { LoadOptions } from './load/options.ts'
import { type Measurement, measureLoad } from './measure.ts'
import { fetchMetrics, sumOf } from './metrics-page.ts'
import { type BenchRow, type BenchSize, bestOf } from './row.ts'

export interface RoundOptions {
  readonly load: Partial<LoadOptions>
  readonly engine: EngineOptions
  /** Called with the engine's process id when the steady part begins. */
  readonly onWindow?: (pid: number) => void
}

export interface Round extends Measurement {
  /** Payload bytes handed to the producer. */
  readonly outBytesPerS: number
}

export type RunRound = (options: RoundOptions) => Promise<Round>

export interface Case {
  readonly protocol: 'http' | 'grpc'
  readonly format: 'json' | 'protobuf'
}

/** Protocol in, record format out. */
export const CASES: readonly Case[] = [
  { protocol: 'http', format: 'json' },
  { protocol: 'http', format: 'protobuf' },
  { protocol: 'grpc', format: 'json' },
  { protocol: 'grpc', format: 'protobuf' },
]

const FULL: Partial<LoadOptions> = { connections: 16, items: 512, itemBytes: 400, warmUpS: 3, durationS: 10, seed: 1 }
const SMOKE: Partial<LoadOptions> = { connections: 2, items: 8, itemBytes: 400, warmUpS: 0.1, durationS: 0.4, seed: 1 }
/** Half as many requests a second, and the compilers of engine and generator work in the background, on the same cores. */
const HALF_LOAD_WARM_UP_S = 12
const ROUNDS = 3

export function loadOf({ smoke }: BenchSize, protocol: Case['protocol']): Partial<LoadOptions> {
  return { ...(smoke ? SMOKE : FULL), protocol }
}

/** @returns the row, and the requests per second of its best round */
export async function closedLoopRow(
  topology: string,
  { protocol, format }: Case,
  size: BenchSize,
  runRound: RunRound,
): Promise<{ row: BenchRow; requestsPerS: number }> {
  const options = { load: loadOf(size, protocol), engine: { settings: { 'otlp.message.format': format } } }
  const rounds = await repeat(size, () => runRound(options))
  const { best, spread } = bestOf(
    rounds.map((round) => round.cpuUsPerItem),
    'lower',
  )
  const chosen = rounds.find((round) => round.cpuUsPerItem === best)!
  const name = `${topology}/${protocol}/${format}/closed`
  const row = { name, unit: 'us/item', value: best, spread, checksum: chosen.load.checksum, extra: figures(chosen) }
  return { row, requestsPerS: chosen.load.requestsPerS }
}

/** Latency from the moment a request was due, at half of what the closed loop reached. */
export async function halfLoadRow(
  topology: string,
  { protocol, format }: Case,
  { lingerMs, requestsPerS }: { lingerMs: number; requestsPerS: number },
  size: BenchSize,
  runRound: RunRound,
): Promise<BenchRow> {
  const load = {
    ...loadOf(size, protocol),
    connections: 64,
    ratePerS: Math.max(1, Math.round(requestsPerS / 2)),
    ...(size.smoke ? {} : { warmUpS: HALF_LOAD_WARM_UP_S }),
  }
  const settings = { 'otlp.message.format': format, 'kafka.producer.linger.ms': String(lingerMs) }
  const rounds = await repeat(size, () => runRound({ load, engine: { settings } }))
  const { best, spread } = bestOf(
    rounds.map((round) => round.load.latencyMs.p99),
    'lower',
  )
  const chosen = rounds.find((round) => round.load.latencyMs.p99 === best)!
  const name = `${topology}/${protocol}/${format}/half-load/linger-${lingerMs}`
  return { name, unit: 'ms p99', value: best, spread, checksum: chosen.load.checksum, extra: figures(chosen) }
}

/** The engine's own count of what it produced is read after the window: a scrape inside would be measured too. */
export async function measureEngine(
  { pid, addresses: { http, grpc, metrics } }: EngineProcess,
  load: Partial<LoadOptions>,
  onWindow?: (pid: number) => void,
): Promise<Round> {
  const measurement = await measureLoad(pid, { ...load, url: load.protocol === 'grpc' ? grpc : http }, onWindow)
  const { total, requestsPerS } = measurement.load
  const producedBytes = metrics === undefined ? undefined : sumOf(await fetchMetrics(metrics), 'sluice_produced_bytes')
  return { ...measurement, outBytesPerS: ((producedBytes ?? Number.NaN) / (total.ok + total.partial)) * requestsPerS }
}

async function repeat(size: BenchSize, runRound: () => Promise<Round>): Promise<Round[]> {
  const rounds: Round[] = []
  for (let round = 0; round < (size.smoke ? 1 : ROUNDS); round++) rounds.push(await runRound())
  return rounds
}

function figures({ load, cpu, cpuUsPerItem, memory, outBytesPerS }: Round): Record<string, number | string> {
  const { p50, p99, p999, max } = load.latencyMs
  return {
    itemsPerS: load.itemsPerS,
    requestsPerS: load.requestsPerS,
    cpuUsPerItem,
    cpuCores: cpu.cpuS / cpu.elapsedS,
    p50Ms: p50,
    p99Ms: p99,
    p999Ms: p999,
    maxMs: max,
    lateP99Ms: load.lateMs.p99,
    inMbPerS: load.bytesPerS / 1e6,
    outMbPerS: outBytesPerS / 1e6,
    rssMb: memory.rssMb,
    pssMb: memory.pssMb,
    peakRssMb: memory.peakRssMb,
    answers: JSON.stringify(load.statuses),
    unsent: load.unsent,
    generatorCores: load.ownCpuCores,
    threadsUsPerItem: JSON.stringify(threadShares(cpu.threads, load.itemsPerS * cpu.elapsedS)),
    settings: JSON.stringify(load.options),
  }
}

function threadShares(threads: readonly { name: string; cpuS: number }[], items: number): Record<string, number> {
  return Object.fromEntries(
    threads.slice(0, 12).map(({ name, cpuS }) => [name, Number(((cpuS * 1e6) / items).toFixed(4))]),
  )
}
