/**
 * OTLP/gRPC over node:http2 without a gRPC library: headers are made once, bodies are framed once.
 *
 * - Lanes share a few sessions, as the channels of a few clients would; a lane is a stream at a time.
 * - A session that fails is replaced at the next request on it.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Answer, Lane, LaneOptions, LaneSet, Outcome } from './lane.ts'

const FRAME_HEAD_BYTES = 5
const SESSIONS_MAX = 4
const WINDOW_BYTES = 1 << 20
const OK = '0'
const TIMEOUT: Answer = { outcome: 'timeout', status: 'timeout' }
/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS; RESOURCE_EXHAUSTED only with RetryInfo,
 * which Sluice never sends: the OTLP specification's table. */
const RETRYABLE: ReadonlySet<string> = new Set(['1', '4', '10', '11', '14', '15'])

export function openGrpcLanes(count: number, options: LaneOptions): LaneSet {
  const frames = options.bodies.map((body) => frame(body, options.compression === 'gzip'))
  const sessions = Array.from({ length: Math.min(SESSIONS_MAX, count) }, () => new Session(options))
  const lanes = Array.from(
    { length: count },
    (_, index) => new GrpcLane(sessions[index % sessions.length]!, frames, options),
  )
  return {
    lanes,
    close: () => {
      for (const lane of lanes) lane.close()
      for (const session of sessions) session.close()
    },
  }
}

function frame(body: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt8(compressed ? 1 : 0, 0)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

class Session {
  readonly #options: LaneOptions
  #current: ClientHttp2Session | undefined

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get current(): ClientHttp2Session {
    if (this.#current && !this.#current.closed && !this.#current.destroyed) return this.#current
    const { host, port } = this.#options
    const session = connect(`http://${host}:${port}`, {
      settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
    })
    session.on('error', () => {}) // every stream on it reports the error by itself
    session.on('goaway', () => session.close())
    this.#current = session
    return session
  }

  close(): void {
    this.#current?.destroy()
  }
}

class GrpcLane implements Lane {
  readonly #session: Session
  readonly #frames: readonly Buffer[]
  readonly #headers: OutgoingHttpHeaders
  #stream: ClientHttp2Stream | undefined
  #gaveUp = false

  constructor(session: Session, frames: readonly Buffer[], { path, host, port, compression }: LaneOptions) {
    this.#session = session
    this.#frames = frames
    this.#headers = {
      ':method': 'POST',
      ':path': path,
      ':authority': `${host}:${port}`,
      'content-type': 'application/grpc+proto',
      te: 'trailers',
    }
    if (compression === 'gzip') this.#headers['grpc-encoding'] = 'gzip'
  }

  send(bodyIndex: number, onAnswer: (answer: Answer) => void): void {
    const stream = this.#session.current.request(this.#headers)
    this.#stream = stream
    this.#gaveUp = false
    const call: Call = { grpcStatus: undefined, httpStatus: 0, answerBytes: 0, failure: undefined }
    stream.on('response', (headers) => {
      call.httpStatus = Number(headers[':status'])
      call.grpcStatus = headers['grpc-status'] as string | undefined
    })
    stream.on('trailers', (headers) => {
      call.grpcStatus = headers['grpc-status'] as string | undefined
    })
    stream.on('data', (chunk: Buffer) => {
      call.answerBytes += chunk.length
    })
    stream.on('error', (error: NodeJS.ErrnoException) => {
      call.failure = error.code ?? 'error'
    })
    stream.on('close', () => {
      this.#stream = undefined
      onAnswer(this.#gaveUp ? TIMEOUT : answerOf(call, stream.rstCode))
    })
    stream.end(this.#frames[bodyIndex])
  }

  giveUp(): void {
    this.#gaveUp = true
    this.#stream?.close(constants.NGHTTP2_CANCEL)
  }

  close(): void {
    this.giveUp()
  }
}

interface Call {
  grpcStatus: string | undefined
  httpStatus: number
  answerBytes: number
  failure: string | undefined
}

function answerOf({ grpcStatus, httpStatus, answerBytes, failure }: Call, resetCode: number): Answer {
  if (grpcStatus !== undefined) return { outcome: outcomeOf(grpcStatus, answerBytes), status: `grpc_${grpcStatus}` }
  return { outcome: 'error', status: failure ?? (httpStatus === 0 ? `reset_${resetCode}` : `http_${httpStatus}`) }
}

function outcomeOf(grpcStatus: string, answerBytes: number): Outcome {
  if (grpcStatus !== OK) return RETRYABLE.has(grpcStatus) ? 'refused' : 'rejected'
  return answerBytes > FRAME_HEAD_BYTES + 2 ? 'partial' : 'ok'
}
