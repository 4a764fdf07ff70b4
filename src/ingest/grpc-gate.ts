/**
 * Who answers a call, decided by its headers alone. Export calls are read from the stream straight into the arena; what is
 * wrong with a call's headers is answered here; only the services beside Export are left to grpc-js, which reads and
 * inflates a message before anybody is asked.
 */
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { SIGNAL_FACTS } from '../otlp/signal.ts'
import { CODING, codingOf, UNSUPPORTED } from './body.ts'
import { failureOf } from './grpc-answers.ts'
import { GrpcExport, type GrpcScope } from './grpc-export.ts'
import { HEADER_BYTES_MAX } from './grpc-inside.ts'
import { REFUSAL, refuse, reset } from './grpc-refusals.ts'
import { timeoutMsOf } from './grpc-timeout.ts'
import { VERDICT } from './verdict.ts'

const SIGNAL_OF_PATH: ReadonlyMap<string, number> = new Map(
  SIGNAL_FACTS.map(({ grpcPath, index }) => [grpcPath, index]),
)

const USUAL_CONTENT_TYPE = 'application/grpc'
/** Not `application/grpc-web`, nor another message format: their frames or messages are other ones. */
const CONTENT_TYPE = /^application\/grpc(?:\+proto)?\s*(?:$|;)/i

/** For each field, beside its name and value (RFC 9113, 6.5.2). */
const HEADER_FIELD_BYTES = 32

/** Calls of other services are short, or long and quiet only where they watch. */
const STREAM_IDLE_MS = 60_000

/** 25 days: grpc-js counts a deadline in 32 bits, and takes one that is longer for one that has passed. */
const GRPC_JS_TIMEOUT_MS_MAX = 2 ** 31 - 1

export class GrpcGate {
  readonly #scope: GrpcScope
  /** Paths that grpc-js serves, and whether such a call may be silent for long. */
  readonly #others: ReadonlyMap<string, { readonly isQuiet: boolean }>

  constructor(scope: GrpcScope, others: ReadonlyMap<string, { readonly isQuiet: boolean }>) {
    this.#scope = scope
    this.#others = others
  }

  /** Never throws. @returns false when grpc-js has to handle the stream */
  take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
    try {
      return this.#take(stream, headers)
    } catch (error) {
      this.#scope.fault(error)
      if (stream.headersSent) reset(stream, constants.NGHTTP2_INTERNAL_ERROR)
      else refuse(stream, failureOf(VERDICT.FAULT, 0)!)
      return true
    }
  }

  #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
    // Node counts the headers only of clients that have acknowledged the limit.
    if (stream.session?.pendingSettingsAck && headerBytes(headers) > HEADER_BYTES_MAX) {
      reset(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM)
      return true
    }
    const contentType = headers['content-type']
    const isGrpc = contentType === USUAL_CONTENT_TYPE || CONTENT_TYPE.test(contentType ?? '')
    if (!isGrpc) return this.#invalid(stream, REFUSAL.MEDIA_TYPE)
    if (headers[':method'] !== 'POST') return this.#invalid(stream, REFUSAL.METHOD)
    const path = headers[':path'] ?? ''
    const signalIndex = SIGNAL_OF_PATH.get(path)
    return signalIndex === undefined ? this.#other(stream, headers, path) : this.#export(stream, headers, signalIndex)
  }

  #export(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, signalIndex: number): true {
    const encoding = headers['grpc-encoding']
    const coding = encoding === undefined ? CODING.IDENTITY : codingOf(String(encoding))
    const timeoutMs = clientTimeoutMs(headers)
    if (coding !== UNSUPPORTED && !Number.isNaN(timeoutMs)) {
      new GrpcExport(this.#scope, stream, signalIndex, coding).begin(timeoutMs)
      return true
    }
    this.#scope.enqueue.tally.undecoded(signalIndex, VERDICT.BAD_BODY)
    refuse(stream, coding === UNSUPPORTED ? REFUSAL.ENCODING : REFUSAL.TIMEOUT)
    return true
  }

  #other(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, path: string): boolean {
    const known = this.#others.get(path)
    if (known === undefined) return this.#invalid(stream, REFUSAL.METHOD)
    const timeoutMs = clientTimeoutMs(headers)
    if (Number.isNaN(timeoutMs)) return this.#invalid(stream, REFUSAL.TIMEOUT)
    if (timeoutMs > GRPC_JS_TIMEOUT_MS_MAX) delete headers['grpc-timeout']
    if (!known.isQuiet) stream.setTimeout(STREAM_IDLE_MS, () => stream.close())
    return false
  }

  #invalid(stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): true {
    this.#scope.enqueue.tally.grpcInvalid()
    refuse(stream, headers)
    return true
  }
}

/** @returns Infinity when the client names none, NaN when what it names is none */
function clientTimeoutMs(headers: IncomingHttpHeaders): number {
  const timeout = headers['grpc-timeout']
  return timeout === undefined ? Number.POSITIVE_INFINITY : timeoutMsOf(String(timeout))
}

/** As HTTP/2 counts them. */
function headerBytes(headers: IncomingHttpHeaders): number {
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) bytes += name.length + String(value).length + HEADER_FIELD_BYTES
  return bytes
}
