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
import type { RdkafkaProperties } from './rdkafka-config.ts'

const ERR_QUEUE_FULL = -184
const ERR_MSG_SIZE_TOO_LARGE = 10
const ERR_FATAL = -150
const CLOSE_TIMEOUT_MS = 5000

interface LibrdkafkaError {
  readonly code?: number
  readonly message?: string
}

export function rdkafkaProducerFactory(properties: RdkafkaProperties, connectTimeoutMs: number, log: Log): ProducerFactory {
  return (events) =>
    new Promise((resolve, reject) => {
      // node-rdkafka takes properties out of the object it is given.
      const producer = new Producer({ ...properties } as ConstructorParameters<typeof Producer>[0])
      listen(producer, events, log)
      producer.connect({ timeout: connectTimeoutMs } as Parameters<typeof producer.connect>[0], (error) => {
        if (error) reject(new Error(textOf(error)))
        else resolve(new RdkafkaProducerPort(producer))
      })
    })
}

function listen(producer: RdkafkaProducer, events: ProducerEvents, log: Log): void {
  producer.on('delivery-report', (error: LibrdkafkaError | null, report: { opaque?: number }) => {
    events.delivered(report.opaque ?? -1, error ? textOf(error) : undefined)
  })
  producer.on('event.error', (error: LibrdkafkaError) => {
    if (error.code === ERR_FATAL) events.fatal(textOf(error))
    else events.brokersDown(textOf(error))
  })
  producer.on('event.log', (event: { fac?: string; message?: string }) => {
    log('debug', 'librdkafka', { facility: event.fac, message: event.message })
  })
}

/** librdkafka's text; delivery reports lose its code on the way through node-rdkafka. */
function textOf(error: LibrdkafkaError): string {
  return error.message ?? String(error)
}

class RdkafkaProducerPort implements ProducerPort {
  lastError = ''
  readonly #producer: RdkafkaProducer

  constructor(producer: RdkafkaProducer) {
    this.#producer = producer
  }

  produce(topic: string, payload: Buffer, headers: RecordHeaders, opaque: number): Produced {
    try {
      this.#producer.produce(topic, null, payload, null, undefined, opaque, headers as never)
      return PRODUCED.OK
    } catch (error) {
      const { code } = error as LibrdkafkaError
      if (code === ERR_QUEUE_FULL) return PRODUCED.FULL
      this.lastError = textOf(error as LibrdkafkaError)
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
      this.#producer.disconnect(() => {
        clearTimeout(deadline)
        resolve()
      })
    })
  }
}
