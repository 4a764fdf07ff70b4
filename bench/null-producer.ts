/**
 * A producer that takes everything and confirms it in the next turn of the event loop, as librdkafka's reports come:
 * what is left of the figure is the engine without Kafka's client.
 */
import { PRODUCED, type Produced, type ProducerEvents, type ProducerPort } from '../src/produce/producer-port.ts'

export class NullProducer implements ProducerPort {
  readonly lastError = ''
  readonly #events: ProducerEvents
  #unreported: number[] = []
  #scheduled = false
  #closed = false

  constructor(events: ProducerEvents) {
    this.#events = events
  }

  produce(_topic: string, _payload: Buffer, _headers: unknown, opaque: number): Produced {
    this.#unreported.push(opaque)
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.#report())
    }
    return PRODUCED.OK
  }

  poll(): void {}

  probe(_timeoutMs: number, done: (reachable: boolean, detail: string) => void): void {
    setImmediate(done, true, '')
  }

  topicNames(_timeoutMs: number, done: (names: ReadonlySet<string> | undefined) => void): void {
    done(undefined)
  }

  async flush(): Promise<void> {
    this.#report()
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #report(): void {
    const opaques = this.#unreported
    this.#unreported = []
    this.#scheduled = false
    if (this.#closed) return
    for (const opaque of opaques) this.#events.delivered(opaque, undefined)
  }
}
