/**
 * The broker of the quick start: librdkafka's mock cluster in this process. Any Kafka client can read from it; it keeps
 * a few megabytes a partition and forgets all when the process ends.
 */
import { Producer } from './rdkafka.ts'
import { embeddedBrokerProperties } from './rdkafka-config.ts'

const START_TIMEOUT_MS = 10_000

export interface EmbeddedBroker {
  readonly bootstrapServers: string
  stop(): Promise<void>
}

/** @throws Error when the mock cluster does not answer within 10 s */
export function startEmbeddedBroker(): Promise<EmbeddedBroker> {
  const holder = new Producer(embeddedBrokerProperties() as ConstructorParameters<typeof Producer>[0])
  holder.on('event.error', () => {}) // Its own connection to itself ends at stop; nobody needs to know.
  return new Promise((resolve, reject) => {
    holder.connect({ timeout: START_TIMEOUT_MS } as Parameters<typeof holder.connect>[0], (error, metadata) => {
      if (error) {
        reject(error)
        return
      }
      const bootstrapServers = metadata.brokers.map(({ host, port }) => `${host}:${port}`).join(',')
      resolve({ bootstrapServers, stop: () => new Promise((stopped) => holder.disconnect(() => stopped())) })
    })
  })
}
