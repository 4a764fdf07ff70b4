/**
 * The truth about every request, from the first byte of its body until its last delivery report.
 *
 * One entry of two cache lines per request number. Line 0 is written by the ingress thread that owns the number (it
 * alone allocates and frees it), line 1 by the main thread, each while the phase says that the request is in its hands;
 * main also writes `generation` when it re-queues. Only `state` changes hands, by compare-and-swap.
 *
 *   0        4            8        12         16              20             24      28
 *   +--------+------------+--------+----------+---------------+--------------+-------+----------+---------+
 *   | state  | generation | signal | protocol | payloadOffset | payloadBytes | items | answered | acked   |  line 0
 *   +--------+------------+--------+----------+---------------+--------------+-------+----------+---------+
 *   64       68           72
 *   +--------+------------+----------+
 *   | outcome| outstanding| attempts |                                                                       line 1
 *   +--------+------------+----------+
 *
 * state = phase (bits 0-7) | slot of the thread that holds the request in that phase (bits 8-15)
 *
 *   FREE -> RECEIVING -> QUEUED -> TAKEN(slot) -> PRODUCING -> SETTLED -> FREE
 *                           ^________|___ worker died, or Kafka failed and the request is sent again
 *
 * P3: the store of QUEUED publishes line 0 and the payload; whoever claims observes it.
 * P5: settling stores the outcome, then SETTLED; the owner may look after it got the number from its outcome ring,
 *     whose write position is the publishing store.
 *
 * `generation` grows at every allocation and every re-queueing, so that a delivery report or an out record of an
 * earlier life of the number is recognised and ignored.
 */
import { assert } from '../base/assert.ts'

export const REQUEST_ENTRY_BYTES = 128
export const REQUEST_ENTRY_WORDS = REQUEST_ENTRY_BYTES / 4

export const PHASE = { FREE: 0, RECEIVING: 1, QUEUED: 2, TAKEN: 3, PRODUCING: 4, SETTLED: 5 } as const
export type Phase = (typeof PHASE)[keyof typeof PHASE]

/** What became of the records of a request. `NONE` while that is open. */
export const OUTCOME = {
  NONE: 0,
  /** Kafka confirmed every record. */
  DELIVERED: 1,
  /** The record would exceed kafka.record.max.bytes, or Kafka says it is too large: never retryable. */
  TOO_LARGE: 2,
  /** Kafka refuses the record for good. */
  REFUSED: 3,
  /** Not confirmed, and not tried again: it may or may not be in Kafka. */
  UNKNOWN: 4,
  /** Given up before it was sent, because its client had already been answered. */
  CANCELLED: 5,
} as const
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME]

const STATE = 0
const GENERATION = 1
const SIGNAL = 2
const PROTOCOL = 3
const PAYLOAD_OFFSET = 4
const PAYLOAD_BYTES = 5
const ITEMS = 6
const ANSWERED = 7
const ACKED = 8
const OUTCOME_WORD = 16
const OUTSTANDING = 17
const ATTEMPTS = 18

const PHASE_MASK = 0xff
const SLOT_SHIFT = 8

/** One view on the table; cheap to create, one per thread. Methods are safe for the threads that their comment names. */
export class RequestTable {
  readonly entryCount: number
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer, tableOffset: number, entryCount: number) {
    this.entryCount = entryCount
    this.#words = new Int32Array(buffer, tableOffset, entryCount * REQUEST_ENTRY_WORDS)
  }

  /** Owner: FREE -> RECEIVING. */
  open(requestNumber: number, signalIndex: number, protocol: number): void {
    const at = requestNumber * REQUEST_ENTRY_WORDS
    const words = this.#words
    assert(words[at + STATE] === PHASE.FREE, 'request opened while in use', requestNumber)
    words[at + GENERATION] = (words[at + GENERATION]! + 1) | 0
    words[at + SIGNAL] = signalIndex
    words[at + PROTOCOL] = protocol
    words[at + PAYLOAD_BYTES] = 0
    words[at + ITEMS] = 0
    words[at + ANSWERED] = 0
    words[at + ACKED] = 0
    words[at + OUTCOME_WORD] = OUTCOME.NONE
    words[at + OUTSTANDING] = 0
    words[at + ATTEMPTS] = 0
    Atomics.store(words, at + STATE, PHASE.RECEIVING)
  }

  /** Owner, while RECEIVING. */
  setPayload(requestNumber: number, payloadOffset: number, payloadBytes: number): void {
    const at = requestNumber * REQUEST_ENTRY_WORDS
    this.#words[at + PAYLOAD_OFFSET] = payloadOffset | 0
    this.#words[at + PAYLOAD_BYTES] = payloadBytes
  }

  /** Owner, while RECEIVING. */
  setItems(requestNumber: number, items: number): void {
    this.#words[requestNumber * REQUEST_ENTRY_WORDS + ITEMS] = items
  }

  /** Owner, or main when it re-queues: -> QUEUED. Must precede the put into the queue. */
  markQueued(requestNumber: number): void {
    Atomics.store(this.#words, requestNumber * REQUEST_ENTRY_WORDS + STATE, PHASE.QUEUED) // P3 publishes line 0 and the payload
  }

  /**
   * Owner, when the put found the queue full: QUEUED -> RECEIVING.
   * @returns false when somebody has claimed it meanwhile: it is on its way, as if the put had succeeded.
   */
  unmarkQueued(requestNumber: number): boolean {
    const at = requestNumber * REQUEST_ENTRY_WORDS + STATE
    return Atomics.compareExchange(this.#words, at, PHASE.QUEUED, PHASE.RECEIVING) === PHASE.QUEUED
  }

  /** Any taker: QUEUED -> TAKEN by `slot`. The one point where a request changes hands. */
  claim(requestNumber: number, slot: number): boolean {
    const at = requestNumber * REQUEST_ENTRY_WORDS + STATE
    const taken = PHASE.TAKEN | (slot << SLOT_SHIFT)
    return Atomics.compareExchange(this.#words, at, PHASE.QUEUED, taken) === PHASE.QUEUED // observes P3
  }

  /** Main: the record is handed to the producer. */
  markProducing(requestNumber: number): void {
    Atomics.store(this.#words, requestNumber * REQUEST_ENTRY_WORDS + STATE, PHASE.PRODUCING)
  }

  /** Main: it holds the request itself, until it queues it again. */
  markTakenByMain(requestNumber: number): void {
    Atomics.store(this.#words, requestNumber * REQUEST_ENTRY_WORDS + STATE, PHASE.TAKEN)
  }

  /** Main: the outcome is final. */
  settle(requestNumber: number, outcome: Outcome): void {
    const at = requestNumber * REQUEST_ENTRY_WORDS
    this.#words[at + OUTCOME_WORD] = outcome
    Atomics.store(this.#words, at + STATE, PHASE.SETTLED) // ordered before P5, which OutcomeRing.put stores
  }

  /** Main: a new life of the request after a dead worker or a failed delivery; reports of the old one are ignored. */
  nextGeneration(requestNumber: number): void {
    const at = requestNumber * REQUEST_ENTRY_WORDS
    this.#words[at + GENERATION] = (this.#words[at + GENERATION]! + 1) | 0
    this.#words[at + OUTSTANDING] = 0
    this.#words[at + ATTEMPTS] = this.#words[at + ATTEMPTS]! + 1
  }

  /** Owner: SETTLED or RECEIVING -> FREE. */
  close(requestNumber: number): void {
    const at = requestNumber * REQUEST_ENTRY_WORDS + STATE
    const phase = this.#words[at]! & PHASE_MASK
    assert(phase === PHASE.SETTLED || phase === PHASE.RECEIVING, 'request closed in phase', phase)
    Atomics.store(this.#words, at, PHASE.FREE)
  }

  /** Owner: the client was answered before the outcome was known (deadline, or gone). */
  markAnswered(requestNumber: number): void {
    Atomics.store(this.#words, requestNumber * REQUEST_ENTRY_WORDS + ANSWERED, 1)
  }

  isAnswered(requestNumber: number): boolean {
    return Atomics.load(this.#words, requestNumber * REQUEST_ENTRY_WORDS + ANSWERED) !== 0
  }

  /** Owner: the client was told "accepted" when the request was queued (otlp.ack=queue). */
  markAcked(requestNumber: number): void {
    Atomics.store(this.#words, requestNumber * REQUEST_ENTRY_WORDS + ACKED, 1)
  }

  isAcked(requestNumber: number): boolean {
    return Atomics.load(this.#words, requestNumber * REQUEST_ENTRY_WORDS + ACKED) !== 0
  }

  /** Main: one more record of this request waits for its delivery report. */
  addOutstanding(requestNumber: number): void {
    this.#words[requestNumber * REQUEST_ENTRY_WORDS + OUTSTANDING]!++
  }

  /** Main: a report is in. @returns how many are still out */
  removeOutstanding(requestNumber: number): number {
    return --this.#words[requestNumber * REQUEST_ENTRY_WORDS + OUTSTANDING]!
  }

  phase(requestNumber: number): Phase {
    return (Atomics.load(this.#words, requestNumber * REQUEST_ENTRY_WORDS + STATE) & PHASE_MASK) as Phase
  }

  /** Slot of the thread that claimed the request; meaningful in phase TAKEN. */
  holder(requestNumber: number): number {
    return Atomics.load(this.#words, requestNumber * REQUEST_ENTRY_WORDS + STATE) >>> SLOT_SHIFT
  }

  generation(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + GENERATION]!
  }

  signal(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + SIGNAL]!
  }

  protocol(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + PROTOCOL]!
  }

  payloadOffset(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + PAYLOAD_OFFSET]! >>> 0
  }

  payloadBytes(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + PAYLOAD_BYTES]!
  }

  items(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + ITEMS]!
  }

  outcome(requestNumber: number): Outcome {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + OUTCOME_WORD] as Outcome
  }

  attempts(requestNumber: number): number {
    return this.#words[requestNumber * REQUEST_ENTRY_WORDS + ATTEMPTS]!
  }
}
