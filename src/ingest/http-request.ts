/**
 * One HTTP request from its headers to its answer. The objects are pooled with their handlers bound, so a request costs
 * no closure:
 *
 *   idle -> DIRECT  body of known length, received straight into its place in the arena -> WAITING -> idle
 *        -> COLLECT chunked or compressed: collected, decoded, then copied          -> WAITING -> idle
 *             \-> INFLATING for a while, when it becomes large                       -> WAITING -> idle
 *        -> DISCARD answered before its body was in: what still comes is ignored; never pooled again
 *
 * - uWebSockets.js gives a chunk for the time of the call only, and forbids to touch the response once it is ended or
 *   aborted: `#res` is undefined from then on.
 * - An object whose body is not complete is still called by the socket and must not serve another request.
 */

import { assert } from '../base/assert.ts'
import { ENCODING, type Encoding } from '../otlp/responses.ts'
import { CODING, type Coding } from './body.ts'
import { BodyPace } from './body-pace.ts'
import { Collected } from './collected.ts'
import type { Enqueue } from './enqueue.ts'
import { GOODBYE, type Goodbye, type HttpAnswer, writeAnswer } from './http-answers.ts'
import type { HttpHead } from './http-head.ts'
import type { InflateWaiter } from './inflater.ts'
import { NO_NUMBER } from './numbers.ts'
import { PROTOCOL } from './protocol.ts'
import type { Receiver } from './receiving.ts'
import type { HttpResponse } from './uws.ts'
import { type Responder, VERDICT } from './verdict.ts'

const MODE = { IDLE: 0, DIRECT: 1, COLLECT: 2, INFLATING: 3, WAITING: 4, DISCARD: 5 } as const
type Mode = (typeof MODE)[keyof typeof MODE]

/** What all requests of one HTTP server share. */
export interface HttpScope {
  readonly enqueue: Enqueue
  readonly requestBytesMax: number
  /** The answers close their connections from now on. */
  isDraining: boolean
  readonly pool: HttpRequest[]
  fault(error: unknown): void
}

const POOL_COUNT_MAX = 1024
const NO_BYTES = new ArrayBuffer(0)

export class HttpRequest implements Responder, Receiver, InflateWaiter {
  requestNumber = NO_NUMBER
  receivingDueMs = 0
  receivingPrevious: Receiver | undefined
  receivingNext: Receiver | undefined
  readonly #scope: HttpScope
  #res: HttpResponse | undefined
  #mode: Mode = MODE.IDLE
  readonly #answer: HttpAnswer = {
    verdict: VERDICT.PENDING,
    encoding: ENCODING.PROTOBUF,
    signalIndex: 0,
    items: 0,
    text: '',
    acceptEncoding: '',
    allowOrigin: undefined,
    goodbye: GOODBYE.KEEP,
    retryStep: 0,
  }
  #coding: Coding = CODING.IDENTITY
  #bodyBytes = 0
  #receivedBytes = 0
  readonly #pace = new BodyPace()
  #isCut = false
  readonly #collected: Collected

  constructor(scope: HttpScope) {
    this.#scope = scope
    this.#collected = new Collected(scope.enqueue.collectBudget)
  }

  begin(res: HttpResponse, signalIndex: number, head: HttpHead, encoding: Encoding, coding: Coding): void {
    res.onAborted(this.#onAborted)
    this.#res = res
    this.#answer.signalIndex = signalIndex
    this.#answer.encoding = encoding
    this.#answer.acceptEncoding = head.acceptEncoding
    this.#answer.allowOrigin = head.allowOrigin
    this.#answer.text = ''
    this.#coding = coding
    this.#receivedBytes = 0
    this.#pace.begin(this.#scope.enqueue.receiving.nowMs)
    try {
      this.#begin(res, head.bodyBytes)
    } catch (error) {
      this.#scope.fault(error)
      this.#fail()
    }
  }

  #begin(res: HttpResponse, bodyBytes: number): void {
    this.#scope.enqueue.receiving.add(this)
    this.#mode = MODE.COLLECT
    if (bodyBytes >= 0 && this.#coding === CODING.IDENTITY) {
      if (!this.#beginDirect(bodyBytes)) return
    }
    // uWebSockets.js does not call for an empty body when the headers came in several pieces.
    if (bodyBytes === 0) this.#onData(NO_BYTES, true)
    else res.onData(this.#onData)
  }

  #beginDirect(bodyBytes: number): boolean {
    const { bodies } = this.#scope.enqueue
    this.#bodyBytes = bodyBytes
    const opened = bodies.open(this.#answer.signalIndex, PROTOCOL.HTTP, bodyBytes)
    if (opened < 0) {
      this.#refuse(-opened)
      return false
    }
    this.requestNumber = opened
    this.#mode = MODE.DIRECT
    return true
  }

  readonly #onData = (chunk: ArrayBuffer, isLast: boolean): void => {
    try {
      if (this.#mode === MODE.DIRECT) this.#receive(chunk, isLast)
      else if (this.#mode === MODE.COLLECT) this.#collect(chunk, isLast)
    } catch (error) {
      this.#scope.fault(error)
      this.#fail()
    }
  }

  #receive(chunk: ArrayBuffer, isLast: boolean): void {
    const { enqueue } = this.#scope
    // The block has room for what the headers named; the server keeps to that, and this thread's neighbours rely on it.
    assert(this.#receivedBytes + chunk.byteLength <= this.#bodyBytes, 'a body exceeds its Content-Length')
    enqueue.bodies.write(this.requestNumber, this.#receivedBytes, Buffer.from(chunk))
    this.#receivedBytes += chunk.byteLength
    if (!isLast) {
      this.#look()
      return
    }
    assert(this.#receivedBytes === this.#bodyBytes, 'a body falls short of its Content-Length')
    this.#bodyIsIn()
    const isJson = this.#answer.encoding === ENCODING.JSON
    this.#decided(isJson ? enqueue.submitJson(this.requestNumber, this) : enqueue.submit(this.requestNumber, this))
  }

  #collect(chunk: ArrayBuffer, isLast: boolean): void {
    const scope = this.#scope
    this.#receivedBytes += chunk.byteLength
    if (this.#receivedBytes > scope.requestBytesMax) {
      this.#refuse(VERDICT.BODY_TOO_LARGE)
      return
    }
    if (isLast) {
      this.#decode(Buffer.from(chunk))
      return
    }
    if (!this.#collected.add(Buffer.from(Buffer.from(chunk)))) this.#refuse(VERDICT.MEMORY_FULL)
    else this.#look()
  }

  #look(): void {
    this.#pace.look(this.#scope.enqueue.receiving.nowMs, this.#receivedBytes, this.#res!)
  }

  /** @param last the last chunk, valid for this call only: a body of one chunk is copied once */
  #decode(last: Buffer): void {
    const { inflater } = this.#scope.enqueue
    const wire = this.#collected.join(last)
    const plain = this.#coding === CODING.IDENTITY ? wire : inflater.inflate(wire, this.#coding, wire === last, this)
    this.#bodyIsIn() // what fails before is counted as a body that is not in
    if (plain === VERDICT.PENDING) this.#mode = MODE.INFLATING
    else this.#submit(plain)
  }

  inflated(plain: Buffer | number): void {
    this.#mode = MODE.WAITING
    try {
      // An upload whose client is gone counts nowhere.
      if (this.#res === undefined) this.#recycle()
      else this.#submit(plain)
    } catch (error) {
      this.#scope.fault(error)
      this.#fail()
    }
  }

  /** @param plain the body, or the verdict on one that does not inflate */
  #submit(plain: Buffer | number): void {
    const { enqueue } = this.#scope
    const { signalIndex, encoding } = this.#answer
    if (typeof plain === 'number') {
      enqueue.tally.undecoded(signalIndex, plain)
      this.#decided(plain)
      return
    }
    this.#decided(
      encoding === ENCODING.JSON
        ? enqueue.submitJsonCopy(signalIndex, PROTOCOL.HTTP, plain, this)
        : enqueue.submitCopy(signalIndex, PROTOCOL.HTTP, plain, this),
    )
  }

  #bodyIsIn(): void {
    this.#mode = MODE.WAITING
    this.#scope.enqueue.receiving.remove(this)
  }

  #decided(verdict: number): void {
    if (verdict !== VERDICT.PENDING) this.answer(verdict, 0)
  }

  /** Sends the verdict. After this the object may serve another request. */
  answer(verdict: number, items: number, text?: string): void {
    const res = this.#res
    if (res === undefined) return
    const isBodyIn = this.#mode === MODE.WAITING
    this.#answer.verdict = verdict
    this.#answer.items = items
    if (text !== undefined) this.#answer.text = text
    this.#answer.retryStep = this.#scope.enqueue.retryPace.stepFor(verdict, this.#answer.signalIndex)
    this.#answer.goodbye = this.#goodbye(isBodyIn)
    res.cork(this.#write)
    this.#res = undefined
    if (isBodyIn) this.#recycle()
  }

  #goodbye(isBodyIn: boolean): Goodbye {
    if (this.#isCut) return GOODBYE.CLOSE
    if (!isBodyIn) return GOODBYE.ASK
    return this.#scope.isDraining ? GOODBYE.CLOSE : GOODBYE.KEEP
  }

  readonly #write = (): void => {
    writeAnswer(this.#res!, this.#answer, this.#scope.enqueue.responseBytesMax)
  }

  /** A counted refusal before the body is in; the rest of it is read and dropped. */
  #refuse(verdict: number): void {
    this.#scope.enqueue.tally.undecoded(this.#answer.signalIndex, verdict)
    this.#discard()
    this.answer(verdict, 0)
  }

  /** The body takes too long. Its connection is closed with the answer: a client that stopped sending leaves it to us. */
  cut(verdict: number): void {
    if (this.requestNumber !== NO_NUMBER) this.#scope.enqueue.bodies.release(this.requestNumber)
    this.#isCut = true
    this.#refuse(verdict)
  }

  #discard(): void {
    this.#mode = MODE.DISCARD
    this.#scope.enqueue.receiving.remove(this)
    this.#collected.drop()
  }

  readonly #onAborted = (): void => {
    this.#res = undefined
    if (this.#mode === MODE.INFLATING) {
      // The one at work is told still, and given back then.
      if (this.#scope.enqueue.inflater.leave(this)) this.#recycle()
      return
    }
    if (this.#mode === MODE.WAITING) {
      this.#scope.enqueue.answers.forget(this.requestNumber)
      this.#recycle()
      return
    }
    // An upload that breaks off counts nowhere: nobody sent a request.
    if (this.#mode === MODE.DIRECT) this.#scope.enqueue.bodies.release(this.requestNumber)
    if (this.#mode === MODE.DIRECT || this.#mode === MODE.COLLECT) this.#discard()
    this.#mode = MODE.DISCARD
  }

  /** After a fault of ours: a retryable answer. From WAITING on the request counts and gives back elsewhere. */
  #fail(): void {
    const { enqueue } = this.#scope
    if (this.#mode === MODE.DIRECT) enqueue.abandon(this.requestNumber)
    else if (this.#mode === MODE.COLLECT) enqueue.tally.undecoded(this.#answer.signalIndex, VERDICT.FAULT)
    if (this.#mode === MODE.DIRECT || this.#mode === MODE.COLLECT) this.#discard()
    this.answer(VERDICT.FAULT, 0)
  }

  #recycle(): void {
    this.#mode = MODE.IDLE
    this.requestNumber = NO_NUMBER
    if (this.#scope.pool.length < POOL_COUNT_MAX) this.#scope.pool.push(this)
  }
}
