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
import { codingOf, encodingOf, UNSUPPORTED } from './body.ts'
import type { Enqueue } from './enqueue.ts'
import { GOODBYE, HTTP_FAULT, type HttpFault, writeAnswer, writeFault } from './http-answers.ts'
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
}

export class HttpServer {
  readonly #app: TemplatedApp = createApp()
  readonly #options: HttpServerOptions
  readonly #scope: HttpScope
  #listenSocket: us_listen_socket | undefined
  #connectionCount = 0

  constructor(options: HttpServerOptions, enqueue: Enqueue, fault: (error: unknown) => void) {
    this.#options = options
    this.#scope = {
      enqueue,
      requestBytesMax: options.requestBytesMax,
      isDraining: false,
      pool: [],
      fault,
    }
    this.#route()
  }

  #route(): void {
    const app = this.#app
    app.filter((res, change) => this.#onConnection(res, change))
    this.#options.paths.forEach((path, signalIndex) => {
      app.post(path, (res, head) => this.#export(res, head, signalIndex))
      app.any(path, (res, head) => this.#invalid(res, head, HTTP_FAULT.METHOD))
    })
    app.any('/*', (res, head) => this.#invalid(res, head, HTTP_FAULT.NOT_FOUND))
  }

  #onConnection(res: HttpResponse, change: number): void {
    this.#connectionCount += change
    if (change > 0 && this.#connectionCount > this.#options.connectionsMax) res.close()
  }

  #export(res: HttpResponse, head: Head, signalIndex: number): void {
    try {
      const encoding = encodingOf(head.getHeader('content-type'))
      if (encoding === UNSUPPORTED) {
        this.#invalid(res, head, HTTP_FAULT.MEDIA_TYPE)
        return
      }
      const coding = codingOf(head.getHeader('content-encoding'))
      if (coding === UNSUPPORTED) {
        this.#invalid(res, head, HTTP_FAULT.CODING)
        return
      }
      const contentLength = head.getHeader('content-length')
      const bodyBytes = contentLength === '' ? -1 : Number(contentLength)
      const refusal = this.#admit(signalIndex, bodyBytes)
      if (refusal !== VERDICT.PENDING) {
        this.#refuse(res, refusal, encoding, signalIndex, bodyBytes)
        return
      }
      const request = this.#scope.pool.pop() ?? new HttpRequest(this.#scope)
      request.begin(res, signalIndex, encoding, coding, bodyBytes)
    } catch (error) {
      this.#scope.fault(error)
      res.close()
    }
  }

  #admit(signalIndex: number, bodyBytes: number): number {
    const { enqueue, requestBytesMax } = this.#scope
    if (bodyBytes <= requestBytesMax) return enqueue.admit(signalIndex)
    enqueue.tally.undecoded(signalIndex, VERDICT.BODY_TOO_LARGE)
    return VERDICT.BODY_TOO_LARGE
  }

  #refuse(res: HttpResponse, verdict: number, encoding: Encoding, signalIndex: number, bodyBytes: number): void {
    const { isDraining } = this.#scope
    const isLong = bodyBytes < 0 || bodyBytes > KEPT_BODY_BYTES_MAX
    const goodbye = isDraining && bodyBytes === 0 ? GOODBYE.CLOSE : isDraining || isLong ? GOODBYE.ASK : GOODBYE.KEEP
    writeAnswer(res, { verdict, encoding, signalIndex, items: 0, text: '', goodbye })
  }

  #invalid(res: HttpResponse, head: Head, fault: HttpFault): void {
    this.#scope.enqueue.tally.httpInvalid()
    writeFault(
      res,
      fault,
      encodingOf(head.getHeader('content-type')) === ENCODING.JSON ? ENCODING.JSON : ENCODING.PROTOBUF,
      fault === HTTP_FAULT.NOT_FOUND ? ` Try ${this.#options.paths.join(', ')}.` : '',
    )
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
