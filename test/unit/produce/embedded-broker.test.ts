import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configFromOptions } from '../../../src/config/load.ts'
import { describeCluster } from '../../../src/produce/cluster.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from '../../../src/produce/embedded-broker.ts'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startEmbeddedBroker()
})
afterAll(() => broker.stop())

describe('the embedded broker', () => {
  it('listens on a loopback port that other clients of Kafka can use', async () => {
    expect(broker.bootstrapServers).toMatch(/^(?:127\.0\.0\.1|localhost):\d+$/)
    const { config } = configFromOptions({}, { embeddedBroker: true })
    const { brokers } = await describeCluster(config, broker.bootstrapServers, 5000)
    expect(brokers).toEqual([broker.bootstrapServers])
  })
})
