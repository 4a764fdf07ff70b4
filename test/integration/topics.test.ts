import { describe, expect, inject, it } from 'vitest'
import { configFromOptions } from '../../src/config/load.ts'
import { describeCluster } from '../../src/produce/cluster.ts'
import { createTopics } from '../../src/produce/topics.ts'

const { config } = configFromOptions({ 'kafka.bootstrap.servers': 'a:1', 'kafka.topic.partitions': 2 })
const servers = inject('kafkaBootstrapServers')

describe('creating topics', () => {
  it('creates each missing one, once, and names them', async () => {
    expect(await createTopics(config, servers, ['topics-a', 'topics-b', 'topics-a'])).toEqual(['topics-a', 'topics-b'])
    const { topics } = await describeCluster(config, servers, 5000)
    expect(topics.get('topics-b')).toBe(2)
  })

  it('leaves an existing one as it is', async () => {
    await createTopics(config, servers, ['topics-there'])
    expect(await createTopics(config, servers, ['topics-there', 'topics-new'])).toEqual(['topics-new'])
  })

  it('fails with the name of the topic and the reason', async () => {
    await expect(createTopics(config, servers, ['not a name'])).rejects.toThrow(/^topic not a name: /)
  })
})
