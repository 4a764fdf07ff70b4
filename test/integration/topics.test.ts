import { describe, expect, inject, it } from 'vitest'
import { configFromOptions } from '../../src/config/load.ts'
import { describeCluster } from '../../src/produce/cluster.ts'
import { createTopics } from '../../src/produce/topics.ts'

const { config } = configFromOptions({ 'kafka.bootstrap.servers': 'a:1', 'kafka.topic.partitions': 2 })
const servers = inject('kafkaBootstrapServers')

describe('creating topics', () => {
  it('creates each missing one, once, and names them', async () => {
    const outcome = await createTopics(config, servers, ['topics-a', 'topics-b', 'topics-a'])
    expect(outcome).toEqual({ created: ['topics-a', 'topics-b'], failures: [] })
    const { topics } = await describeCluster(config, servers, 5000)
    expect(topics.get('topics-b')).toBe(2)
  })

  it('leaves an existing one as it is', async () => {
    await createTopics(config, servers, ['topics-there'])
    const outcome = await createTopics(config, servers, ['topics-there', 'topics-new'])
    expect(outcome).toEqual({ created: ['topics-new'], failures: [] })
  })

  it('goes on after one that fails, and gives its name and the reason', async () => {
    const outcome = await createTopics(config, servers, ['not a name', 'topics-after'])
    expect(outcome).toMatchObject({ created: ['topics-after'], failures: [{ topic: 'not a name' }] })
    expect(outcome.failures[0]!.reason).not.toBe('')
  })
})
