/**
 * One producer at a time: connects it, again and again while Kafka is absent, and replaces it when librdkafka declares
 * it dead. Everything else asks for `port` and copes with its absence.
 */
import { monotonicMs } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { KafkaHealth } from './kafka-health.ts'
import type { ProducerFactory, ProducerPort } from './producer-port.ts'

const RECONNECT_DELAY_MS = 500

export interface ConnectionOptions {
  readonly factory: ProducerFactory
  readonly bootstrapServers: string
  readonly log: Log
  /** A delivery report of the current producer. Reports of a replaced one are not passed on. */
  onDelivered(opaque: number, error: string | undefined): void
  /** Kafka became reachable or unreachable. */
  onHealth(up: boolean): void
  /** A new producer took over; records of the old one will have no report. */
  onReplaced(): void
  onCreated(): void
}

export class KafkaConnection {
  readonly health: KafkaHealth
  readonly #options: ConnectionOptions
  #port: ProducerPort | undefined
  #instance = 0
  #stopped = false
  #everUp = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.health = new KafkaHealth({
      nowMs: monotonicMs,
      probe: (timeoutMs, done) => {
        if (this.#port) this.#port.probe(timeoutMs, done)
        else done(false, 'no producer')
      },
      changed: (up, detail) => this.#changed(up, detail),
    })
  }

  get port(): ProducerPort | undefined {
    return this.#port
  }

  /** Starts connecting; returns at once. */
  start(): void {
    void this.#connect(++this.#instance)
  }

  /** Ends the producer and stops connecting. What it still holds is lost. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#instance++
    const port = this.#port
    this.#port = undefined
    await port?.close()
  }

  async #connect(instance: number): Promise<void> {
    let told = false
    while (instance === this.#instance) {
      try {
        const port = await this.#options.factory(this.#events(instance))
        if (instance !== this.#instance) {
          await port.close()
          return
        }
        this.#port = port
        this.#options.onCreated()
        this.health.connected()
        return
      } catch (error) {
        if (instance !== this.#instance) return // nobody is to hear of it after the end
        if (!told) this.#unreachable(error instanceof Error ? error.message : String(error))
        told = true
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_DELAY_MS))
      }
    }
  }

  #events(instance: number) {
    const isCurrent = (): boolean => instance === this.#instance
    return {
      delivered: (opaque: number, error: string | undefined): void => {
        if (!isCurrent()) return
        if (error === undefined) this.health.confirmed()
        this.#options.onDelivered(opaque, error)
      },
      brokersDown: (detail: string): void => {
        this.#options.log('debug', 'kafka_event', { detail })
        if (isCurrent()) this.health.suspect()
      },
      fatal: (detail: string): void => {
        if (isCurrent() && !this.#stopped) this.#replace(detail)
      },
    }
  }

  #replace(detail: string): void {
    this.#options.log('warn', 'producer_recreated', { reason: detail })
    const old = this.#port
    this.#port = undefined
    this.health.lost(detail)
    void this.#connect(++this.#instance)
    this.#options.onReplaced()
    void old?.close()
  }

  #changed(up: boolean, detail: string): void {
    if (this.#stopped) return
    const { log, bootstrapServers, onHealth } = this.#options
    onHealth(up)
    if (!up) this.#unreachable(detail)
    else if (this.#everUp) log('info', 'kafka_recovered', { servers: bootstrapServers })
    else log('info', 'kafka_connected', { servers: bootstrapServers })
    this.#everUp ||= up
  }

  #unreachable(detail: string): void {
    this.#options.log('warn', 'kafka_unreachable', { servers: this.#options.bootstrapServers, reason: detail })
  }
}
