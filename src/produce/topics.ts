/** Creates missing topics at start, when kafka.topic.create says so. */
import type { Config } from '../config/options.ts'
import { AdminClient } from './rdkafka.ts'
import { adminProperties } from './rdkafka-config.ts'

const CREATE_TIMEOUT_MS = 10_000
const ERR_TOPIC_ALREADY_EXISTS = 36

/** @returns names that were created; those that exist already are left as they are. @throws Error with Kafka's text */
export async function createTopics(
  config: Config,
  bootstrapServers: string,
  topics: readonly string[],
): Promise<string[]> {
  const admin = AdminClient.create(
    adminProperties(config, bootstrapServers) as Parameters<typeof AdminClient.create>[0],
  )
  try {
    const created: string[] = []
    for (const topic of new Set(topics)) if (await createTopic(admin, config, topic)) created.push(topic)
    return created
  } finally {
    admin.disconnect()
  }
}

function createTopic(admin: ReturnType<typeof AdminClient.create>, config: Config, topic: string): Promise<boolean> {
  const wanted = {
    topic,
    num_partitions: config['kafka.topic.partitions'],
    replication_factor: config['kafka.topic.replication.factor'],
  }
  return new Promise((resolve, reject) => {
    admin.createTopic(wanted, CREATE_TIMEOUT_MS, (error) => {
      if (!error) resolve(true)
      else if (error.code === ERR_TOPIC_ALREADY_EXISTS) resolve(false)
      else reject(new Error(`topic ${topic}: ${error.message}`))
    })
  })
}
