/** Every librdkafka property that Sluice sets, with the reason. The user's `kafka.producer.*` come last and win. */
import type { Config } from '../config/options.ts'

/** Copies of payloads in librdkafka: enough to fill the pipe to several brokers, small enough to be no second queue. */
const PRODUCER_QUEUE_KIB = 65_536
/** One batch can hold a record of the largest size and some more; librdkafka's own default cannot. */
const BATCH_BYTES_MIN = 1_000_000
/** A request is answered with 503 at its deadline; what was not sent by then should not arrive long after. */
const EXPIRY_AFTER_DEADLINE_MS = 2000
/** With otlp.ack=queue nobody sends it again: librdkafka keeps trying, and so does the engine. */
const EXPIRY_ACKED_MS = 120_000

export type RdkafkaProperties = Record<string, string | number | boolean>

export function producerProperties(config: Config, bootstrapServers: string): RdkafkaProperties {
  const recordBytesMax = config['kafka.record.max.bytes']
  return {
    'client.id': config.name,
    'message.max.bytes': recordBytesMax + recordOverheadBytes,
    'batch.size': Math.max(BATCH_BYTES_MIN, recordBytesMax),
    'queue.buffering.max.kbytes': Math.max(PRODUCER_QUEUE_KIB, Math.ceil((4 * recordBytesMax) / 1024)),
    'queue.buffering.max.messages': 100_000,
    'message.timeout.ms':
      config['otlp.ack'] === 'queue' ? EXPIRY_ACKED_MS : config['otlp.request.timeout.ms'] + EXPIRY_AFTER_DEADLINE_MS,
    // Sticking to one partition for 10 ms (librdkafka's default) puts more than the five messages in flight that an
    // idempotent producer may have there, and its broker thread then spins until the acknowledgement: 3 to 5 times its CPU
    // at records of 400 kB. A partition a record spreads them; batches of small records stay large by linger.ms.
    'sticky.partitioning.linger.ms': 0,
    // Delivery reports wait behind Nagle's algorithm otherwise.
    'socket.nagle.disable': true,
    'socket.keepalive.enable': true,
    // A broker that comes back is found within a second; the default backs off to ten.
    'reconnect.backoff.ms': 50,
    'reconnect.backoff.max.ms': 1000,
    // Warnings and errors reach the engine as events; librdkafka itself writes nothing to standard error.
    log_level: 3,
    dr_cb: true,
    ...config.producerProperties,
    'bootstrap.servers': bootstrapServers,
  }
}

/** What librdkafka may hold of records that are not confirmed. */
export function producerQueueBytes(config: Config): number {
  return Number(producerProperties(config, '')['queue.buffering.max.kbytes']) * 1024
}

/** Headers, key and framing of a record, which message.max.bytes includes. */
const recordOverheadBytes = 10_000

/**
 * librdkafka's properties of a topic, as far as producers have them. node-rdkafka wants them apart: among the others
 * they are accepted and then lost, because it sets a topic configuration of its own over them.
 */
const TOPIC_PROPERTIES: ReadonlySet<string> = new Set([
  'acks',
  'request.required.acks',
  'request.timeout.ms',
  'message.timeout.ms',
  'delivery.timeout.ms',
  'partitioner',
  'queuing.strategy',
  'produce.offset.report',
  'compression.level',
])

/** librdkafka's properties of a client that only producers have: how they batch, retry and report. */
const PRODUCER_PROPERTIES: ReadonlySet<string> = new Set([
  'transactional.id',
  'transaction.timeout.ms',
  'enable.idempotence',
  'enable.gapless.guarantee',
  'queue.buffering.max.messages',
  'queue.buffering.max.kbytes',
  'queue.buffering.max.ms',
  'linger.ms',
  'message.send.max.retries',
  'retries',
  'queue.buffering.backpressure.threshold',
  'compression.codec',
  'compression.type',
  'batch.num.messages',
  'batch.size',
  'delivery.report.only.error',
  'dr_cb',
  'dr_msg_cb',
  'sticky.partitioning.linger.ms',
])

/** The two arguments of node-rdkafka's Producer. It takes properties out of them: both are copies. */
export function splitProperties(
  all: RdkafkaProperties,
): readonly [client: RdkafkaProperties, topic: RdkafkaProperties] {
  const entries = Object.entries(all)
  return [
    Object.fromEntries(entries.filter(([name]) => !TOPIC_PROPERTIES.has(name))),
    Object.fromEntries(entries.filter(([name]) => TOPIC_PROPERTIES.has(name))),
  ]
}

/** As far as librdkafka looks at them when it creates a client, for one that asks nobody and reports nothing. */
export function offlineProperties(all: RdkafkaProperties): RdkafkaProperties {
  const { 'bootstrap.servers': _servers, dr_cb: _callback, ...rest } = all
  return rest
}

/** A broker inside this process, for the quick start: librdkafka's mock cluster, which real clients can read. */
export function embeddedBrokerProperties(): RdkafkaProperties {
  return { 'test.mock.num.brokers': 1, log_level: 3 }
}

/** Of a client that only asks and creates: what the user says of the connection, in whatever property it is said. */
export function adminProperties(config: Config, bootstrapServers: string): RdkafkaProperties {
  const own = Object.entries(config.producerProperties).filter(
    ([name]) => !TOPIC_PROPERTIES.has(name) && !PRODUCER_PROPERTIES.has(name),
  )
  return { 'client.id': config.name, ...Object.fromEntries(own), 'bootstrap.servers': bootstrapServers }
}

/** How long librdkafka waits for more records before it sends. */
export function lingerMs(config: Config): number {
  return Number(config.producerProperties['linger.ms'] ?? 0)
}
