/**
 * One Export call, read from its HTTP/2 stream straight into the arena, or collected when its message is compressed.
 *
 *   RECEIVING -> WAITING -> ANSWERED -> DONE
 *        |                                ^
 *        |________________________________|  answered before the message was in: the stream is reset after the answer
 *
 * - A client that takes its time to send is cut by `receiving`, one that does not take its answer by `answered`.
 * - The client's time begins with the headers, ours with the last byte, so a longer one counts too. Only a shorter one is
 *   watched by a timer while the message comes; from its last byte on Answers watches both.
 */
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { CODING, type Coding } from './body.ts'
import { Collected } from './collected.ts'
import type { Enqueue } from './enqueue.ts'
import { failureOf, type GrpcFailure, RESPONSE_TOO_LARGE, responseBytes } from './grpc-answers.ts'
import { FramePrefix, framed } from './grpc-frame.ts'
import { ACCEPTED_ENCODINGS, MISFRAMED, refuse } from './grpc-refusals.ts'
import type { InflateWaiter } from './inflater.ts'
import { NO_NUMBER } from './numbers.ts'
import { PROTOCOL } from './protocol.ts'
import type { Receiver, Receiving } from './receiving.ts'
import { type Responder, VERDICT } from './verdict.ts'

const PHASE = { RECEIVING: 0, INFLATING: 1, WAITING: 2, ANSWERED: 3, DONE: 4 } as const
type Phase = (typeof PHASE)[keyof typeof PHASE]

const RESPONSE_HEADERS: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': ACCEPTED_ENCODINGS,
}
const RESPONSE_OPTIONS = { waitForTrailers: true } as const
const SUCCESS_TRAILERS: OutgoingHttpHeaders = { 'grpc-status': '0' }
const EMPTY_FRAME = framed(Buffer.alloc(0))

/** What all calls of one server share. */
export interface GrpcScope {
  readonly enqueue: Enqueue
  readonly requestBytesMax: number
  readonly requestTimeoutMs: number
  /** Calls whose client has not yet taken its answer. */
  readonly answered: Receiving
  fault(error: unknown): void
}

export class GrpcExport implements Responder, Receiver, InflateWaiter {
  requestNumber = NO_NUMBER
  receivingDueMs = 0
  receivingPrevious: Receiver | undefined
  receivingNext: Receiver | undefined
  clientDueMs: number | undefined
  readonly #scope: GrpcScope
  readonly #stream: ServerHttp2Stream
  readonly #signalIndex: number
  readonly #coding: Coding
  readonly #prefix = new FramePrefix()
  #receivedBytes = 0
  #phase: Phase = PHASE.RECEIVING
  /** Only of a compressed message. */
  #collected: Collected | undefined
  /** Only of a client that gives less time than we do. */
  #timer: NodeJS.Timeout | undefined

  constructor(scope: GrpcScope, stream: ServerHttp2Stream, signalIndex: number, coding: Coding) {
    this.#scope = scope
    this.#stream = stream
    this.#signalIndex = signalIndex
    this.#coding = coding
  }

  /** @param timeoutMs the client's, from now on; Infinity when it named none */
  begin(timeoutMs: number): void {
    const { enqueue, requestTimeoutMs } = this.#scope
    const stream = this.#stream
    const refusal = enqueue.admit(this.#signalIndex)
    if (refusal !== VERDICT.PENDING) {
      this.#phase = PHASE.DONE
      refuse(stream, this.#failureOf(refusal)!)
      return
    }
    enqueue.receiving.add(this)
    stream.on('error', ignore) // every error is followed by 'close'
    stream.on('close', this.#onClose)
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    if (timeoutMs < requestTimeoutMs) this.#watch(timeoutMs)
    // What most clients name, 10 s: no look at the clock, and whole milliseconds, which need no object.
    else if (timeoutMs < Number.POSITIVE_INFINITY) this.clientDueMs = Math.ceil(enqueue.receiving.nowMs + timeoutMs)
  }

  #watch(timeoutMs: number): void {
    this.clientDueMs = performance.now() + timeoutMs
    if (timeoutMs < 1) this.#refuse(VERDICT.CLIENT_LATE)
    else this.#timer = setTimeout(() => this.#refuseLate(), timeoutMs)
  }

  #isLate(): boolean {
    if (this.clientDueMs === undefined) return false
    return this.clientDueMs <= (this.#timer === undefined ? this.#scope.enqueue.receiving.nowMs : performance.now())
  }

  #refuseLate(): void {
    if (this.#phase === PHASE.RECEIVING) this.#refuse(VERDICT.CLIENT_LATE)
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#phase !== PHASE.RECEIVING) return
    try {
      this.#receive(chunk)
    } catch (error) {
      this.#failed(error)
    }
  }

  #receive(chunk: Buffer): void {
    const prefix = this.#prefix
    let from = 0
    if (!prefix.isComplete) {
      from = prefix.read(chunk)
      if (!prefix.isComplete || !this.#openMessage()) return
    }
    const bytes = chunk.length - from
    if (this.#receivedBytes + bytes > prefix.messageBytes) this.#reject(MISFRAMED.SECOND_MESSAGE)
    else if (bytes > 0) this.#keep(from === 0 ? chunk : chunk.subarray(from))
  }

  #keep(part: Buffer): void {
    if (this.#collected === undefined) {
      this.#scope.enqueue.bodies.write(this.requestNumber, this.#receivedBytes, part)
    } else if (!this.#collected.add(part)) this.#refuse(VERDICT.MEMORY_FULL)
    this.#receivedBytes += part.length
  }

  /** The length is known: takes a number and a place, or begins to collect. @returns false when the call is answered instead */
  #openMessage(): boolean {
    const { isCompressed, isFlagKnown, messageBytes } = this.#prefix
    const { enqueue, requestBytesMax } = this.#scope
    if (!isFlagKnown) this.#reject(MISFRAMED.FLAG)
    else if (isCompressed && this.#coding === CODING.IDENTITY) this.#reject(MISFRAMED.UNNAMED_CODING)
    else if (messageBytes > requestBytesMax) this.#refuse(VERDICT.BODY_TOO_LARGE)
    else if (isCompressed) this.#collected = new Collected(enqueue.collectBudget)
    else {
      const opened = enqueue.bodies.open(this.#signalIndex, PROTOCOL.GRPC, messageBytes)
      if (opened < 0) this.#refuse(-opened)
      else this.requestNumber = opened
    }
    return this.#phase === PHASE.RECEIVING
  }

  readonly #onEnd = (): void => {
    // A reset ends the stream too; then it is closed already, and #onClose follows.
    if (this.#phase !== PHASE.RECEIVING || this.#stream.closed) return
    const { isEmpty, isComplete, messageBytes } = this.#prefix
    if (this.#isLate()) this.#refuseLate()
    else if (isEmpty) this.#reject(MISFRAMED.NO_MESSAGE)
    else if (!isComplete || this.#receivedBytes < messageBytes) this.#reject(MISFRAMED.INCOMPLETE)
    else this.#submit()
  }

  #submit(): void {
    const { enqueue } = this.#scope
    this.#phase = PHASE.WAITING
    enqueue.receiving.remove(this)
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    try {
      if (this.#collected === undefined) this.#decided(enqueue.submit(this.requestNumber, this))
      else this.#inflate(this.#collected.join())
    } catch (error) {
      this.#failed(error)
    }
  }

  #inflate(message: Buffer): void {
    const { inflater } = this.#scope.enqueue
    // Some clients mark even the empty message, of which nothing is left to inflate.
    const body = message.length === 0 ? message : inflater.inflate(message, this.#coding, false, this)
    if (body === VERDICT.PENDING) this.#phase = PHASE.INFLATING
    else this.#submitInflated(body)
  }

  inflated(body: Buffer | number): void {
    // A call whose client is gone counts nowhere.
    if (this.#phase !== PHASE.INFLATING) return
    this.#phase = PHASE.WAITING
    try {
      this.#submitInflated(this.#isLate() ? VERDICT.CLIENT_LATE : body)
    } catch (error) {
      this.#failed(error)
    }
  }

  #submitInflated(body: Buffer | number): void {
    const { enqueue } = this.#scope
    if (typeof body === 'number') enqueue.tally.undecoded(this.#signalIndex, body)
    this.#decided(typeof body === 'number' ? body : enqueue.submitCopy(this.#signalIndex, PROTOCOL.GRPC, body, this))
  }

  #decided(verdict: number): void {
    if (verdict !== VERDICT.PENDING) this.answer(verdict, 0)
  }

  answer(verdict: number, items: number, text?: string): void {
    this.#phase = PHASE.DONE
    const failure = this.#failureOf(verdict)
    if (failure) this.#fail(failure)
    else if (verdict === VERDICT.ACCEPTED) this.#succeed(EMPTY_FRAME)
    else {
      const response = responseBytes(verdict, this.#signalIndex, items, this.#scope.enqueue.responseBytesMax, text)
      if (response === undefined) this.#fail(RESPONSE_TOO_LARGE)
      else this.#succeed(framed(response))
    }
  }

  #succeed(frame: Buffer): void {
    const stream = this.#stream
    if (stream.destroyed || stream.closed) return
    this.#phase = PHASE.ANSWERED
    this.#scope.answered.add(this)
    stream.once('wantTrailers', sendTrailers)
    stream.respond(RESPONSE_HEADERS, RESPONSE_OPTIONS)
    stream.end(frame)
  }

  #failureOf(verdict: number): GrpcFailure | undefined {
    return failureOf(verdict, this.#scope.enqueue.retryPace.stepFor(verdict, this.#signalIndex))
  }

  /** A counted refusal by us. */
  #refuse(verdict: number): void {
    this.#scope.enqueue.tally.undecoded(this.#signalIndex, verdict)
    this.#stop(this.#failureOf(verdict)!)
  }

  /** A call that breaks the rules of gRPC. */
  #reject(failure: GrpcFailure): void {
    this.#scope.enqueue.tally.undecoded(this.#signalIndex, VERDICT.BAD_BODY)
    this.#stop(failure)
  }

  /** Answers before the message is in; the client is told to send no more of it. */
  #stop(failure: GrpcFailure): void {
    const stream = this.#stream
    this.#abandon()
    this.#fail(failure)
    if (!stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR)
  }

  #fail(failure: GrpcFailure): void {
    const stream = this.#stream
    // A reset closes the stream some turns before it is destroyed; responding to it throws.
    if (!stream.destroyed && !stream.closed && !stream.headersSent) stream.respond(failure, { endStream: true })
  }

  /** The message takes too long, or the client takes too long to read its answer. */
  cut(verdict: number): void {
    if (this.#phase === PHASE.RECEIVING) this.#refuse(verdict)
    else {
      this.#leaveAnswered()
      this.#stream.close(constants.NGHTTP2_CANCEL)
    }
  }

  #leaveAnswered(): void {
    this.#phase = PHASE.DONE
    this.#scope.answered.remove(this)
  }

  #abandon(): void {
    this.#phase = PHASE.DONE
    this.#scope.enqueue.receiving.remove(this)
    clearTimeout(this.#timer)
    this.#collected?.drop()
    if (this.requestNumber !== NO_NUMBER) this.#scope.enqueue.bodies.release(this.requestNumber)
  }

  readonly #onClose = (): void => {
    // An upload that breaks off counts nowhere: nobody sent a request.
    if (this.#phase === PHASE.RECEIVING) this.#abandon()
    else if (this.#phase === PHASE.WAITING) this.#scope.enqueue.answers.forget(this.requestNumber)
    else if (this.#phase === PHASE.ANSWERED) this.#leaveAnswered()
    else if (this.#phase === PHASE.INFLATING) this.#scope.enqueue.inflater.leave(this)
    this.#phase = PHASE.DONE
  }

  /** A fault of ours: a retryable answer. From WAITING on the request counts and gives back elsewhere. */
  #failed(error: unknown): void {
    this.#scope.fault(error)
    if (this.#phase === PHASE.RECEIVING) this.#refuse(VERDICT.FAULT)
    else this.answer(VERDICT.FAULT, 0)
  }
}

function ignore(): void {}

function sendTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(SUCCESS_TRAILERS)
}
