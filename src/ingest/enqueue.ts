/** The way of a complete body into the queue of its signal: scan, count, publish, ring. */
import type { Kernel } from '../otlp/kernel-instance.ts'
import { MAIN_SLOT } from '../shared-memory/layout.ts'
import type { Bell } from '../shared-memory/park.ts'
import { queuePut } from '../shared-memory/queue-put.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { admit } from './admission.ts'
import type { Answers } from './answer.ts'
import type { Bodies } from './bodies.ts'
import { NO_NUMBER } from './numbers.ts'
import type { Tally } from './tally.ts'
import type { IngestInit } from './thread-init.ts'
import { type Responder, VERDICT } from './verdict.ts'

export interface EnqueueParts {
  readonly init: IngestInit
  readonly shared: SharedState
  readonly kernel: Kernel
  readonly bodies: Bodies
  readonly answers: Answers
  readonly tally: Tally
  /** Told of every request that decoded; absent unless somebody listens. */
  readonly onReceived?: ((signalIndex: number, items: number, bytes: number) => void) | undefined
}

/** One per ingest thread. Every verdict it returns is counted; the caller only answers. */
export class Enqueue {
  readonly bodies: Bodies
  readonly answers: Answers
  readonly tally: Tally
  readonly #init: IngestInit
  readonly #shared: SharedState
  readonly #kernel: Kernel
  readonly #onReceived: EnqueueParts['onReceived']
  /** By signal index: who has to take. */
  readonly #bells: readonly Bell[]

  constructor(parts: EnqueueParts) {
    const { control } = parts.shared
    this.bodies = parts.bodies
    this.answers = parts.answers
    this.tally = parts.tally
    this.#init = parts.init
    this.#shared = parts.shared
    this.#kernel = parts.kernel
    this.#onReceived = parts.onReceived
    this.#bells = parts.init.passThrough.map((direct) => (direct ? control.bell(MAIN_SLOT) : control.workBell))
  }

  /** Before the body is read. @returns VERDICT.PENDING, or a refusal, counted */
  admit(signalIndex: number): number {
    const verdict = admit(this.#shared, this.#init, signalIndex)
    if (verdict !== VERDICT.PENDING) this.tally.undecoded(signalIndex, verdict)
    return verdict
  }

  /** A complete body that lies elsewhere. @returns a verdict; PENDING when the responder will be called later */
  submitCopy(signalIndex: number, protocol: number, body: Buffer, responder: Responder): number {
    const requestNumber = this.bodies.open(signalIndex, protocol, body.length)
    if (requestNumber === NO_NUMBER) {
      this.tally.undecoded(signalIndex, VERDICT.MEMORY_FULL)
      return VERDICT.MEMORY_FULL
    }
    this.bodies.write(requestNumber, 0, body)
    return this.submit(requestNumber, responder)
  }

  /** A complete body in its place in the arena. @returns a verdict; PENDING when the responder will be called later */
  submit(requestNumber: number, responder: Responder): number {
    const { requests } = this.#shared
    const signalIndex = requests.signal(requestNumber)
    const bodyBytes = requests.payloadBytes(requestNumber)
    const items = this.#kernel.scan(signalIndex, requests.payloadOffset(requestNumber), bodyBytes, 0, 0)
    if (items < 0) {
      this.tally.undecoded(signalIndex, items)
      this.bodies.release(requestNumber)
      return items
    }
    this.tally.received(signalIndex, items, bodyBytes)
    this.#onReceived?.(signalIndex, items, bodyBytes)
    if (items === 0) {
      // Nothing to store: an empty envelope is a success and no Kafka record.
      this.tally.delivered(signalIndex, 0)
      this.bodies.release(requestNumber)
      return VERDICT.ACCEPTED
    }
    return this.#put(requestNumber, signalIndex, items, bodyBytes, responder)
  }

  #put(requestNumber: number, signalIndex: number, items: number, bodyBytes: number, responder: Responder): number {
    const { requests, heldBytes, queues } = this.#shared
    const { ingestIndex, ackAtQueue, queueCountMax } = this.#init
    requests.setItems(requestNumber, items)
    if (ackAtQueue) requests.markAcked(requestNumber) // before it is visible: main decides by it
    heldBytes.add(ingestIndex, signalIndex, bodyBytes)
    requests.markQueued(requestNumber)
    if (!queuePut(queues[signalIndex]!, requestNumber, queueCountMax) && requests.unmarkQueued(requestNumber)) {
      heldBytes.remove(ingestIndex, signalIndex, bodyBytes)
      this.tally.refused(signalIndex, items, VERDICT.QUEUE_FULL)
      this.bodies.release(requestNumber)
      return VERDICT.QUEUE_FULL
    }
    this.#bells[signalIndex]!.ring()
    if (ackAtQueue) return VERDICT.ACCEPTED
    responder.requestNumber = requestNumber
    this.answers.wait(requestNumber, responder)
    return VERDICT.PENDING
  }
}
