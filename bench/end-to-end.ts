/**
 * The whole path: load generator, engine, a real Kafka, each in its own process on this machine.
 *
 * - One round = a fresh topic and a fresh engine, so that rounds do not inherit warm or full memory from each other.
 * - What Kafka holds afterwards must be what was answered with success: a bench that loses or repeats is no bench.
 */
import { existsSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningKafka, startKafka } from '../scripts/kafka/broker.ts'
import { endOffsets } from '../scripts/kafka/topics.ts'
import { type EngineOptions, EngineProcess } from './engine-process.ts'
import type { LoadOptions } from './load/options.ts'
import { type Measurement, measureLoad } from './measure.ts'
import { fetchMetrics, sumOf } from './metrics-page.ts'

const PARTITIONS = 6
const RETENTION_BYTES_PER_PARTITION = 256 << 20
const MEMORY_FOLDER = '/dev/shm'
/** All partitions at their limit, and as much again that is being deleted. */
const FOLDER_BYTES_MIN = 2 * PARTITIONS * RETENTION_BYTES_PER_PARTITION

export interface RoundOptions {
  readonly load: Partial<LoadOptions>
  readonly engine: EngineOptions
}

export interface Round extends Measurement {
  readonly outBytesPerS: number
  /** Requests answered with success over the whole run, and records Kafka has; equal when a request is one record. */
  readonly acceptedRequests: number
  readonly kafkaRecords: number
}

export interface BenchKafka {
  readonly bootstrapServers: string
  createTopic(name: string): Promise<void>
  deleteTopic(name: string): Promise<void>
  stop(): Promise<void>
}

/** In memory where there is room, so that the disk of the machine is not part of the figure. */
export async function startBenchKafka(): Promise<BenchKafka> {
  const directory = await mkdtemp(join(hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'sluice-bench-'))
  const removeDirectory = () => rm(directory, { recursive: true, force: true })
  const options = { directory, heapMegabytes: 512, retentionBytes: RETENTION_BYTES_PER_PARTITION }
  const kafka: RunningKafka = await startKafka(options).catch(async (error) => {
    await removeDirectory()
    throw error
  })
  return {
    bootstrapServers: kafka.bootstrapServers,
    createTopic: (name) => kafka.createTopic(name, PARTITIONS),
    deleteTopic: (name) => kafka.deleteTopic(name),
    stop: async () => {
      await kafka.kill() // the folder goes next: an orderly end would only write to it
      await removeDirectory()
    },
  }
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > FOLDER_BYTES_MIN
}

let topicCount = 0

export async function runRound(kafka: BenchKafka, { load, engine }: RoundOptions): Promise<Round> {
  const topic = `bench-${process.pid}-${topicCount++}`
  await kafka.createTopic(topic)
  try {
    const signal = load.signal ?? 'traces'
    const kafkaSettings = { 'kafka.bootstrap.servers': kafka.bootstrapServers, [`kafka.topic.${signal}`]: topic }
    const running = await EngineProcess.start({ ...engine, settings: { ...kafkaSettings, ...engine.settings } })
    try {
      return await runOn(running, load, () => recordsIn(kafka, topic))
    } catch (error) {
      throw new Error(`${(error as Error).message}\nengine: ${running.complaint}`, { cause: error })
    } finally {
      await running.stop()
    }
  } finally {
    await kafka.deleteTopic(topic)
  }
}

async function runOn(
  engine: EngineProcess,
  load: Partial<LoadOptions>,
  records: () => Promise<number>,
): Promise<Round> {
  const { http, grpc, metrics } = engine.addresses
  const measurement = await measureLoad(engine.pid, { ...load, url: load.protocol === 'grpc' ? grpc : http })
  const { total, requestsPerS } = measurement.load
  const acceptedRequests = total.ok + total.partial
  const page = metrics === undefined ? '' : await fetchMetrics(metrics)
  const producedBytes = sumOf(page, 'sluice_produced_bytes') ?? Number.NaN
  const outBytesPerS = (producedBytes / acceptedRequests) * requestsPerS
  return { ...measurement, outBytesPerS, acceptedRequests, kafkaRecords: await records() }
}

/** Records ever appended: offsets do not go back when old segments are deleted. */
async function recordsIn(kafka: BenchKafka, topic: string): Promise<number> {
  let count = 0
  for (const end of (await endOffsets(kafka.bootstrapServers, topic)).values()) count += Number(end)
  return count
}
