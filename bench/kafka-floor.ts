/**
 * What Kafka alone takes to confirm a record: one librdkafka producer with the engine's own settings, nothing else in its
 * process, at a fixed rate. No latency that the engine shows on the same machine can be lower.
 */
import { randomBytes } from 'node:crypto'
import hdr from 'hdr-histogram-js'
import { createTopic, deleteTopic } from '../scripts/kafka/topics.ts'
import { createLog } from '../src/base/log.ts'
import { configFromOptions } from '../src/config/load.ts'
import { PRODUCED, type ProducerPort } from '../src/produce/producer-port.ts'
import { producerProperties } from '../src/produce/rdkafka-config.ts'
import { rdkafkaProducerFactory } from '../src/produce/rdkafka-producer.ts'
import type { BenchRow, BenchSize } from './row.ts'

const PARTITIONS = 6
/** The records of the matrix: 512 spans as JSON and as protobuf. */
const RECORD_BYTES = { json: 425_000, protobuf: 205_000 } as const
const RECORDS_PER_S = 800
const WARM_UP_S = 3
const MEASURED_S = 6
const TICK_MS = 1
const CONNECT_TIMEOUT_MS = 10_000
const LATENCY_US_MAX = 60_000_000

export async function kafkaFloorRows(servers: string, { smoke }: BenchSize): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const format of ['json', 'protobuf'] as const) {
    for (const lingerMs of smoke ? [5] : [5, 0]) rows.push(await floorRow(servers, format, lingerMs, smoke))
  }
  return rows
}

async function floorRow(
  servers: string,
  format: keyof typeof RECORD_BYTES,
  lingerMs: number,
  smoke: boolean,
): Promise<BenchRow> {
  const topic = `bench-floor-${process.pid}-${format}-${lingerMs}`
  await createTopic(servers, topic, { partitions: PARTITIONS })
  const [warmUpS, measuredS] = smoke ? [0.2, 0.5] : [WARM_UP_S, MEASURED_S]
  try {
    const latency = await confirmLatency(servers, topic, lingerMs, RECORD_BYTES[format], warmUpS, measuredS)
    const ms = (percentile: number): number => latency.getValueAtPercentile(percentile) / 1000
    return {
      name: `kafka-alone/${format}/linger-${lingerMs}`,
      unit: 'ms p99',
      value: ms(99),
      spread: 0,
      checksum: latency.totalCount.toString(16).padStart(8, '0'),
      extra: { p50Ms: ms(50), p99Ms: ms(99), p999Ms: ms(99.9), requestsPerS: RECORDS_PER_S },
    }
  } finally {
    await deleteTopic(servers, topic)
  }
}

async function confirmLatency(
  servers: string,
  topic: string,
  lingerMs: number,
  recordBytes: number,
  warmUpS: number,
  measuredS: number,
): Promise<hdr.Histogram> {
  const latency = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_US_MAX,
    numberOfSignificantValueDigits: 3,
  })
  const { config } = configFromOptions({ 'kafka.bootstrap.servers': servers, 'kafka.producer.linger.ms': lingerMs })
  const log = createLog({ level: 'error', format: 'logfmt' })
  const startMs = performance.now()
  let outstanding = 0
  const factory = rdkafkaProducerFactory(producerProperties(config, servers), CONNECT_TIMEOUT_MS, log)
  const port = await factory({
    delivered: (dueMs, error) => {
      outstanding--
      if (error !== undefined) throw new Error(error)
      if (dueMs > startMs + warmUpS * 1000) latency.recordValue(Math.round((performance.now() - dueMs) * 1000))
    },
    brokersDown: () => {},
    fatal: (detail) => {
      throw new Error(detail)
    },
  })
  const payload = randomBytes(recordBytes)
  await produceAtRate(port, warmUpS + measuredS, (dueMs) => {
    if (port.produce(topic, payload, [], dueMs) === PRODUCED.OK) outstanding++
  })
  await port.flush(CONNECT_TIMEOUT_MS)
  await until(() => outstanding === 0, port)
  await port.close()
  return latency
}

/** Open loop: what was due in a stall is sent after it, with its due time. */
function produceAtRate(port: ProducerPort, seconds: number, produce: (dueMs: number) => void): Promise<void> {
  const startMs = performance.now()
  const total = seconds * RECORDS_PER_S
  let sent = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - startMs) / 1000) * RECORDS_PER_S)
      for (; sent < due; sent++) produce(startMs + (sent * 1000) / RECORDS_PER_S)
      port.poll()
      if (sent < total) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
}

function until(done: () => boolean, port: ProducerPort): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      port.poll()
      if (!done()) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
}
