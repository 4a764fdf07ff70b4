/**
 * OTLP/HTTP on uWebSockets.js. Threads share the port by SO_REUSEPORT, which uWebSockets.js sets by itself.
 *
 * - `onAborted` is set before a handler returns without an answer, else the process ends.
 * - A refusal by headers alone is answered at once. Its connection stays open: closing under a client that still sends
 *   would reset it and destroy the answer. The rest of the body is dropped as it comes; "Connection: close" asks clients
 *   with much to send to leave.
 */

import { MIB } from '../base/units.ts'
import { ENCODING, type Encoding } from '../otlp/responses.ts'
import { type Coding, codingOf, encodingOf, UNSUPPORTED } from './body.ts'
import { Cors, type CorsOptions } from './cors.ts'
import type { Enqueue } from './enqueue.ts'
import {
  type AnswerFrame,
  GOODBYE,
  type Goodbye,
  HTTP_FAULT,
  type HttpFault,
  writeAnswer,
  writeFault,
  writeFaultHead,
} from './http-answers.ts'
import { HttpHead } from './http-head.ts'
import { HttpRequest, type HttpScope } from './http-request.ts'
import {
  createApp,
  type HttpRequest as Head,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
} from './uws.ts'
import { VERDICT } from './verdict.ts'

/** A refused body up to this size is dropped and the connection kept. */
const KEPT_BODY_BYTES_MAX = MIB

export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  /** By signal index. */
  readonly paths: readonly string[]
  readonly requestBytesMax: number
  readonly connectionsMax: number
  /** Without origins CORS is off. */
  readonly cors: CorsOptions
}

export class HttpServer {
  readonly #app: TemplatedApp = createApp()
  readonly #options: HttpServerOptions
  readonly #scope: HttpScope
  readonly #cors: Cors | undefined
  readonly #head: HttpHead
  #listenSocket: us_listen_socket | undefined
  #connectionCount = 0
  /** The request in its handler is counted. */
  #isCounted = false

  constructor(options: HttpServerOptions, enqueue: Enqueue, fault: (error: unknown) => void) {
    this.#options = options
    this.#scope = {
      enqueue,
      requestBytesMax: options.requestBytesMax,
      isDraining: false,
      pool: [],
      fault,
    }
    this.#cors = options.cors.origins.length > 0 ? new Cors(options.cors) : undefined
    this.#head = new HttpHead(this.#cors)
    this.#route()
  }

  #route(): void {
    const app = this.#app
    app.filter((res, change) => this.#onConnection(res, change))
    this.#options.paths.forEach((path, signalIndex) => {
      app.post(path, (res, head) => this.#handle(res, head, signalIndex, HTTP_FAULT.NONE))
      if (this.#cors !== undefined) app.options(path, (res, head) => this.#preflight(res, head, signalIndex))
      app.any(path, (res, head) => this.#handle(res, head, signalIndex, HTTP_FAULT.METHOD))
    })
    app.any('/*', (res, head) => this.#handle(res, head, 0, HTTP_FAULT.NOT_FOUND))
  }

  #onConnection(res: HttpResponse, change: number): void {
    this.#connectionCount += change
    if (change > 0 && this.#connectionCount > this.#options.connectionsMax) res.close()
  }

  /** @param fault what the route alone says about the request */
  #handle(res: HttpResponse, request: Head, signalIndex: number, fault: HttpFault): void {
    this.#isCounted = false
    try {
      this.#head.read(request)
      if (this.#head.isMalformed) this.#malformed(res, isHead(request))
      else if (fault === HTTP_FAULT.NONE) this.#export(res, signalIndex)
      else this.#invalid(res, fault, isHead(request))
    } catch (error) {
      this.#scope.fault(error)
      this.#lastResort(res, signalIndex)
    }
  }

  #preflight(res: HttpResponse, request: Head, signalIndex: number): void {
    try {
      this.#cors!.preflight(res, request)
    } catch (error) {
      this.#scope.fault(error)
      this.#lastResort(res, signalIndex)
    }
  }

  #export(res: HttpResponse, signalIndex: number): void {
    const head = this.#head
    const encoding = encodingOf(head.contentType)
    const coding = codingOf(head.contentEncoding)
    if (encoding === UNSUPPORTED) this.#invalid(res, HTTP_FAULT.MEDIA_TYPE)
    else if (coding === UNSUPPORTED) this.#invalid(res, HTTP_FAULT.CODING)
    else this.#receive(res, signalIndex, encoding, coding)
  }

  #receive(res: HttpResponse, signalIndex: number, encoding: Encoding, coding: Coding): void {
    const refusal = this.#admit(signalIndex)
    if (refusal !== VERDICT.PENDING) {
      this.#isCounted = true
      this.#refuse(res, refusal, signalIndex)
      return
    }
    const request = this.#scope.pool.pop() ?? new HttpRequest(this.#scope)
    request.begin(res, signalIndex, this.#head, encoding, coding)
  }

  #admit(signalIndex: number): number {
    const { enqueue, requestBytesMax } = this.#scope
    if (this.#head.bodyBytes <= requestBytesMax) return enqueue.admit(signalIndex)
    enqueue.tally.undecoded(signalIndex, VERDICT.BODY_TOO_LARGE)
    return VERDICT.BODY_TOO_LARGE
  }

  #refuse(res: HttpResponse, verdict: number, signalIndex: number): void {
    const { retryPace, responseBytesMax } = this.#scope.enqueue
    const retryStep = retryPace.stepFor(verdict, signalIndex)
    const answer = { ...this.#frame(this.#goodbye()), verdict, signalIndex, items: 0, text: '', retryStep }
    writeAnswer(res, answer, responseBytesMax)
  }

  #goodbye(): Goodbye {
    const { isDraining } = this.#scope
    const { bodyBytes } = this.#head
    if (isDraining) return bodyBytes === 0 ? GOODBYE.CLOSE : GOODBYE.ASK
    return bodyBytes < 0 || bodyBytes > KEPT_BODY_BYTES_MAX ? GOODBYE.ASK : GOODBYE.KEEP
  }

  #invalid(res: HttpResponse, fault: HttpFault, withoutBody = false): void {
    this.#scope.enqueue.tally.httpInvalid()
    this.#isCounted = true
    const frame = this.#frame(this.#goodbye())
    const hint = fault === HTTP_FAULT.NOT_FOUND ? ` Try ${this.#options.paths.join(', ')}.` : ''
    if (withoutBody) writeFaultHead(res, fault, frame, hint)
    else writeFault(res, fault, frame, hint)
  }

  /**
   * Nobody knows where the next request would begin. Answered in the next turn: until then uWebSockets.js closes on any
   * further request, and only outside its handler it closes with the answer.
   */
  #malformed(res: HttpResponse, withoutBody: boolean): void {
    this.#scope.enqueue.tally.httpInvalid()
    const frame = this.#frame(GOODBYE.CLOSE)
    let isGone = false
    res.onAborted(() => {
      isGone = true
    })
    setImmediate(() => {
      const write = withoutBody ? writeFaultHead : writeFault
      if (!isGone) res.cork(() => write(res, HTTP_FAULT.HEADERS, frame))
    })
  }

  /** The encoding of a media type that is none of OTLP is protobuf. */
  #frame(goodbye: Goodbye): AnswerFrame {
    const { contentType, acceptEncoding, allowOrigin } = this.#head
    const encoding = encodingOf(contentType) === ENCODING.JSON ? ENCODING.JSON : ENCODING.PROTOBUF
    return { encoding, acceptEncoding, allowOrigin, goodbye }
  }

  /** After a bug of ours: retryable, so that the client keeps its data. An answer that has begun can only be cut. */
  #lastResort(res: HttpResponse, signalIndex: number): void {
    try {
      if (!this.#isCounted) this.#scope.enqueue.tally.undecoded(signalIndex, VERDICT.FAULT)
      this.#refuse(res, VERDICT.FAULT, signalIndex)
    } catch (error) {
      this.#scope.fault(error)
      res.close()
    }
  }

  /** @returns false when the port cannot be opened */
  listen(): boolean {
    this.#app.listen(this.#options.host, this.#options.port, (socket) => {
      if (socket !== false) this.#listenSocket = socket
    })
    return this.#listenSocket !== undefined
  }

  /** No new connections; requests on the open ones are refused by admission, and their connections closed. */
  drain(): void {
    this.#scope.isDraining = true
    this.#closeListener()
  }

  #closeListener(): void {
    if (this.#listenSocket === undefined) return
    us_listen_socket_close(this.#listenSocket)
    this.#listenSocket = undefined
  }

  /** Closes every connection at once. A listening thread that ended without this would end the process. */
  close(): void {
    this.drain()
    this.#app.close()
  }
}

/** Its answers have no body. */
function isHead(request: Head): boolean {
  return request.getCaseSensitiveMethod() === 'HEAD'
}
