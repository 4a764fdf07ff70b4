/**
 * Export calls in their usual form, read from the HTTP/2 stream straight into the arena, or collected when compressed:
 * with no deadline of the client that would pass before ours. All other calls, and all other methods, are left to grpc-js,
 * which reads and inflates a message before anybody is asked.
 *
 *   RECEIVING -> WAITING -> DONE
 *        |______________________^  answered before the message was in: what still comes is read and dropped
 */
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { SIGNAL_FACTS } from '../otlp/signal.ts'
import { CODING, type Coding, codingOf, inflate, UNSUPPORTED } from './body.ts'
import { Collected } from './collected.ts'
import type { Enqueue } from './enqueue.ts'
import { failureOf, type GrpcFailure, grpcFailure, responseBytes } from './grpc-answers.ts'
import { FramePrefix, framed } from './grpc-frame.ts'
import { status } from './grpc-js.ts'
import { timeoutMsOf } from './grpc-timeout.ts'
import { NO_NUMBER } from './numbers.ts'
import { PROTOCOL } from './protocol.ts'
import type { Receiver } from './receiving.ts'
import { type Responder, VERDICT } from './verdict.ts'

const PHASE = { RECEIVING: 0, WAITING: 1, DONE: 2 } as const
type Phase = (typeof PHASE)[keyof typeof PHASE]

const SIGNAL_OF_PATH: ReadonlyMap<string, number> = new Map(
  SIGNAL_FACTS.map(({ grpcPath, index }) => [grpcPath, index]),
)

const RESPONSE_HEADERS: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
}
const RESPONSE_OPTIONS = { waitForTrailers: true } as const
const SUCCESS_TRAILERS: OutgoingHttpHeaders = { 'grpc-status': '0' }
const EMPTY_FRAME = framed(Buffer.alloc(0))

const COMPRESSED = grpcFailure(
  status.INTERNAL,
  'The message is marked as compressed, but the call names no grpc-encoding.',
)
const INCOMPLETE = grpcFailure(status.INTERNAL, 'The call ended before its message did.')
const NO_MESSAGE = grpcFailure(status.UNIMPLEMENTED, 'Export is unary: the call carries no message.')
const SECOND_MESSAGE = grpcFailure(status.UNIMPLEMENTED, 'Export is unary: the call carries more than one message.')

/** What all calls of one server share. */
export interface GrpcScope {
  readonly enqueue: Enqueue
  readonly requestBytesMax: number
  readonly requestTimeoutMs: number
  fault(error: unknown): void
}

/** `application/grpc` and `application/grpc+proto`, but not `application/grpc-web`: its frames are other ones. */
const CONTENT_TYPE = /^application\/grpc(?:$|[+;])/

/** What the frames that are marked as compressed are compressed with. @returns UNSUPPORTED for what grpc-js has to refuse */
export function grpcCoding(headers: IncomingHttpHeaders): Coding | typeof UNSUPPORTED {
  const encoding = headers['grpc-encoding']
  return encoding === undefined ? CODING.IDENTITY : codingOf(String(encoding))
}

/** @returns the signal of an Export call in its usual form, or -1: a call for grpc-js */
export function usualExport(headers: IncomingHttpHeaders, requestTimeoutMs: number): number {
  if (grpcCoding(headers) === UNSUPPORTED) return -1
  if (!CONTENT_TYPE.test(headers['content-type'] ?? '') || headers[':method'] !== 'POST') return -1
  const timeout = headers['grpc-timeout']
  if (timeout !== undefined && !(timeoutMsOf(String(timeout)) > requestTimeoutMs)) return -1
  return SIGNAL_OF_PATH.get(headers[':path'] ?? '') ?? -1
}

export class GrpcExport implements Responder, Receiver {
  requestNumber = NO_NUMBER
  receivingDueMs = 0
  receivingPrevious: Receiver | undefined
  receivingNext: Receiver | undefined
  readonly #scope: GrpcScope
  readonly #stream: ServerHttp2Stream
  readonly #signalIndex: number
  readonly #coding: Coding
  readonly #prefix = new FramePrefix()
  #receivedBytes = 0
  #phase: Phase = PHASE.RECEIVING
  /** Only of a compressed message. */
  #collected: Collected | undefined

  constructor(scope: GrpcScope, stream: ServerHttp2Stream, signalIndex: number, coding: Coding) {
    this.#scope = scope
    this.#stream = stream
    this.#signalIndex = signalIndex
    this.#coding = coding
  }

  begin(): void {
    const stream = this.#stream
    this.#scope.enqueue.receiving.add(this)
    stream.on('error', ignore) // every error is followed by 'close'
    stream.on('close', this.#onClose)
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    const refusal = this.#scope.enqueue.admit(this.#signalIndex)
    if (refusal !== VERDICT.PENDING) this.#stop(failureOf(refusal)!)
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
    if (this.#receivedBytes + bytes > prefix.messageBytes) this.#reject(SECOND_MESSAGE)
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
    const { isCompressed, messageBytes } = this.#prefix
    const { enqueue, requestBytesMax } = this.#scope
    if (isCompressed && this.#coding === CODING.IDENTITY) this.#reject(COMPRESSED)
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
    if (isEmpty) this.#reject(NO_MESSAGE)
    else if (!isComplete || this.#receivedBytes < messageBytes) this.#reject(INCOMPLETE)
    else this.#submit()
  }

  #submit(): void {
    const { enqueue } = this.#scope
    this.#phase = PHASE.WAITING
    enqueue.receiving.remove(this)
    try {
      const verdict =
        this.#collected === undefined
          ? enqueue.submit(this.requestNumber, this)
          : this.#submitInflated(this.#collected.join())
      if (verdict !== VERDICT.PENDING) this.answer(verdict, 0)
    } catch (error) {
      this.#failed(error)
    }
  }

  #submitInflated(message: Buffer): number {
    const { enqueue, requestBytesMax } = this.#scope
    // Some clients mark even the empty message, of which nothing is left to inflate.
    const body = message.length === 0 ? message : inflate(message, this.#coding, requestBytesMax)
    if (typeof body !== 'number') return enqueue.submitCopy(this.#signalIndex, PROTOCOL.GRPC, body, this)
    enqueue.tally.undecoded(this.#signalIndex, body)
    return body
  }

  answer(verdict: number, items: number): void {
    this.#phase = PHASE.DONE
    const failure = failureOf(verdict)
    if (failure) {
      this.#fail(failure)
      return
    }
    const stream = this.#stream
    if (stream.destroyed || stream.closed) return
    stream.once('wantTrailers', sendTrailers)
    stream.respond(RESPONSE_HEADERS, RESPONSE_OPTIONS)
    stream.end(verdict === VERDICT.ACCEPTED ? EMPTY_FRAME : framed(responseBytes(verdict, this.#signalIndex, items)))
  }

  /** A counted refusal by us. */
  #refuse(verdict: number): void {
    this.#scope.enqueue.tally.undecoded(this.#signalIndex, verdict)
    this.#stop(failureOf(verdict)!)
  }

  /** A call that breaks the rules of gRPC. */
  #reject(failure: GrpcFailure): void {
    this.#scope.enqueue.tally.undecoded(this.#signalIndex, VERDICT.BAD_BODY)
    this.#stop(failure)
  }

  /** Answers before the message is in. */
  #stop(failure: GrpcFailure): void {
    this.#abandon()
    this.#fail(failure)
  }

  #fail(failure: GrpcFailure): void {
    const stream = this.#stream
    // A reset closes the stream some turns before it is destroyed; responding to it throws.
    if (!stream.destroyed && !stream.closed && !stream.headersSent) stream.respond(failure.headers, { endStream: true })
  }

  /** The message takes too long: the stream is reset after the answer, for the client would leave it open. */
  cut(verdict: number): void {
    this.#refuse(verdict)
    this.#stream.close(constants.NGHTTP2_NO_ERROR)
  }

  #abandon(): void {
    this.#phase = PHASE.DONE
    this.#scope.enqueue.receiving.remove(this)
    this.#collected?.drop()
    if (this.requestNumber !== NO_NUMBER) this.#scope.enqueue.bodies.release(this.requestNumber)
  }

  readonly #onClose = (): void => {
    // An upload that breaks off counts nowhere: nobody sent a request.
    if (this.#phase === PHASE.RECEIVING) this.#abandon()
    else if (this.#phase === PHASE.WAITING) this.#scope.enqueue.answers.forget(this.requestNumber)
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
