/** The producer port over node-rdkafka. */
import type { Log } from '../base/log.ts'
import {
  PRODUCED,
  type Produced,
  type ProducerEvents,
  type ProducerFactory,
  type ProducerPort,
  type RecordHeaders,
} from './producer-port.ts'
import { Producer, type RdkafkaProducer } from './rdkafka.ts'
import { type RdkafkaProperties, splitProperties } from './rdkafka-config.ts'

const ERR_QUEUE_FULL = -184
const ERR_MSG_SIZE_TOO_LARGE = 10
const ERR_FATAL = -150
/** What its event says, as textOf gives it. */
const FATAL_TEXT = 'local: fatal error'
const CLOSE_TIMEOUT_MS = 5000
/** node-rdkafka flushes for 5 s before it disconnects; the engine has drained by then, or its deadline is over. */
const LAST_FLUSH_MS = 50

/** The code is -1 in events and delivery reports: node-rdkafka makes these errors from texts. */
interface LibrdkafkaError {
  readonly code?: number
  readonly message?: string
  readonly origin?: string
}

export function rdkafkaProducerFactory(
  properties: RdkafkaProperties,
  connectTimeoutMs: number,
  log: Log,
): ProducerFactory {
  return (events) =>
    new Promise((resolve, reject) => {
      const [client, topic] = splitProperties(properties)
      const producer = new Producer(client as ConstructorParameters<typeof Producer>[0], topic)
      listen(producer, events, log)
      producer.connect({ timeout: connectTimeoutMs } as Parameters<typeof producer.connect>[0], (error) => {
        if (error) reject(new Error(textOf(error)))
        else resolve(new RdkafkaProducerPort(producer, events))
      })
    })
}

function listen(producer: RdkafkaProducer, events: ProducerEvents, log: Log): void {
  producer.on('delivery-report', (error: LibrdkafkaError | null, report: { opaque?: number }) => {
    events.delivered(report.opaque ?? -1, error ? textOf(error) : undefined)
  })
  producer.on('event.error', (error: LibrdkafkaError) => {
    const text = textOf(error)
    if (text === FATAL_TEXT) events.fatal(text)
    else events.brokersDown(text)
  })
  producer.on('event.log', (event: { fac?: string; message?: string }) => {
    log('debug', 'librdkafka', { facility: event.fac, message: event.message })
  })
}

/** librdkafka's own text in lower case: node-rdkafka cuts it at the colon ("Broker: Message size too large"). */
function textOf({ origin, message }: LibrdkafkaError): string {
  const text = message ?? 'unknown error'
  return (origin === 'local' || origin === 'broker' ? `${origin}: ${text}` : text).toLowerCase()
}

class RdkafkaProducerPort implements ProducerPort {
  lastError = ''
  readonly #producer: RdkafkaProducer
  readonly #events: ProducerEvents

  constructor(producer: RdkafkaProducer, events: ProducerEvents) {
    this.#producer = producer
    this.#events = events
  }

  produce(topic: string, payload: Buffer, headers: RecordHeaders, opaque: number): Produced {
    try {
      this.#producer.produce(topic, null, payload, null, undefined, opaque, headers as never)
      return PRODUCED.OK
    } catch (error) {
      const { code } = error as LibrdkafkaError
      if (code === ERR_QUEUE_FULL) return PRODUCED.FULL
      this.lastError = textOf(error as LibrdkafkaError)
      // Its event may have been lost; replaced in a later turn, since the caller is at work with this port.
      if (code === ERR_FATAL) setImmediate(() => this.#events.fatal(this.lastError))
      return code === ERR_MSG_SIZE_TOO_LARGE ? PRODUCED.TOO_LARGE : PRODUCED.FAILED
    }
  }

  poll(): void {
    if (this.#producer.isConnected()) this.#producer.poll()
  }

  probe(timeoutMs: number, done: (reachable: boolean, detail: string) => void): void {
    this.#producer.getMetadata({ timeout: timeoutMs }, (error) => {
      done(!error, error ? textOf(error) : '')
    })
  }

  topicNames(timeoutMs: number, done: (names: ReadonlySet<string> | undefined) => void): void {
    this.#producer.getMetadata({ timeout: timeoutMs, allTopics: true }, (error, metadata) => {
      done(error ? undefined : new Set(metadata.topics.map(({ name }) => name)))
    })
  }

  flush(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      try {
        this.#producer.flush(timeoutMs, () => resolve())
      } catch {
        // Not connected any more: there is nothing to flush.
        resolve()
      }
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const deadline = setTimeout(resolve, CLOSE_TIMEOUT_MS)
      const closed = (): void => {
        clearTimeout(deadline)
        resolve()
      }
      try {
        this.#producer.disconnect(LAST_FLUSH_MS, closed)
      } catch {
        // Closed before.
        closed()
      }
    })
  }
}
