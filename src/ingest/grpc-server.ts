/**
 * OTLP/gRPC: connections and the services beside Export are grpc-js's work; calls come through a gate that reads Export
 * calls without its help.
 *
 * - grpc-js cannot share a port: a net server with reusePort accepts, an injector passes the sockets on.
 * - A handler must not throw: grpc-js would answer UNKNOWN, which clients do not retry.
 * - Pings find out who is gone. They also end connections on which nghttp2 found a fault (a frame of a wrong size, a window
 *   that overflows): it sends GOAWAY and reads no more, and Node leaves the socket open.
 * - Sockets are kept in a set, because grpc-js forgets its sessions when channelz is off and could not close them.
 */

import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { GRPC_SERVICES } from '../otlp/schema-grpc.ts'
import type { Enqueue } from './enqueue.ts'
import { pathOf } from './grpc-codec.ts'
import { GrpcGate } from './grpc-gate.ts'
import { GrpcHealth } from './grpc-health.ts'
import { closeWhenIdle, keepFromIdle } from './grpc-idle.ts'
import { changeSettings, takeStreams } from './grpc-inside.ts'
import { type ConnectionInjector, createGrpcServer, type Server, ServerCredentials } from './grpc-js.ts'
import { addReflection } from './grpc-reflection.ts'
import { Receiving } from './receiving.ts'
import type { GrpcConnections } from './thread-init.ts'

export interface GrpcServerOptions extends GrpcConnections {
  readonly host: string
  readonly port: number
  readonly requestBytesMax: number
  readonly requestTimeoutMs: number
  /** A client that has not taken its answer by then is cut. */
  readonly answerTimeoutMs: number
  readonly connectionsMax: number
  /** Whether an Export call would be admitted by the state of the engine and of Kafka. */
  isServing(): boolean
}

/** Clients that vanish without a word (a lost route, a dead machine) are found out by the operating system's probes. */
const KEEP_ALIVE_DELAY_MS = 60_000

/** An answer goes through a few turns of the event loop before it is in the socket. */
const LAST_ANSWERS_MS = 200

const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS } as const

/** A watcher hears nothing for as long as nothing changes. */
const QUIET_METHODS: readonly string[] = ['Watch']

/** Paths that grpc-js serves. */
const OTHER_PATHS = new Map(
  GRPC_SERVICES.flatMap((service) =>
    service.methods.map(({ name }) => [pathOf(service, name), { isQuiet: QUIET_METHODS.includes(name) }]),
  ),
)

export class GrpcServer {
  readonly #options: GrpcServerOptions
  readonly #server: Server
  readonly #injector: ConnectionInjector
  readonly #listener: NetServer
  readonly #sockets = new Set<Socket>()
  readonly #health: GrpcHealth
  readonly #answered: Receiving

  constructor(options: GrpcServerOptions, enqueue: Enqueue, fault: (error: unknown) => void) {
    this.#options = options
    this.#answered = new Receiving(options.answerTimeoutMs)
    this.#health = new GrpcHealth(options.isServing)
    this.#server = createGrpcServer(options)
    this.#health.addTo(this.#server)
    addReflection(this.#server, fault)
    changeSettings(this.#server)
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure())
    const { requestBytesMax, requestTimeoutMs, connectionIdleMsMax, connectionGraceMs } = options
    const scope = { enqueue, requestBytesMax, requestTimeoutMs, answered: this.#answered, fault }
    const gate = new GrpcGate(scope, OTHER_PATHS)
    takeStreams(
      this.#server,
      (stream, headers) => {
        const isTaken = gate.take(stream, headers)
        if (!isTaken) keepFromIdle(stream)
        return isTaken
      },
      (session) => {
        if (connectionIdleMsMax > 0) closeWhenIdle(session, connectionIdleMsMax, connectionGraceMs)
      },
    )
    this.#listener = createServer(SOCKET_OPTIONS, (socket) => this.#accept(socket))
    this.#listener.maxConnections = options.connectionsMax
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

  /** @param nowMs `performance.now()` */
  cycle(nowMs: number): void {
    this.#answered.cycle(nowMs)
    this.#health.cycle()
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
