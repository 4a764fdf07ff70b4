/**
 * end-to-end: load generator, engine, a real Kafka, each in its own process on this machine.
 *
 * What Kafka holds afterwards must be what was answered with success: a bench that loses or repeats is no bench.
 */
import { createTopic, deleteTopic, endOffsets } from '../scripts/kafka/topics.ts'
import { startBenchKafka } from './bench-kafka.ts'
import { EngineProcess } from './engine-process.ts'
import { idleRows } from './idle.ts'
import { kafkaFloorRows } from './kafka-floor.ts'
import type { BenchRow, BenchSize } from './row.ts'
import {
  CASES,
  type Case,
  closedLoopRow,
  halfLoadRow,
  loadOf,
  measureEngine,
  type Round,
  type RoundOptions,
  type RunRound,
} from './whole.ts'

const PARTITIONS = 6
const LINGERS_MS = [5, 0]
/** Of each format. */
const BROKER_WARM_UP_S = 30

export interface KafkaRound extends Round {
  /** Requests answered with success over the whole run, and records Kafka has; equal when a request is one record. */
  readonly acceptedRequests: number
  readonly kafkaRecords: number
}

/** The matrix against one broker, started here unless one is given, and the idle engine beside it. */
export async function endToEndBench(size: BenchSize, givenServers?: string): Promise<BenchRow[]> {
  const kafka = givenServers === undefined ? await startBenchKafka() : undefined
  const servers = kafka?.bootstrapServers ?? givenServers!
  try {
    const cases = size.smoke ? CASES.slice(0, 1) : CASES
    const rows: BenchRow[] = []
    const runChecked = async (options: RoundOptions) => {
      const round = agreed(await runRound(servers, options))
      if (!size.smoke) await kafka?.settled()
      return round
    }
    if (!size.smoke) await warmUpBroker(runChecked)
    for (const each of cases) rows.push(...(await caseRows(each, size, runChecked)))
    // After the matrix: the broker is as warm as it was there.
    rows.push(...(await kafkaFloorRows(servers, size)))
    return rows.concat(await idleWithKafka(servers, size))
  } finally {
    await kafka?.stop()
  }
}

/** The broker's just-in-time compiler takes half a core of the first minute; its throughput grows by half meanwhile. */
async function warmUpBroker(runRound: RunRound): Promise<void> {
  const load = { ...loadOf({ smoke: false }, 'http'), durationS: BROKER_WARM_UP_S }
  for (const format of ['json', 'protobuf']) {
    await runRound({ load, engine: { settings: { 'otlp.message.format': format } } })
  }
}

async function caseRows(each: Case, size: BenchSize, runChecked: RunRound): Promise<BenchRow[]> {
  const { row, requestsPerS } = await closedLoopRow('end-to-end', each, size, runChecked)
  const rows = [row]
  for (const lingerMs of size.smoke ? LINGERS_MS.slice(0, 1) : LINGERS_MS) {
    rows.push(await halfLoadRow('end-to-end', each, { lingerMs, requestsPerS }, size, runChecked))
  }
  return rows
}

/** Every request of the matrix is one record. With an error or a timeout its outcome is unknown: then at least all. */
function agreed(round: KafkaRound): KafkaRound {
  const { ok, partial, ...others } = round.load.total
  const allAnswered = Object.values(others).every((count) => count === 0)
  const { acceptedRequests: accepted, kafkaRecords: records } = round
  if (records >= accepted && (records === accepted || !allAnswered)) return round
  throw new Error(
    `${accepted} requests (${ok} ok, ${partial} partial) were acknowledged, Kafka holds ${records} records`,
  )
}

async function idleWithKafka(servers: string, size: BenchSize): Promise<BenchRow[]> {
  const engine = await EngineProcess.start({ settings: { 'kafka.bootstrap.servers': servers } })
  try {
    return await idleRows('idle', engine, size)
  } finally {
    await stopCleanly(engine)
  }
}

let topicCount = 0

export async function runRound(servers: string, { load, engine, onWindow }: RoundOptions): Promise<KafkaRound> {
  const topic = `bench-${process.pid}-${topicCount++}`
  await createTopic(servers, topic, { partitions: PARTITIONS })
  try {
    const signal = load.signal ?? 'traces'
    const kafkaSettings = { 'kafka.bootstrap.servers': servers, [`kafka.topic.${signal}`]: topic }
    const running = await EngineProcess.start({ ...engine, settings: { ...kafkaSettings, ...engine.settings } })
    try {
      const round = await measureEngine(running, load, onWindow)
      const { ok, partial } = round.load.total
      return { ...round, acceptedRequests: ok + partial, kafkaRecords: await recordsIn(servers, topic) }
    } catch (error) {
      throw new Error(`${(error as Error).message}\nengine: ${running.complaint}`, { cause: error })
    } finally {
      await stopCleanly(running)
    }
  } finally {
    await deleteTopic(servers, topic)
  }
}

async function stopCleanly(engine: EngineProcess): Promise<void> {
  const code = await engine.stop()
  if (code !== 0) throw new Error(`the engine ended with ${code}\n${engine.complaint}`)
}

/** Records ever appended: offsets do not go back when old segments are deleted. */
async function recordsIn(servers: string, topic: string): Promise<number> {
  let count = 0
  for (const end of (await endOffsets(servers, topic)).values()) count += Number(end)
  return count
}
