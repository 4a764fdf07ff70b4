/**
 * OTLP/gRPC on grpc-js: four unary Export methods that hand over raw bytes, the usual calls read without its help.
 *
 * - grpc-js cannot share a port: a net server with reusePort accepts, an injector passes the sockets on.
 * - A handler must not throw: grpc-js would answer UNKNOWN, which clients do not retry.
 * - Sockets are kept in a set, because grpc-js forgets its sessions when channelz is off and could not close them.
 */

import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { SIGNAL_FACTS } from '../otlp/signal.ts'
import { UNSUPPORTED } from './body.ts'
import type { Enqueue } from './enqueue.ts'
import { GrpcCall } from './grpc-call.ts'
import { GrpcExport, type GrpcScope, grpcCoding, usualExport } from './grpc-export.ts'
import { takeStreams, widenStreamWindows } from './grpc-inside.ts'
import {
  type ConnectionInjector,
  createGrpcServer,
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from './grpc-js.ts'

export interface GrpcServerOptions {
  readonly host: string
  readonly port: number
  readonly requestBytesMax: number
  readonly requestTimeoutMs: number
  readonly concurrentStreamsMax: number
  readonly connectionsMax: number
}

/** Clients that vanish without a word (a lost route, a dead machine) are found out by the operating system's probes. */
const KEEP_ALIVE_DELAY_MS = 60_000

/** An answer goes through a few turns of the event loop before it is in the socket. */
const LAST_ANSWERS_MS = 200

const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS } as const

function identity(bytes: Buffer): Buffer {
  return bytes
}

function exportMethod(path: string) {
  const codecs = { requestDeserialize: identity, requestSerialize: identity }
  const unary = { requestStream: false, responseStream: false }
  return { path, ...unary, ...codecs, responseDeserialize: identity, responseSerialize: identity }
}

export class GrpcServer {
  readonly #options: GrpcServerOptions
  readonly #server: Server
  readonly #injector: ConnectionInjector
  readonly #listener: NetServer
  readonly #sockets = new Set<Socket>()
  readonly #scope: GrpcScope

  constructor(options: GrpcServerOptions, enqueue: Enqueue, fault: (error: unknown) => void) {
    this.#options = options
    const { requestBytesMax, requestTimeoutMs } = options
    this.#scope = { enqueue, requestBytesMax, requestTimeoutMs, fault }
    this.#server = createGrpcServer(options)
    widenStreamWindows(this.#server)
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure())
    takeStreams(this.#server, (stream, headers) => this.#divert(stream, headers))
    this.#listener = createServer(SOCKET_OPTIONS, (socket) => this.#accept(socket))
    this.#listener.maxConnections = options.connectionsMax
    for (const { index, grpcPath } of SIGNAL_FACTS) this.#serve(index, grpcPath, enqueue, fault)
  }

  #serve(signalIndex: number, path: string, enqueue: Enqueue, fault: (error: unknown) => void): void {
    const handle = (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
      new GrpcCall(call, respond, signalIndex, enqueue).run(fault)
    }
    const implementation: UntypedServiceImplementation = { Export: handle as UntypedServiceImplementation[string] }
    this.#server.addService({ Export: exportMethod(path) }, implementation)
  }

  #divert(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
    const signalIndex = usualExport(headers, this.#options.requestTimeoutMs)
    const coding = grpcCoding(headers)
    if (signalIndex < 0 || coding === UNSUPPORTED) return false
    new GrpcExport(this.#scope, stream, signalIndex, coding).begin()
    return true
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    this.#injector.injectConnection(socket)
  }

  /** @throws the error of the socket when the port cannot be opened */
  listen(): Promise<void> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject)
      this.#listener.listen({ host, port, reusePort: true }, () => {
        this.#listener.off('error', reject)
        this.#listener.on('error', () => {}) // A failed accept (out of descriptors) must not end the thread.
        resolve()
      })
    })
  }

  /** No new connections; GOAWAY on the open ones, the calls in flight go on. */
  drain(): void {
    this.#listener.close()
    this.#server.tryShutdown(() => {})
  }

  /** Gives the last answers a moment to leave, then closes every connection. */
  async end(): Promise<void> {
    this.#listener.close()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LAST_ANSWERS_MS)
      this.#server.tryShutdown(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#server.forceShutdown()
    for (const socket of this.#sockets) socket.destroy()
  }
}
