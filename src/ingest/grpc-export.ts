/**
 * Export calls in their usual form, read from the HTTP/2 stream straight into the arena: uncompressed, with no deadline
 * of the client that would pass before ours. All other calls, and all other methods, are left to grpc-js.
 *
 *   RECEIVING -> WAITING -> DONE
 *        |______________________^  answered before the message was in: what still comes is read and dropped
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { SIGNAL_FACTS } from '../otlp/signal.ts'
import type { Enqueue } from './enqueue.ts'
import { failureOf, type GrpcFailure, grpcFailure, responseBytes } from './grpc-answers.ts'
import { FramePrefix, framed } from './grpc-frame.ts'
import { status } from './grpc-js.ts'
import { timeoutMsOf } from './grpc-timeout.ts'
import { NO_NUMBER } from './numbers.ts'
import { PROTOCOL } from './protocol.ts'
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
  /** Calls whose message is being received. */
  receivingCount: number
  fault(error: unknown): void
}

/** @returns the signal of an Export call in its usual form, or -1: a call for grpc-js */
export function usualExport(headers: IncomingHttpHeaders, requestTimeoutMs: number): number {
  const encoding = headers['grpc-encoding']
  if (encoding !== undefined && encoding !== 'identity') return -1
  if (headers['content-type']?.startsWith('application/grpc') !== true || headers[':method'] !== 'POST') return -1
  const timeout = headers['grpc-timeout']
  if (timeout !== undefined && !(timeoutMsOf(String(timeout)) > requestTimeoutMs)) return -1
  return SIGNAL_OF_PATH.get(headers[':path'] ?? '') ?? -1
}

export class GrpcExport implements Responder {
  requestNumber = NO_NUMBER
  readonly #scope: GrpcScope
  readonly #stream: ServerHttp2Stream
  readonly #signalIndex: number
  readonly #prefix = new FramePrefix()
  #receivedBytes = 0
  #phase: Phase = PHASE.RECEIVING

  constructor(scope: GrpcScope, stream: ServerHttp2Stream, signalIndex: number) {
    this.#scope = scope
    this.#stream = stream
    this.#signalIndex = signalIndex
  }

  begin(): void {
    const stream = this.#stream
    this.#scope.receivingCount++
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
    else if (bytes > 0) {
      const part = from === 0 ? chunk : chunk.subarray(from)
      this.#scope.enqueue.bodies.write(this.requestNumber, this.#receivedBytes, part)
      this.#receivedBytes += bytes
    }
  }

  /** The length is known: takes a number and a place. @returns false when the call is answered instead */
  #openMessage(): boolean {
    const { isCompressed, messageBytes } = this.#prefix
    const { enqueue, requestBytesMax } = this.#scope
    if (isCompressed) this.#reject(COMPRESSED)
    else if (messageBytes > requestBytesMax) this.#refuse(VERDICT.BODY_TOO_LARGE)
    else {
      this.requestNumber = enqueue.bodies.open(this.#signalIndex, PROTOCOL.GRPC, messageBytes)
      if (this.requestNumber === NO_NUMBER) this.#refuse(VERDICT.MEMORY_FULL)
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
    this.#phase = PHASE.WAITING
    this.#scope.receivingCount--
    try {
      const verdict = this.#scope.enqueue.submit(this.requestNumber, this)
      if (verdict !== VERDICT.PENDING) this.answer(verdict, 0)
    } catch (error) {
      this.#failed(error)
    }
  }

  answer(verdict: number, items: number): void {
    this.#phase = PHASE.DONE
    const stream = this.#stream
    if (stream.destroyed || stream.closed) return
    const failure = failureOf(verdict)
    if (failure) {
      stream.respond(failure.headers, { endStream: true })
      return
    }
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
    if (!this.#stream.destroyed) this.#stream.respond(failure.headers, { endStream: true })
  }

  #abandon(): void {
    this.#phase = PHASE.DONE
    this.#scope.receivingCount--
    if (this.requestNumber !== NO_NUMBER) this.#scope.enqueue.bodies.release(this.requestNumber)
  }

  readonly #onClose = (): void => {
    // An upload that breaks off counts nowhere: nobody sent a request.
    if (this.#phase === PHASE.RECEIVING) this.#abandon()
    else if (this.#phase === PHASE.WAITING) this.#scope.enqueue.answers.forget(this.requestNumber)
    this.#phase = PHASE.DONE
  }

  /** A fault of ours: a retryable answer, and what the request holds may be lost to this thread. */
  #failed(error: unknown): void {
    this.#scope.fault(error)
    if (this.#phase === PHASE.RECEIVING) this.#scope.receivingCount--
    this.answer(VERDICT.FAULT, 0)
  }
}

function ignore(): void {}

function sendTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(SUCCESS_TRAILERS)
}
