/** Creates missing topics, when kafka.topic.create says so. */
import type { Config } from '../config/options.ts'
import { AdminClient } from './rdkafka.ts'
import { adminProperties } from './rdkafka-config.ts'

const CREATE_TIMEOUT_MS = 5000
const ERR_TOPIC_ALREADY_EXISTS = 36

export interface TopicsOutcome {
  /** Names that were created; those that exist already are left as they are. */
  readonly created: readonly string[]
  /** Kafka's text for each that is missing still. */
  readonly failures: readonly { readonly topic: string; readonly reason: string }[]
}

/** One after the other: each blocks a thread of the pool that the producer's flushes and probes need too. */
export async function createTopics(
  config: Config,
  bootstrapServers: string,
  topics: readonly string[],
): Promise<TopicsOutcome> {
  const admin = AdminClient.create(
    adminProperties(config, bootstrapServers) as Parameters<typeof AdminClient.create>[0],
  )
  const created: string[] = []
  const failures: { topic: string; reason: string }[] = []
  try {
    for (const topic of new Set(topics)) {
      const answer = await createTopic(admin, config, topic)
      if (answer === 'created') created.push(topic)
      else if (answer !== 'exists') failures.push({ topic, reason: answer.message })
    }
    return { created, failures }
  } finally {
    admin.disconnect()
  }
}

function createTopic(
  admin: ReturnType<typeof AdminClient.create>,
  config: Config,
  topic: string,
): Promise<'created' | 'exists' | Error> {
  const wanted = {
    topic,
    num_partitions: config['kafka.topic.partitions'],
    replication_factor: config['kafka.topic.replication.factor'],
  }
  return new Promise((resolve) => {
    admin.createTopic(wanted, CREATE_TIMEOUT_MS, (error) => {
      if (!error) resolve('created')
      else resolve(error.code === ERR_TOPIC_ALREADY_EXISTS ? 'exists' : new Error(error.message))
    })
  })
}
