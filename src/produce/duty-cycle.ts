/**
 * The main thread's duty cycle: out rings and pass-through queues into the producer, delivery reports back.
 *
 * - Each source gets at most BATCH records a cycle, in turn, so that none starves another.
 * - A producer without room, or none at all, stops the cycle where it stands: records wait in their rings, serializers
 *   wait for the rings, queues fill, ingress refuses. No stage has a buffer of its own for this. Requests whose client
 *   was answered meanwhile leave even so: a drain does not wait for a Kafka that is not there.
 * - While the engine drains nothing lingers: a linger.ms longer than the drain would lose what is ready to be sent.
 * - Waiting ends with the bell, with the ticker at the latest, and while reports are out (librdkafka reports only when
 *   polled) with the poll timer.
 */
import { ENGINE_STATE } from '../shared-memory/control-block.ts'
import { MAIN_SLOT, serializerSlot } from '../shared-memory/layout.ts'
import { type OutRingReader, RECORD_KIND } from '../shared-memory/out-ring.ts'
import { NOTHING } from '../shared-memory/queue-descriptor.ts'
import { queueTake } from '../shared-memory/queue-take.ts'
import { OUTCOME, PHASE } from '../shared-memory/request-table.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { KafkaConnection } from './connection.ts'
import type { Delivery } from './delivery.ts'
import type { ProducerPort } from './producer-port.ts'

const BATCH = 32
const TICK_MS = 100
/** One flush after the other while there is something to send: none outlives the drain, whose deadline may move, by more. */
const FLUSH_MS = 500

export interface DutySettings {
  /** By signal: the request's own bytes are the record, no serializer needed. */
  readonly passThrough: readonly boolean[]
  /** How long a delivery report may wait to be fetched. */
  readonly pollIntervalMs: number
}

export class DutyCycle {
  readonly #shared: SharedState
  readonly #connection: KafkaConnection
  readonly #delivery: Delivery
  readonly #settings: DutySettings
  readonly #readers: OutRingReader[]
  readonly #claim: (requestNumber: number) => boolean
  /** A pass-through request that was taken when the producer had no room. */
  #held = NOTHING
  #running = false
  #isFlushing = false
  /** One wait at a time: a timed one leaves its timer behind each time the bell rings first. The ticker is its bound. */
  #isWaiting = false
  #ticker: NodeJS.Timeout | undefined
  /** At most one, whoever started the cycle. */
  #immediate: NodeJS.Immediate | undefined
  /** Made once, started again while reports are out. */
  #pollTimer: NodeJS.Timeout | undefined

  constructor(shared: SharedState, connection: KafkaConnection, delivery: Delivery, settings: DutySettings) {
    this.#shared = shared
    this.#connection = connection
    this.#delivery = delivery
    this.#settings = settings
    this.#readers = shared.layout.outRingOffsets.map((_, serializer) => shared.outRingReader(serializer))
    this.#claim = (requestNumber) => shared.requests.claim(requestNumber, MAIN_SLOT)
  }

  start(): void {
    this.#running = true
    // Referenced: it keeps the event loop alive, which a pending wait does not.
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    this.#pollTimer = setTimeout(this.#cycle, this.#settings.pollIntervalMs)
    this.#cycle()
  }

  stop(): void {
    this.#running = false
    clearInterval(this.#ticker)
    clearTimeout(this.#pollTimer)
    this.#shared.control.bell(MAIN_SLOT).ringAll()
  }

  readonly #cycle = (): void => {
    if (!this.#running) return
    const bell = this.#shared.control.bell(MAIN_SLOT)
    const seen = bell.sequence() // before looking for work: see park.ts
    const port = this.#connection.port
    const count = this.#doWork(port)
    port?.poll()
    if (count > 0) {
      this.#immediate ??= setImmediate(this.#next)
      return
    }
    if (this.#delivery.outstanding > 0) this.#pollTimer?.refresh()
    if (this.#isWaiting) return
    this.#isWaiting = true
    bell.waitAsync(seen, Number.POSITIVE_INFINITY, this.#woken)
  }

  readonly #next = (): void => {
    this.#immediate = undefined
    this.#cycle()
  }

  readonly #woken = (): void => {
    this.#isWaiting = false
    this.#cycle()
  }

  #tick(): void {
    this.#shared.control.beat(MAIN_SLOT)
    this.#connection.health.tick(this.#delivery.outstanding)
    this.#delivery.tick()
    this.#cycle()
    if (this.#shared.control.engineState === ENGINE_STATE.DRAINING) void this.#flush()
  }

  async #flush(): Promise<void> {
    const { port } = this.#connection
    if (this.#isFlushing || port === undefined || this.#delivery.outstanding === 0) return
    this.#isFlushing = true
    await port.flush(FLUSH_MS)
    this.#isFlushing = false
  }

  /** @returns how many records were dealt with */
  #doWork(port: ProducerPort | undefined): number {
    let count = 0
    for (let serializer = 0; serializer < this.#readers.length; serializer++) count += this.#drainRing(port, serializer)
    for (let signal = 0; signal < this.#settings.passThrough.length; signal++) {
      if (this.#settings.passThrough[signal]) count += this.#drainQueue(port, signal)
    }
    return count
  }

  #drainRing(port: ProducerPort | undefined, serializer: number): number {
    const reader = this.#readers[serializer]!
    const slot = serializerSlot(this.#shared.layout, serializer)
    let count = 0
    while (count < BATCH && reader.next()) {
      if (this.#isCurrent(reader, slot) && !this.#handle(port, reader)) break
      reader.release()
      count++
    }
    if (count > 0) this.#shared.control.bell(slot).ring()
    return count
  }

  /** Not the record of a request's earlier life, written by a serializer that died since. */
  #isCurrent(reader: OutRingReader, slot: number): boolean {
    const { requests } = this.#shared
    const { requestNumber, generation } = reader
    return (
      requests.generation(requestNumber) === generation &&
      requests.phase(requestNumber) === PHASE.TAKEN &&
      requests.holder(requestNumber) === slot
    )
  }

  /** @returns false when the producer has no room */
  #handle(port: ProducerPort | undefined, reader: OutRingReader): boolean {
    const { requestNumber } = reader
    switch (reader.kind) {
      case RECORD_KIND.RECORD:
        return this.#delivery.send(port, requestNumber, reader.payloadOffset, reader.payloadBytes)
      case RECORD_KIND.FROM_ARENA:
        return this.#sendFromArena(port, requestNumber)
      case RECORD_KIND.TOO_LARGE:
        this.#delivery.settle(requestNumber, OUTCOME.TOO_LARGE)
        return true
      case RECORD_KIND.CANCELLED:
        this.#delivery.settle(requestNumber, OUTCOME.CANCELLED)
        return true
      default:
        this.#delivery.unserializable(requestNumber)
        return true
    }
  }

  #drainQueue(port: ProducerPort | undefined, signal: number): number {
    const queue = this.#shared.queues[signal]!
    for (let count = 0; count < BATCH; count++) {
      if (this.#held === NOTHING) this.#held = queueTake(queue, this.#claim)
      if (this.#held === NOTHING || !this.#sendFromArena(port, this.#held)) return count
      this.#held = NOTHING
    }
    return BATCH
  }

  #sendFromArena(port: ProducerPort | undefined, requestNumber: number): boolean {
    const { requests } = this.#shared
    if (!this.#settings.passThrough[requests.signal(requestNumber)]) {
      // Claimed through a cell of its earlier life, in another signal's queue (queue-descriptor.ts): not for this thread.
      this.#delivery.putBack(requestNumber)
      return true
    }
    return this.#delivery.send(
      port,
      requestNumber,
      requests.payloadOffset(requestNumber),
      requests.payloadBytes(requestNumber),
    )
  }
}
