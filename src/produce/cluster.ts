import { KafkaUnreachableError } from '../base/errors.ts'
import type { Config } from '../config/options.ts'
import { Producer } from './rdkafka.ts'
import { adminProperties } from './rdkafka-config.ts'

export interface ClusterView {
  /** host:port of each broker. */
  readonly brokers: readonly string[]
  /** Topic to its number of partitions. */
  readonly topics: ReadonlyMap<string, number>
}

/** One look at brokers and topics, with a client of its own. @throws KafkaUnreachableError */
export function describeCluster(config: Config, bootstrapServers: string, timeoutMs: number): Promise<ClusterView> {
  const client = new Producer({
    ...adminProperties(config, bootstrapServers),
    log_level: 0,
  } as ConstructorParameters<typeof Producer>[0])
  client.on('event.error', () => {}) // The outcome of connect says it.
  return new Promise((resolve, reject) => {
    client.connect(
      { timeout: timeoutMs, allTopics: true } as Parameters<typeof client.connect>[0],
      (error, metadata) => {
        if (error) {
          reject(new KafkaUnreachableError(error.message, { cause: error }))
          return
        }
        const view = {
          brokers: metadata.brokers.map(({ host, port }) => `${host}:${port}`),
          topics: new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length])),
        }
        client.disconnect(() => resolve(view))
      },
    )
  })
}
