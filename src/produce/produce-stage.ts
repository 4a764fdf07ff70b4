/** The stage as the engine sees it: connection, delivery and duty cycle, wired together. */
import type { Log } from '../base/log.ts'
import type { Config } from '../config/options.ts'
import { KAFKA_STATE, THREAD_STATE } from '../shared-memory/control-block.ts'
import { type Counters, counterCell } from '../shared-memory/counters.ts'
import { MAIN_SLOT, serializerSlot } from '../shared-memory/layout.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { KafkaConnection } from './connection.ts'
import { Delivery } from './delivery.ts'
import { DutyCycle } from './duty-cycle.ts'
import type { ProducerFactory } from './producer-port.ts'
import { lingerMs } from './rdkafka-config.ts'
import type { RecordFormat } from './record-headers.ts'
import { TopicWatch } from './topic-watch.ts'

/** Fetching reports costs a turn of the event loop; waiting for a linger of milliseconds hides a millisecond more. */
const POLL_INTERVAL_MS = 2
const POLL_INTERVAL_MS_NO_LINGER = 1
const TOPIC_INTERVAL_MS = 500

export interface ProduceStageOptions {
  readonly shared: SharedState
  readonly config: Config
  readonly formats: readonly RecordFormat[]
  readonly passThrough: readonly boolean[]
  readonly topics: readonly string[]
  readonly bootstrapServers: string
  readonly factory: ProducerFactory
  readonly log: Log
}

export class ProduceStage {
  readonly #shared: SharedState
  readonly #counters: Counters
  readonly #connection: KafkaConnection
  readonly #delivery: Delivery
  readonly #duty: DutyCycle
  readonly #topicWatch: TopicWatch
  #topicTimer: NodeJS.Timeout | undefined

  constructor(options: ProduceStageOptions) {
    const { shared, config, formats, topics, passThrough } = options
    this.#shared = shared
    this.#counters = shared.counters(MAIN_SLOT)
    const recordBytesMax = config['kafka.record.max.bytes']
    this.#topicWatch = new TopicWatch({
      topics,
      log: options.log,
      onChange: (missing) => {
        shared.control.missingTopics = missing
      },
    })
    const topicUnknown = (signal: number): void => this.#topicWatch.suspect(signal)
    this.#delivery = new Delivery(shared, { topics, formats, recordBytesMax, log: options.log, topicUnknown })
    this.#connection = new KafkaConnection({
      factory: options.factory,
      bootstrapServers: options.bootstrapServers,
      log: options.log,
      onDelivered: (opaque, error) => this.#delivery.delivered(opaque, error),
      onHealth: (up) => {
        shared.control.kafkaState = up ? KAFKA_STATE.UP : KAFKA_STATE.DOWN
        if (!up) this.#delivery.eachWaitingSignal(topicUnknown)
      },
      onReplaced: () => this.#delivery.producerReplaced(),
      onCreated: () => this.#counters.add(counterCell('producers_created'), 1),
    })
    const pollIntervalMs = lingerMs(config) > 0 ? POLL_INTERVAL_MS : POLL_INTERVAL_MS_NO_LINGER
    this.#duty = new DutyCycle(shared, this.#connection, this.#delivery, { passThrough, pollIntervalMs })
  }

  get kafkaUp(): boolean {
    return this.#connection.health.up
  }

  start(): void {
    this.#connection.start()
    this.#duty.start()
    this.#topicTimer = setInterval(() => this.#topicWatch.tick(this.#connection.port), TOPIC_INTERVAL_MS)
  }

  serializerDied(serializerIndex: number): void {
    const slot = serializerSlot(this.#shared.layout, serializerIndex)
    this.#counters.add(counterCell('serializers_replaced'), 1)
    this.#shared.control.setThreadState(slot, THREAD_STATE.FAILED)
    this.#delivery.serializerDied(serializerIndex)
  }

  async stop(): Promise<void> {
    this.#duty.stop()
    clearInterval(this.#topicTimer)
    await this.#connection.stop()
  }
}
