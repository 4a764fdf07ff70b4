/** The real Kafka behind an engine: connects with the configured producer, or with the embedded broker. */
import type { Log } from './base/log.ts'
import { ConfigError, type Problem } from './config/config-error.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/options.ts'
import { SIGNALS } from './otlp/signal.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from './produce/embedded-broker.ts'
import type { ProducerFactory } from './produce/producer-port.ts'
import { contradictionOf, propertyFaults } from './produce/property-check.ts'
import { producerProperties, producerQueueBytes } from './produce/rdkafka-config.ts'
import { rdkafkaProducerFactory } from './produce/rdkafka-producer.ts'
import { TopicCreation } from './produce/topic-creation.ts'
import { createTopics } from './produce/topics.ts'

export { producerQueueBytes }

/** A first connection within this, or the next attempt with a new producer. */
const CONNECT_TIMEOUT_MS = 3000

export interface Kafka {
  readonly bootstrapServers: string
  readonly factory: ProducerFactory
  /** Safe to repeat: a second signal does. */
  stop(): Promise<void>
}

/** @throws ConfigError when librdkafka would not take a `kafka.producer.*`, or not all of them together */
export async function openKafka(loaded: LoadedConfig, log: Log): Promise<Kafka> {
  const { config } = loaded
  const problems = await producerProblems(loaded)
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
export async function producerProblems(loaded: LoadedConfig): Promise<Problem[]> {
  const { config, sources } = loaded
  const faults = propertyFaults(config.producerProperties)
  if (faults.length > 0) return faults.map(({ name, text }) => problemOf(loaded, name, text))
  const names = Object.keys(config.producerProperties)
  const contradiction = await contradictionOf(producerProperties(config, ''), names)
  if (contradiction === undefined) return []
  const { text } = contradiction
  // Who wrote a property is asked to change it, rather than who left one at its default; then the one that is named.
  const weight = (name: string): number => (sources.has(`kafka.producer.${name}`) ? 2 : 0) + Number(text.includes(name))
  const [name] = [...contradiction.names].sort((a, b) => weight(b) - weight(a))
  return [name === undefined ? { key: '', source: 'kafka.producer.*', text } : problemOf(loaded, name, text)]
}

function problemOf({ config, sources, effective }: LoadedConfig, name: string, text: string): Problem {
  const key = `kafka.producer.${name}`
  const value = config.producerProperties[name]!
  const shown = effective.find((entry) => entry.key === key)?.shown ?? value
  return {
    key,
    value: shown,
    source: sources.get(key) ?? 'default',
    text: shown === value ? text.trim() : 'is not valid',
  }
}

function serversOf(config: Config, embedded: EmbeddedBroker | undefined): string {
  return embedded?.bootstrapServers ?? config['kafka.bootstrap.servers'].join(',')
}

function topicCreation(config: Config, bootstrapServers: string, log: Log): TopicCreation | undefined {
  if (!config['kafka.topic.create']) return undefined
  const topics = SIGNALS.map((signal) => config[`kafka.topic.${signal}`])
  return new TopicCreation(topics, (missing) => createTopics(config, bootstrapServers, missing), log)
}
