import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KafkaUnreachableError } from '../../../src/base/errors.ts'
import { configFromOptions } from '../../../src/config/load.ts'
import { describeCluster } from '../../../src/produce/cluster.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from '../../../src/produce/embedded-broker.ts'
import { rdkafkaProducerFactory } from '../../../src/produce/rdkafka-producer.ts'
import { capturedLog } from '../../bed/captured-log.ts'

/** librdkafka's own default for topics that its mock cluster makes on first use. */
const MOCK_PARTITIONS = 4

const { config } = configFromOptions({ 'kafka.bootstrap.servers': 'a:1' })
let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startEmbeddedBroker()
})
afterAll(() => broker.stop())

async function produceTo(topic: string): Promise<void> {
  const properties = { 'bootstrap.servers': broker.bootstrapServers, dr_cb: true }
  const events = { delivered: () => {}, brokersDown: () => {}, fatal: () => {} }
  const port = await rdkafkaProducerFactory(properties, 3000, capturedLog().log)(events)
  port.produce(topic, Buffer.from('x'), [], 1)
  await port.flush(5000)
  await port.close()
}

describe('a look at the cluster', () => {
  it('names brokers, topics and their partitions', async () => {
    await produceTo('seen')
    const { brokers, topics } = await describeCluster(config, broker.bootstrapServers, 5000)
    expect(brokers).toHaveLength(1)
    expect(topics.get('seen')).toBe(MOCK_PARTITIONS)
    expect(topics.has('unseen')).toBe(false)
  })

  it('ends with KafkaUnreachableError when nobody answers', async () => {
    await expect(describeCluster(config, '127.0.0.1:1', 500)).rejects.toThrow(KafkaUnreachableError)
  })
})
