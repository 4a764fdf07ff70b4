/** The real Kafka behind an engine: connects with the configured producer, or with the embedded broker. */
import type { Log } from './base/log.ts'
import { ConfigError, type Problem } from './config/config-error.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/options.ts'
import { SIGNALS } from './otlp/signal.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from './produce/embedded-broker.ts'
import type { ProducerFactory } from './produce/producer-port.ts'
import { propertyFaults } from './produce/property-check.ts'
import { producerProperties } from './produce/rdkafka-config.ts'
import { rdkafkaProducerFactory } from './produce/rdkafka-producer.ts'
import { TopicCreation } from './produce/topic-creation.ts'
import { createTopics } from './produce/topics.ts'

/** A first connection within this, or the next attempt with a new producer. */
const CONNECT_TIMEOUT_MS = 3000

export interface Kafka {
  readonly bootstrapServers: string
  readonly factory: ProducerFactory
  /** Safe to repeat: a second signal does. */
  stop(): Promise<void>
}

/** @throws ConfigError when librdkafka would not take a `kafka.producer.*` */
export async function openKafka(loaded: LoadedConfig, log: Log): Promise<Kafka> {
  const { config } = loaded
  const problems = producerProblems(loaded)
  if (problems.length > 0) throw new ConfigError(problems)
  const embedded = config.embeddedBroker ? await startEmbeddedBroker() : undefined
  const bootstrapServers = serversOf(config, embedded)
  const connect = rdkafkaProducerFactory(producerProperties(config, bootstrapServers), CONNECT_TIMEOUT_MS, log)
  const topics = topicCreation(config, bootstrapServers, log)
  const factory: ProducerFactory = async (events) => {
    const port = await connect(events)
    await topics?.start()
    return port
  }
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    topics?.stop()
    stopping ??= embedded?.stop() ?? Promise.resolve()
    return stopping
  }
  return { bootstrapServers, factory, stop }
}

/** Librdkafka alone knows its properties, so it is asked. Its texts may repeat a value; they are shown for names without secrets only. */
export function producerProblems({ config, sources, effective }: LoadedConfig): Problem[] {
  return propertyFaults(config.producerProperties).map(({ name, value, text }) => {
    const key = `kafka.producer.${name}`
    const shown = effective.find((entry) => entry.key === key)?.shown ?? value
    return {
      key,
      value: shown,
      source: sources.get(key) ?? 'default',
      text: shown === value ? text.trim() : 'is not valid',
    }
  })
}

function serversOf(config: Config, embedded: EmbeddedBroker | undefined): string {
  return embedded?.bootstrapServers ?? config['kafka.bootstrap.servers'].join(',')
}

function topicCreation(config: Config, bootstrapServers: string, log: Log): TopicCreation | undefined {
  if (!config['kafka.topic.create']) return undefined
  const topics = SIGNALS.map((signal) => config[`kafka.topic.${signal}`])
  return new TopicCreation(topics, (missing) => createTopics(config, bootstrapServers, missing), log)
}
