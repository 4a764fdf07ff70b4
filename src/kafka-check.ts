/** What `sluice check` asks Kafka: is it there, do the topics exist, how many partitions and brokers stand behind them. */
import { monotonicMs } from './base/clock.ts'
import type { Config } from './config/options.ts'
import { SIGNALS } from './otlp/signal.ts'
import { type ClusterView, describeCluster } from './produce/cluster.ts'

export interface KafkaFinding {
  /** False stops the check with a non-zero exit. */
  readonly ok: boolean
  /** One line: what was looked at and what was found. */
  readonly text: string
}

const CHECK_TIMEOUT_MS = 5000

/** Connects to Kafka and compares topics with the configuration. Bounded in time; never throws for what Kafka answers. */
export async function checkKafka(config: Config): Promise<readonly KafkaFinding[]> {
  if (config.embeddedBroker) return [{ ok: true, text: 'embedded broker: nothing to connect to' }]
  const servers = config['kafka.bootstrap.servers'].join(',')
  const startedMs = monotonicMs()
  try {
    const cluster = await describeCluster(config, servers, CHECK_TIMEOUT_MS)
    const tookMs = Math.round(monotonicMs() - startedMs)
    return [
      { ok: true, text: `${servers}: ${cluster.brokers.length} broker(s) answered in ${tookMs} ms` },
      ...SIGNALS.map((signal) => topicFinding(config, signal, cluster)),
    ]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [{ ok: false, text: `kafka.bootstrap.servers=${servers}: not reachable: ${reason}` }]
  }
}

function topicFinding(config: Config, signal: (typeof SIGNALS)[number], cluster: ClusterView): KafkaFinding {
  const key = `kafka.topic.${signal}` as const
  const topic = config[key]
  const partitions = cluster.topics.get(topic)
  if (partitions !== undefined) return { ok: true, text: `${key}=${topic}: ${partitions} partition(s)` }
  if (config['kafka.topic.create']) return { ok: true, text: `${key}=${topic}: missing, created at start` }
  return { ok: false, text: `${key}=${topic}: does not exist; create it, or set kafka.topic.create=true` }
}
