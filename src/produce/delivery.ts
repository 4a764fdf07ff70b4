/**
 * The main thread's part of a request's life: TAKEN -> PRODUCING -> SETTLED, or back to QUEUED.
 *
 * - A delivery report names its request by number and generation (the opaque); a report of an earlier life is ignored.
 * - The body stays in its arena until the request is settled, so whatever fails can be serialized and sent again.
 * - A request that kills one serializer after the other is given up: replacing threads does not mend it.
 * - A request whose client was answered with 503 at the deadline is not sent any more: the client sends it again.
 */
import { monotonicMs } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { SIGNAL_COUNT, SIGNALS } from '../otlp/signal.ts'
import { type Counters, counterCell } from '../shared-memory/counters.ts'
import { ingestSlot, MAIN_SLOT, serializerSlot } from '../shared-memory/layout.ts'
import type { OutcomeRing } from '../shared-memory/outcome-ring.ts'
import { REQUEST_NUMBER_MAX } from '../shared-memory/queue-descriptor.ts'
import { queuePut } from '../shared-memory/queue-put.ts'
import { OUTCOME, type Outcome, PHASE } from '../shared-memory/request-table.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { deliveryVerdict, isUnknownTopic } from './kafka-errors.ts'
import { PRODUCED, type ProducerPort } from './producer-port.ts'
import { type RecordFormat, SignalHeaders } from './record-headers.ts'
import { RetryList } from './retry-list.ts'
import { committedRequests, DEATHS_MAX, Suspects } from './suspects.ts'

const GENERATION_FACTOR = REQUEST_NUMBER_MAX + 1
/** Nobody waits longer than the request deadline, so a handful of tries is plenty; acknowledged requests are tried on. */
const ATTEMPTS_MAX = 5
/** A bug that hits one request hits many: one line an interval says it. */
const FAULT_LOG_INTERVAL_MS = 10_000

export interface DeliverySettings {
  readonly topics: readonly string[]
  readonly formats: readonly RecordFormat[]
  readonly recordBytesMax: number
  readonly log: Log
  /** The topic of this signal may not be there. */
  readonly topicUnknown?: (signal: number) => void
}

export class Delivery {
  /** Records handed to the producer whose report is not in. */
  outstanding = 0
  readonly #shared: SharedState
  readonly #settings: DeliverySettings
  readonly #counters: Counters
  readonly #outcomeRings: OutcomeRing[]
  readonly #headers: SignalHeaders[]
  readonly #retries = new RetryList()
  readonly #suspects = new Suspects()
  #unserializableCount = 0
  #faultLogMs = Number.NEGATIVE_INFINITY
  readonly #producedRecords = perSignalCells('produced_records')
  readonly #producedBytes = perSignalCells('produced_bytes')
  readonly #deliveryErrors = perSignalCells('delivery_errors')
  readonly #retried = perSignalCells('retried_requests')
  readonly #producerFull = counterCell('producer_queue_full')

  constructor(shared: SharedState, settings: DeliverySettings) {
    this.#shared = shared
    this.#settings = settings
    this.#counters = shared.counters(MAIN_SLOT)
    this.#outcomeRings = shared.layout.outcomeRingOffsets.map((_, ingest) => shared.outcomeRing(ingest))
    this.#headers = settings.formats.map((format, signal) => new SignalHeaders(signal, format))
  }

  /**
   * Hands the record of a request that is TAKEN to the producer.
   * @param port undefined while there is no producer: what needs none is settled all the same
   * @returns false when the producer has no room; the request is still TAKEN then
   */
  send(port: ProducerPort | undefined, requestNumber: number, payloadOffset: number, payloadBytes: number): boolean {
    const { requests, bytes } = this.#shared
    if (this.isAbandoned(requestNumber)) {
      this.settle(requestNumber, OUTCOME.CANCELLED)
      return true
    }
    if (payloadBytes > this.#settings.recordBytesMax) {
      this.settle(requestNumber, OUTCOME.TOO_LARGE)
      return true
    }
    if (port === undefined) return false
    const signal = requests.signal(requestNumber)
    const opaque = (requests.generation(requestNumber) >>> 0) * GENERATION_FACTOR + requestNumber
    const headers = this.#headers[signal]!.withItems(requests.items(requestNumber))
    const payload = bytes.subarray(payloadOffset, payloadOffset + payloadBytes)
    const produced = port.produce(this.#settings.topics[signal]!, payload, headers, opaque)
    if (produced === PRODUCED.FULL) {
      this.#counters.add(this.#producerFull, 1)
      return false
    }
    if (produced === PRODUCED.OK) {
      requests.markProducing(requestNumber)
      requests.addOutstanding(requestNumber)
      this.outstanding++
      this.#counters.add(this.#producedBytes[signal]!, payloadBytes)
    } else if (produced === PRODUCED.TOO_LARGE) this.settle(requestNumber, OUTCOME.TOO_LARGE)
    else {
      if (isUnknownTopic(port.lastError)) this.#settings.topicUnknown?.(signal)
      this.#failed(requestNumber, signal)
    }
    return true
  }

  /** A report of the current producer. */
  delivered(opaque: number, error: string | undefined): void {
    this.outstanding--
    const { requests } = this.#shared
    const requestNumber = opaque % GENERATION_FACTOR
    const generation = Math.floor(opaque / GENERATION_FACTOR) | 0
    if (requests.generation(requestNumber) !== generation || requests.phase(requestNumber) !== PHASE.PRODUCING) return
    const signal = requests.signal(requestNumber)
    if (error !== undefined) {
      this.#counters.add(this.#deliveryErrors[signal]!, 1)
      if (isUnknownTopic(error)) this.#settings.topicUnknown?.(signal)
      const verdict = deliveryVerdict(error)
      if (verdict === 'retry') this.#failed(requestNumber, signal)
      else this.settle(requestNumber, verdict === 'too_large' ? OUTCOME.TOO_LARGE : OUTCOME.REFUSED)
      return
    }
    this.#counters.add(this.#producedRecords[signal]!, 1)
    if (requests.removeOutstanding(requestNumber) === 0) this.settle(requestNumber, OUTCOME.DELIVERED)
  }

  /** The outcome is final: the owner answers, and frees the body. */
  settle(requestNumber: number, outcome: Outcome): void {
    const owner = this.#shared.ownerOf(requestNumber)
    this.#shared.requests.settle(requestNumber, outcome)
    this.#outcomeRings[owner]!.put(requestNumber)
    this.#shared.control.bell(ingestSlot(owner)).ring()
  }

  /** Its client has been answered with an error already, and nobody was promised anything. */
  isAbandoned(requestNumber: number): boolean {
    const { requests } = this.#shared
    return requests.isAnswered(requestNumber) && !requests.isAcked(requestNumber)
  }

  /** Calls `found` for each signal that has records without a report. */
  eachWaitingSignal(found: (signal: number) => void): void {
    const { requests } = this.#shared
    const seen = new Set<number>()
    for (let requestNumber = 0; requestNumber < requests.entryCount; requestNumber++) {
      if (requests.phase(requestNumber) === PHASE.PRODUCING) seen.add(requests.signal(requestNumber))
    }
    seen.forEach(found)
  }

  /** To be called a few times a second: sends due retries again. */
  tick(): void {
    this.#retries.run(monotonicMs(), (requestNumber) => this.#putAgain(requestNumber))
  }

  /** The producer was replaced: everything it held is serialized and sent again. */
  producerReplaced(): void {
    this.outstanding = 0
    this.#requeueWhere((phase) => phase === PHASE.PRODUCING)
  }

  /** A serializer died: what it had claimed goes back into the queue. Its committed but unread records turn stale. */
  serializerDied(serializerIndex: number): void {
    const { requests, layout } = this.#shared
    const slot = serializerSlot(layout, serializerIndex)
    const committed = committedRequests(this.#shared.outRingReader(serializerIndex))
    this.#requeueWhere((phase, requestNumber) => {
      if (phase !== PHASE.TAKEN || requests.holder(requestNumber) !== slot) return false
      const generation = requests.generation(requestNumber)
      if (committed.get(requestNumber) === generation) return true
      if (this.#suspects.mayTryAgain(requestNumber, generation)) return true
      this.#giveUp(requestNumber)
      return false
    })
  }

  /** The kernel took the body at the scan and not now: a fault of ours, and its client may try another engine. */
  unserializable(requestNumber: number): void {
    this.#unserializableCount++
    const nowMs = monotonicMs()
    if (nowMs - this.#faultLogMs >= FAULT_LOG_INTERVAL_MS) {
      const signal = SIGNALS[this.#shared.requests.signal(requestNumber)]!
      this.#settings.log('error', 'request_unserializable', { signal, count: this.#unserializableCount })
      this.#faultLogMs = nowMs
      this.#unserializableCount = 0
    }
    this.settle(requestNumber, OUTCOME.UNKNOWN)
  }

  #giveUp(requestNumber: number): void {
    const { requests } = this.#shared
    const signal = SIGNALS[requests.signal(requestNumber)]!
    const items = requests.items(requestNumber)
    const bytes = requests.payloadBytes(requestNumber)
    this.#settings.log('error', 'request_kills_serializers', { signal, items, bytes, deaths: DEATHS_MAX })
    this.settle(requestNumber, OUTCOME.UNKNOWN)
  }

  #requeueWhere(matches: (phase: number, requestNumber: number) => boolean): void {
    const { requests } = this.#shared
    for (let requestNumber = 0; requestNumber < requests.entryCount; requestNumber++) {
      if (matches(requests.phase(requestNumber), requestNumber))
        this.#again(requestNumber, requests.signal(requestNumber))
    }
  }

  /** Puts a request that is TAKEN back into its queue after a pause. */
  putBack(requestNumber: number): void {
    this.#again(requestNumber, this.#shared.requests.signal(requestNumber))
  }

  /** Kafka did not take it this time. */
  #failed(requestNumber: number, signal: number): void {
    const { requests } = this.#shared
    const gaveUp = this.isAbandoned(requestNumber) || requests.attempts(requestNumber) >= ATTEMPTS_MAX
    if (gaveUp && !requests.isAcked(requestNumber)) this.settle(requestNumber, OUTCOME.UNKNOWN)
    else this.#again(requestNumber, signal)
  }

  #again(requestNumber: number, signal: number): void {
    const { requests } = this.#shared
    requests.nextGeneration(requestNumber)
    requests.markTakenByMain(requestNumber)
    this.#counters.add(this.#retried[signal]!, 1)
    this.#retries.add(requestNumber, requests.attempts(requestNumber), monotonicMs())
  }

  #putAgain(requestNumber: number): boolean {
    const { requests, queues, layout, control } = this.#shared
    requests.markQueued(requestNumber)
    // Beyond the configured limit, up to the ring's own size: these requests were admitted before.
    const put = queuePut(queues[requests.signal(requestNumber)]!, requestNumber, layout.queueCapacity)
    if (!put && requests.unmarkQueued(requestNumber)) {
      requests.markTakenByMain(requestNumber)
      return false
    }
    control.workBell.ring()
    control.bell(MAIN_SLOT).ring()
    return true
  }
}

function perSignalCells(name: Parameters<typeof counterCell>[0]): number[] {
  return Array.from({ length: SIGNAL_COUNT }, (_, signal) => counterCell(name, signal))
}
