/** The test bed itself: other integration tests are only as good as what this one shows. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RunningKafka, startKafka } from '../../scripts/kafka/broker.ts'
import { readTopic } from '../../scripts/kafka/read-topic.ts'
import { clusterMetadata, createTopic, deleteTopic, endOffsets, recordCount } from '../../scripts/kafka/topics.ts'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'

const shared = inject('kafkaBootstrapServers')

function produce(bootstrapServers: string, topic: string, payload: Buffer, args: string[] = []): void {
  const kcat = ['-P', '-b', bootstrapServers, '-t', topic, '-D', 'NOT-IN-THE-PAYLOAD', ...args]
  const { status, stderr } = spawnSync('kcat', kcat, { input: payload, timeout: 20_000 })
  if (status !== 0) throw new Error(`kcat -P: ${stderr}`)
}

describe('the shared Kafka', () => {
  it('reads back binary payloads, keys and headers as they were produced', async () => {
    const topic = 'bed-binary'
    await createTopic(shared, topic, { partitions: 3 })
    const payload = Buffer.from(Array.from({ length: 900_000 }, (_, index) => (index * 31) % 256))
    produce(shared, topic, payload, ['-p', '1', '-k', 'a key', '-H', 'otlp.signal=traces', '-H', 'otlp.items=512'])
    produce(shared, topic, Buffer.from('{"a":1}\n'), ['-p', '2'])
    const records = await readTopic(shared, topic, { count: 2 })
    expect(records.map(({ partition, offset }) => [partition, offset])).toEqual([
      [1, 0],
      [2, 0],
    ])
    expect(records[0].payload?.equals(payload)).toBe(true)
    expect(records[0].key?.toString()).toBe('a key')
    expect(records[0].headers).toEqual({ 'otlp.signal': 'traces', 'otlp.items': '512' })
    expect(records[1].key).toBeNull()
    await deleteTopic(shared, topic)
  })

  it('reads an empty topic as no records, at once', async () => {
    await createTopic(shared, 'bed-empty', { partitions: 2 })
    expect(await readTopic(shared, 'bed-empty')).toEqual([])
    await deleteTopic(shared, 'bed-empty')
  })

  it('fails at the deadline when fewer records arrive than were asked for', async () => {
    await createTopic(shared, 'bed-short')
    await expect(readTopic(shared, 'bed-short', { count: 1, deadlineMs: 200 })).rejects.toThrow('not within 200 ms')
    await deleteTopic(shared, 'bed-short')
  })

  it('deletes a topic so that it can be created again, empty', async () => {
    const topic = 'bed-again'
    await createTopic(shared, topic)
    produce(shared, topic, Buffer.from('x'))
    expect(await recordCount(shared, topic)).toBe(1)
    await deleteTopic(shared, topic)
    await waitUntil(() => createTopic(shared, topic).then(() => true), { deadlineMs: 10_000, what: 'created again' })
    expect(await recordCount(shared, topic)).toBe(0)
    await deleteTopic(shared, topic)
  })

  it('refuses to create a topic that exists', async () => {
    await createTopic(shared, 'bed-twice')
    await expect(createTopic(shared, 'bed-twice')).rejects.toThrow('Kafka error 36')
    await deleteTopic(shared, 'bed-twice')
  })
})

describe('a cluster of three under faults', () => {
  let kafka: RunningKafka

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, heapMegabytes: 256 })
  })

  afterAll(() => kafka?.stop())

  it('keeps what was acknowledged when a broker is killed, and takes it back', async () => {
    await kafka.createTopic('bed-replicated', 3, { 'min.insync.replicas': '2' })
    produce(kafka.bootstrapServers, 'bed-replicated', Buffer.from('before'), ['-X', 'acks=all'])
    await kafka.kill(2)
    await waitUntil(async () => (await leadersOf('bed-replicated')).every((leader) => leader > 0 && leader !== 3), {
      deadlineMs: 60_000,
      what: 'leaders moved away from the killed broker',
    })
    produce(kafka.bootstrapServers, 'bed-replicated', Buffer.from('during'), ['-X', 'acks=all'])
    await kafka.restart(2)
    const records = await readTopic(kafka.bootstrapServers, 'bed-replicated', { count: 2 })
    expect(records.map(({ payload }) => String(payload)).sort()).toEqual(['before', 'during'])
  })

  it('answers nothing while paused and goes on when resumed', async () => {
    await kafka.createTopic('bed-paused')
    kafka.pause()
    await expect(endOffsets(kafka.bootstrapServers, 'bed-paused')).rejects.toThrow('no answer in')
    kafka.resume()
    const offsets = await waitUntil(() => endOffsets(kafka.bootstrapServers, 'bed-paused'), {
      deadlineMs: 30_000,
      what: 'offsets after the pause',
    })
    expect(offsets).toEqual(new Map([[0, 0n]]))
  })

  async function leadersOf(topic: string): Promise<number[]> {
    const { topics } = await clusterMetadata(kafka.bootstrapServers, [topic])
    return topics[0].partitions.map(({ leader }) => leader)
  }
})
