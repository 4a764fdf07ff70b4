/**
 * Composition of one ingest thread: two receivers, one way into the queues, one duty cycle. Knows nothing of worker
 * threads; thread.ts starts it and carries its messages.
 *
 *   listening -> (engine drains) draining -> CLOSED -> (main says end) ended
 */
import { createLog, type Log, type LogOptions } from '../base/log.ts'
import { instantiateKernel } from '../otlp/kernel-instance.ts'
import { THREAD_STATE } from '../shared-memory/control-block.ts'
import { MAIN_SLOT } from '../shared-memory/layout.ts'
import { SharedState } from '../shared-memory/shared-state.ts'
import { admit, isServing } from './admission.ts'
import { Answers } from './answer.ts'
import { Bodies } from './bodies.ts'
import { CollectBudget } from './collected.ts'
import { Duty, isDrainingState } from './duty.ts'
import { Enqueue, type EnqueueParts } from './enqueue.ts'
import { GrpcServer } from './grpc-server.ts'
import { HttpServer } from './http-server.ts'
import { Inflater } from './inflater.ts'
import { listenFailure } from './listen-failure.ts'
import { LossLog } from './loss-log.ts'
import { Numbers } from './numbers.ts'
import { Receiving } from './receiving.ts'
import { RetryPace } from './retry-pace.ts'
import { Tally } from './tally.ts'
import type { IngestInit } from './thread-init.ts'
import { VERDICT } from './verdict.ts'

export class Ingest {
  readonly #init: IngestInit
  readonly #shared: SharedState
  readonly #log: Log
  readonly #bodies: Bodies
  readonly #answers: Answers
  readonly #receiving: Receiving
  readonly #retryPace: RetryPace
  readonly #inflater: Inflater
  readonly #lossLog: LossLog
  readonly #http: HttpServer | undefined
  readonly #grpc: GrpcServer | undefined
  readonly #duty: Duty
  readonly #reportFault: (message: string) => void
  #isDraining = false
  #isClosed = false

  constructor(init: IngestInit, reportFault: (message: string) => void) {
    const { layout, ingestIndex, slot } = init
    const shared = new SharedState(init.memory, layout)
    const { requests, heldBytes } = shared
    const numberCount = layout.requestEntriesPerIngest
    const firstNumber = ingestIndex * numberCount
    const tally = new Tally(shared.counters(slot))
    this.#init = init
    this.#shared = shared
    this.#reportFault = reportFault
    this.#log = createLog(init.log)
    const bodies = new Bodies({
      requests,
      heldBytes,
      numbers: new Numbers(firstNumber, numberCount),
      arena: shared.arena(ingestIndex),
      bytes: shared.bytes,
      ingestIndex,
      queueBytesMax: init.queueBytesMax,
    })
    const { requestTimeoutMs } = init
    this.#bodies = bodies
    this.#answers = new Answers({ requests, bodies, tally, firstNumber, numberCount, requestTimeoutMs })
    this.#receiving = new Receiving(init.bodyTimeoutMs)
    this.#retryPace = new RetryPace((signalIndex) => admit(shared, init, signalIndex) === VERDICT.PENDING)
    const collectBudget = new CollectBudget(init.collectBytesMax)
    this.#inflater = new Inflater(init.requestBytesMax, collectBudget)
    this.#lossLog = new LossLog(tally, this.#log)
    const kernel = instantiateKernel(init.memory, layout.kernelTablesOffset)
    const enqueue = new Enqueue({
      init,
      shared,
      kernel,
      bodies,
      answers: this.#answers,
      tally,
      receiving: this.#receiving,
      retryPace: this.#retryPace,
      collectBudget,
      inflater: this.#inflater,
      onReceived: receivedLog(init.log, this.#log),
    })
    this.#http = init.httpPort > 0 ? this.#httpServer(enqueue) : undefined
    this.#grpc = init.grpcPort > 0 ? this.#grpcServer(enqueue) : undefined
    this.#duty = new Duty({
      shared,
      slot,
      answers: this.#answers,
      outcomes: shared.outcomeRing(ingestIndex),
      onCycle: (engineState, nowMs) => this.#onCycle(engineState, nowMs),
      fault: this.#fault,
    })
  }

  #httpServer(enqueue: Enqueue): HttpServer {
    const { host, httpPort, httpPaths, requestBytesMax, connectionsMax, cors } = this.#init
    const limits = { requestBytesMax, connectionsMax, cors }
    return new HttpServer({ host, port: httpPort, paths: httpPaths, ...limits }, enqueue, this.#fault)
  }

  #grpcServer(enqueue: Enqueue): GrpcServer {
    const { host, grpcPort, requestBytesMax, requestTimeoutMs, bodyTimeoutMs, connectionsMax } = this.#init
    const limits = { requestBytesMax, requestTimeoutMs, answerTimeoutMs: bodyTimeoutMs, connectionsMax }
    const connections = this.#init.grpcConnections
    const options = { host, port: grpcPort, ...limits, ...connections, isServing: () => isServing(this.#shared) }
    return new GrpcServer(options, enqueue, this.#fault)
  }

  /** @throws ReceiverFailedError when a port cannot be opened; nothing listens then */
  async start(): Promise<void> {
    const { host, httpPort, grpcPort, slot } = this.#init
    if (this.#http?.listen() === false) throw await listenFailure('HTTP', host, httpPort)
    try {
      await this.#grpc?.listen()
    } catch (error) {
      this.#http?.close()
      throw await listenFailure('gRPC', host, grpcPort, error)
    }
    this.#shared.control.setThreadState(slot, THREAD_STATE.RUNNING)
    this.#duty.start()
  }

  /** A bug of ours. The thread goes on so that clients get answers; main decides what follows. */
  readonly #fault = (error: unknown): void => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#shared.control.setThreadState(this.#init.slot, THREAD_STATE.FAILED)
    this.#log('error', 'ingest_fault', { thread: this.#init.slot, message })
    this.#reportFault(message)
  }

  #onCycle(engineState: number, nowMs: number): void {
    this.#lossLog.poll(nowMs)
    this.#receiving.cycle(nowMs, this.#retryPace.isRoomShort)
    this.#retryPace.cycle(nowMs)
    this.#grpc?.cycle(nowMs)
    if (!isDrainingState(engineState)) return
    if (!this.#isDraining) this.#drain(nowMs)
    if (!this.#isClosed && this.#isEmpty) this.#close()
  }

  /** Nothing that was taken in is on its way. */
  get #isEmpty(): boolean {
    return this.#bodies.openCount === 0 && this.#receiving.count === 0 && this.#inflater.count === 0
  }

  #drain(nowMs: number): void {
    this.#isDraining = true
    this.#receiving.drain(nowMs + this.#init.drainBodyTimeoutMs)
    this.#http?.drain()
    this.#grpc?.drain()
  }

  #close(): void {
    this.#isClosed = true
    this.#shared.control.setThreadState(this.#init.slot, THREAD_STATE.CLOSED)
    this.#shared.control.bell(MAIN_SLOT).ring()
  }

  /** Answers whoever still waits or sends, closes every connection. @returns items of the requests answered with an error */
  async end(): Promise<number> {
    this.#duty.stop()
    const refusedItems = this.#answers.expire(Number.POSITIVE_INFINITY)
    this.#inflater.end()
    this.#receiving.drain(0)
    this.#receiving.cycle(performance.now())
    this.#http?.close()
    await this.#grpc?.end()
    return refusedItems
  }
}

/** By signal index. */
const RECEIVED_EVENTS = ['trace_received', 'metric_received', 'log_received', 'profile_received']

/** A line per request, for those who asked for level debug; nobody else pays for it. */
function receivedLog({ level }: LogOptions, log: Log): EnqueueParts['onReceived'] {
  if (level !== 'debug') return undefined
  return (signalIndex, items, bytes) => log('debug', RECEIVED_EVENTS[signalIndex]!, { items, bytes })
}
