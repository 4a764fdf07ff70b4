/** Topic administration and end offsets over Kafka's own protocol (wire.ts). Waits until what it did is visible. */
import { waitUntil } from './wait-until.ts'
import { type BrokerAddress, exchange, type WireReader, WireWriter } from './wire.ts'

const LIST_OFFSETS = 2
const METADATA = 3
const CREATE_TOPICS = 19
const DELETE_TOPICS = 20
const LATEST = -1n
const EARLIEST = -2n
const ADMIN_TIMEOUT_MS = 10_000

export interface PartitionMetadata {
  errorCode: number
  partition: number
  leader: number
}

export interface TopicMetadata {
  errorCode: number
  name: string
  partitions: PartitionMetadata[]
}

export interface ClusterMetadata {
  brokers: ({ nodeId: number } & BrokerAddress)[]
  topics: TopicMetadata[]
}

export interface TopicOptions {
  partitions?: number
  replicationFactor?: number
  config?: Record<string, string>
}

export function parseBootstrap(bootstrapServers: string): BrokerAddress[] {
  return bootstrapServers.split(',').map((entry) => {
    const colon = entry.lastIndexOf(':')
    return { host: entry.slice(0, colon), port: Number(entry.slice(colon + 1)) }
  })
}

/** Of every topic when `topics` is absent. */
export async function clusterMetadata(bootstrapServers: string, topics?: string[]): Promise<ClusterMetadata> {
  const writer = new WireWriter()
  if (topics) writer.array(topics, (name) => writer.string(name))
  else writer.int32(-1)
  const reader = await askAny(bootstrapServers, METADATA, 1, writer.bytes())
  const brokers = reader.array(() => {
    const broker = { nodeId: reader.int32(), host: reader.string() ?? '', port: reader.int32() }
    reader.string() // rack
    return broker
  })
  reader.int32() // controller
  return { brokers, topics: reader.array(() => readTopicMetadata(reader)) }
}

function readTopicMetadata(reader: WireReader): TopicMetadata {
  const errorCode = reader.int16()
  const name = reader.string() ?? ''
  reader.int8() // internal
  const partitions = reader.array(() => {
    const partition = { errorCode: reader.int16(), partition: reader.int32(), leader: reader.int32() }
    reader.array(() => reader.int32()) // replicas
    reader.array(() => reader.int32()) // in sync
    return partition
  })
  return { errorCode, name, partitions }
}

/** Resolves once every partition is served by its leader. An existing topic of that name is an error. */
export async function createTopic(
  bootstrapServers: string,
  name: string,
  { partitions = 1, replicationFactor = 1, config = {} }: TopicOptions = {},
): Promise<void> {
  const writer = new WireWriter()
  writer.array([name], () => {
    writer.string(name).int32(partitions).int16(replicationFactor).int32(0)
    writer.array(Object.entries(config), ([key, value]) => writer.string(key).string(value))
  })
  writer.int32(ADMIN_TIMEOUT_MS).int8(0)
  const reader = await askAny(bootstrapServers, CREATE_TOPICS, 2, writer.bytes())
  reader.int32() // throttle
  for (const result of reader.array(() => ({
    name: reader.string(),
    errorCode: reader.int16(),
    text: reader.string(),
  }))) {
    if (result.errorCode !== 0) throw new Error(`topic ${result.name}: Kafka error ${result.errorCode}, ${result.text}`)
  }
  // Metadata names a leader a moment before that broker serves the partition (it answers 6, not leader, until then).
  await waitUntil(async () => (await endOffsets(bootstrapServers, name)).size === partitions, {
    deadlineMs: ADMIN_TIMEOUT_MS,
    what: `${partitions} partitions of ${name} are served`,
  })
}

/** A topic that does not exist is not an error: cleaning up twice is allowed. */
export async function deleteTopic(bootstrapServers: string, name: string): Promise<void> {
  const unknownTopic = 3
  const writer = new WireWriter()
  writer.array([name], (topic) => writer.string(topic)).int32(ADMIN_TIMEOUT_MS)
  const reader = await askAny(bootstrapServers, DELETE_TOPICS, 1, writer.bytes())
  reader.int32() // throttle
  for (const { errorCode } of reader.array(() => ({ name: reader.string(), errorCode: reader.int16() }))) {
    if (errorCode !== 0 && errorCode !== unknownTopic) throw new Error(`delete ${name}: Kafka error ${errorCode}`)
  }
}

/** Offset after the last record, per partition. */
export function endOffsets(bootstrapServers: string, topic: string): Promise<Map<number, bigint>> {
  return offsetsAt(bootstrapServers, topic, LATEST)
}

/** Records now in the topic, over all partitions. */
export async function recordCount(bootstrapServers: string, topic: string): Promise<number> {
  const first = await offsetsAt(bootstrapServers, topic, EARLIEST)
  let count = 0n
  for (const [partition, end] of await endOffsets(bootstrapServers, topic)) count += end - (first.get(partition) ?? 0n)
  return Number(count)
}

async function offsetsAt(bootstrapServers: string, topic: string, time: bigint): Promise<Map<number, bigint>> {
  const { brokers, topics } = await clusterMetadata(bootstrapServers, [topic])
  const found = topics[0]
  if (found?.errorCode !== 0) throw new Error(`topic ${topic}: Kafka error ${found?.errorCode}`)
  const offsets = new Map<number, bigint>()
  for (const broker of brokers) {
    const led = found.partitions.filter((partition) => partition.leader === broker.nodeId)
    if (led.length > 0) await addLeaderOffsets({ broker, topic, led, time, offsets })
  }
  if (offsets.size !== found.partitions.length) throw new Error(`topic ${topic}: a partition has no leader`)
  return offsets
}

interface LeaderQuestion {
  broker: BrokerAddress
  topic: string
  led: PartitionMetadata[]
  time: bigint
  offsets: Map<number, bigint>
}

async function addLeaderOffsets({ broker, topic, led, time, offsets }: LeaderQuestion): Promise<void> {
  const writer = new WireWriter().int32(-1)
  writer.array([topic], () => {
    writer.string(topic)
    writer.array(led, ({ partition }) => writer.int32(partition).int64(time))
  })
  const reader = await exchange(broker, { apiKey: LIST_OFFSETS, apiVersion: 1, body: writer.bytes() })
  reader.array(() => {
    reader.string()
    reader.array(() => {
      const partition = reader.int32()
      const errorCode = reader.int16()
      reader.int64() // timestamp
      const offset = reader.int64()
      if (errorCode !== 0) throw new Error(`offsets of ${topic}/${partition}: Kafka error ${errorCode}`)
      offsets.set(partition, offset)
    })
  })
}

async function askAny(bootstrapServers: string, apiKey: number, apiVersion: number, body: Buffer): Promise<WireReader> {
  const failures: unknown[] = []
  for (const broker of parseBootstrap(bootstrapServers)) {
    try {
      return await exchange(broker, { apiKey, apiVersion, body })
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, `no broker of ${bootstrapServers} answered: ${failures.map(String).join('; ')}`)
}
