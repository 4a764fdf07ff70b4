/** The way of a complete body into the queue of its signal: scan, count, publish, ring. */
import { type Kernel, kernelErrorText } from '../otlp/kernel-instance.ts'
import { MAIN_SLOT } from '../shared-memory/layout.ts'
import type { Bell } from '../shared-memory/park.ts'
import { queuePut } from '../shared-memory/queue-put.ts'
import { PHASE } from '../shared-memory/request-table.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { admit } from './admission.ts'
import type { Answers } from './answer.ts'
import type { Bodies } from './bodies.ts'
import type { CollectBudget } from './collected.ts'
import type { Inflater } from './inflater.ts'
import { JsonIntake } from './json-intake.ts'
import { mistakeText } from './mistaken-body.ts'
import type { Receiving } from './receiving.ts'
import { answerWith, type Remark, type Remarks } from './remarks.ts'
import type { RetryPace } from './retry-pace.ts'
import { Screening } from './screening.ts'
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
  readonly receiving: Receiving
  readonly collectBudget: CollectBudget
  readonly retryPace: RetryPace
  readonly inflater: Inflater
  /** Told of every request that decoded; absent unless somebody listens. */
  readonly onReceived?: ((signalIndex: number, items: number, bytes: number) => void) | undefined
}

/**
 * OTLP/JSON is 2 to 2.5 times its protobuf for what clients really send. A request that might exceed the largest record
 * is not acknowledged before that is known: Kafka would never get it.
 */
const JSON_GROWTH = 3

/** One per ingest thread. Every verdict it returns is counted; the caller only answers. */
export class Enqueue {
  readonly bodies: Bodies
  readonly answers: Answers
  readonly tally: Tally
  readonly receiving: Receiving
  readonly collectBudget: CollectBudget
  readonly retryPace: RetryPace
  readonly inflater: Inflater
  /** Of an Export response. */
  readonly responseBytesMax: number
  readonly #init: IngestInit
  readonly #shared: SharedState
  readonly #kernel: Kernel
  readonly #onReceived: EnqueueParts['onReceived']
  /** By signal index: who has to take. */
  readonly #bells: readonly Bell[]
  /** By signal index: a body above it is no record that Kafka takes. */
  readonly #bodyBytesMax: readonly number[]
  /** A request above it is looked at item by item; -1 = every one. */
  readonly #plainBytesMax: number
  readonly #screening: Screening
  readonly #json: JsonIntake
  readonly #remarks: Remarks
  /** By signal index: up to here a request is acknowledged when it is queued. */
  readonly #ackBytesMax: readonly number[]

  constructor(parts: EnqueueParts) {
    const { control } = parts.shared
    const { passThrough, recordBytesMax, ackAtQueue } = parts.init
    this.bodies = parts.bodies
    this.answers = parts.answers
    this.tally = parts.tally
    this.receiving = parts.receiving
    this.collectBudget = parts.collectBudget
    this.retryPace = parts.retryPace
    this.inflater = parts.inflater
    this.responseBytesMax = parts.init.responseBytesMax
    this.#init = parts.init
    this.#shared = parts.shared
    this.#kernel = parts.kernel
    this.#onReceived = parts.onReceived
    this.#plainBytesMax = parts.init.validation === 'strict' ? -1 : recordBytesMax
    this.#remarks = parts.answers.remarks
    this.#screening = new Screening({
      ...parts,
      remarks: parts.answers.remarks,
      validation: parts.init.validation,
      itemBytesMax: recordBytesMax,
    })
    this.#json = new JsonIntake({
      ...parts,
      requestBytesMax: parts.init.requestBytesMax,
      isLenient: parts.init.jsonLenient,
    })
    this.#bells = passThrough.map((direct) => (direct ? control.bell(MAIN_SLOT) : control.workBell))
    this.#bodyBytesMax = passThrough.map((direct) => (direct ? recordBytesMax : Number.POSITIVE_INFINITY))
    this.#ackBytesMax = passThrough.map((direct) => {
      if (!ackAtQueue) return -1
      return direct ? recordBytesMax : recordBytesMax / JSON_GROWTH
    })
  }

  /** Before the body is read. @returns VERDICT.PENDING, or a refusal, counted */
  admit(signalIndex: number): number {
    const verdict = admit(this.#shared, this.#init, signalIndex)
    if (verdict !== VERDICT.PENDING) this.tally.undecoded(signalIndex, verdict)
    return verdict
  }

  /** A complete body that lies elsewhere. @returns a verdict; PENDING when the responder is called instead, now or later */
  submitCopy(signalIndex: number, protocol: number, body: Buffer, responder: Responder): number {
    const requestNumber = this.#copy(signalIndex, protocol, body)
    return requestNumber < 0 ? -requestNumber : this.submit(requestNumber, responder)
  }

  /** The same for a body of OTLP/JSON. */
  submitJsonCopy(signalIndex: number, protocol: number, text: Buffer, responder: Responder): number {
    const requestNumber = this.#copy(signalIndex, protocol, text)
    return requestNumber < 0 ? -requestNumber : this.submitJson(requestNumber, responder)
  }

  /** @returns a request number, or a verdict, negated */
  #copy(signalIndex: number, protocol: number, body: Buffer): number {
    const requestNumber = this.bodies.open(signalIndex, protocol, body.length)
    if (requestNumber < 0) {
      this.tally.undecoded(signalIndex, -requestNumber)
      return requestNumber
    }
    try {
      this.bodies.write(requestNumber, 0, body)
    } catch (error) {
      this.abandon(requestNumber)
      throw error
    }
    return requestNumber
  }

  /** The answer to this request, which is not submitted yet, will carry a warning. */
  warn(requestNumber: number, text: string): void {
    this.#remarks.warn(requestNumber, text)
    this.tally.warned(this.#shared.requests.signal(requestNumber))
  }

  /**
   * A complete body in its place in the arena.
   *
   * @returns a verdict; PENDING when the responder is called instead, now or later
   * @throws only what is a bug of ours; the request is counted and holds nothing then, unless somebody else has it
   */
  submit(requestNumber: number, responder: Responder): number {
    try {
      return this.#submit(requestNumber, responder)
    } catch (error) {
      this.abandon(requestNumber)
      throw error
    }
  }

  /** A complete body of OTLP/JSON in its place in the arena; as submit. */
  submitJson(requestNumber: number, responder: Responder): number {
    try {
      const verdict = this.#json.decode(requestNumber)
      if (verdict !== VERDICT.PENDING) return this.#refuseJson(requestNumber, verdict, responder)
      const warning = this.#json.warning(requestNumber)
      if (warning !== undefined) this.warn(requestNumber, warning)
    } catch (error) {
      this.abandon(requestNumber)
      throw error
    }
    return this.submit(requestNumber, responder)
  }

  #refuseJson(requestNumber: number, verdict: number, responder: Responder): number {
    const text = verdict === VERDICT.BAD_BODY ? this.#json.faultText(requestNumber) : undefined
    const mistake = text === undefined ? '' : this.#mistakeOf(requestNumber, true)
    this.tally.undecoded(this.#shared.requests.signal(requestNumber), verdict)
    this.bodies.release(requestNumber)
    if (text === undefined) return verdict
    responder.answer(verdict, 0, mistake === '' ? text : `${text}; ${mistake}`)
    return VERDICT.PENDING
  }

  #mistakeOf(requestNumber: number, isJson: boolean): string {
    const { requests, bytes } = this.#shared
    const offset = requests.payloadOffset(requestNumber)
    return mistakeText(bytes.subarray(offset, offset + requests.payloadBytes(requestNumber)), isJson)
  }

  /** After a bug of ours. A request that is still this thread's own is counted as refused and gives back what it holds. */
  abandon(requestNumber: number): void {
    const { requests } = this.#shared
    if (requests.phase(requestNumber) !== PHASE.RECEIVING) return
    this.#remarks.take(requestNumber)
    const signalIndex = requests.signal(requestNumber)
    const items = requests.items(requestNumber)
    if (items > 0) this.tally.refused(signalIndex, items, VERDICT.FAULT)
    else this.tally.undecoded(signalIndex, VERDICT.FAULT)
    this.bodies.release(requestNumber)
  }

  #submit(requestNumber: number, responder: Responder): number {
    const { requests } = this.#shared
    const signalIndex = requests.signal(requestNumber)
    const bodyBytes = requests.payloadBytes(requestNumber)
    const items = this.#kernel.scan(signalIndex, requests.payloadOffset(requestNumber), bodyBytes, 0, 0)
    if (items <= 0 || bodyBytes > this.#plainBytesMax) return this.#submitScreened(requestNumber, items, responder)
    requests.setItems(requestNumber, items)
    this.tally.received(signalIndex, items, bodyBytes)
    this.#onReceived?.(signalIndex, items, bodyBytes)
    return this.#put(requestNumber, signalIndex, items, bodyBytes, responder)
  }

  /** A request that is empty, large, or not good in all its items. */
  #submitScreened(requestNumber: number, scanned: number, responder: Responder): number {
    const { requests } = this.#shared
    const signalIndex = requests.signal(requestNumber)
    const bytesReceived = requests.payloadBytes(requestNumber)
    const { verdict, items, itemsLeft } = this.#screening.screen(requestNumber, scanned)
    if (verdict !== VERDICT.PENDING) {
      this.#remarks.take(requestNumber)
      this.tally.undecoded(signalIndex, verdict)
      const mistake = verdict < 0 ? this.#mistakeOf(requestNumber, false) : ''
      this.bodies.release(requestNumber)
      if (mistake === '') return verdict
      responder.answer(verdict, 0, `${kernelErrorText(verdict)}; ${mistake}`)
      return VERDICT.PENDING
    }
    requests.setItems(requestNumber, itemsLeft)
    this.tally.received(signalIndex, items, bytesReceived)
    this.#onReceived?.(signalIndex, items, bytesReceived)
    const bodyBytes = requests.payloadBytes(requestNumber)
    if (itemsLeft > 0 && bodyBytes <= this.#bodyBytesMax[signalIndex]!) {
      return this.#put(requestNumber, signalIndex, itemsLeft, bodyBytes, responder)
    }
    const remark = this.#remarks.take(requestNumber)
    // Nothing to store: an empty envelope is a success and no Kafka record.
    const isEmpty = items === 0
    if (isEmpty) this.tally.delivered(signalIndex, 0)
    else this.tally.rejected(signalIndex, itemsLeft)
    this.bodies.release(requestNumber)
    return this.#tell(remark, responder, itemsLeft === 0 ? VERDICT.ACCEPTED : VERDICT.RECORD_TOO_LARGE, itemsLeft)
  }

  /** Answers at once, through the responder where there is more to say than a verdict. */
  #tell(remark: Remark | undefined, responder: Responder, verdict: number, items: number): number {
    if (remark !== undefined) answerWith(remark, responder, verdict, items)
    else if (verdict === VERDICT.ACCEPTED) return verdict
    else responder.answer(verdict, items)
    return VERDICT.PENDING
  }

  #put(requestNumber: number, signalIndex: number, items: number, bodyBytes: number, responder: Responder): number {
    const { requests, queues } = this.#shared
    const { queueCountMax } = this.#init
    const isAcked = bodyBytes <= this.#ackBytesMax[signalIndex]!
    if (isAcked) requests.markAcked(requestNumber) // before it is visible: main decides by it
    requests.markQueued(requestNumber)
    if (!queuePut(queues[signalIndex]!, requestNumber, queueCountMax) && requests.unmarkQueued(requestNumber)) {
      this.#remarks.take(requestNumber)
      this.tally.refused(signalIndex, items, VERDICT.QUEUE_FULL)
      this.bodies.release(requestNumber)
      return VERDICT.QUEUE_FULL
    }
    this.#bells[signalIndex]!.ring()
    if (isAcked) return this.#tell(this.#remarks.take(requestNumber), responder, VERDICT.ACCEPTED, items)
    responder.requestNumber = requestNumber
    this.answers.wait(requestNumber, responder)
    return VERDICT.PENDING
  }
}
