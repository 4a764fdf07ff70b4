/**
 * Composition root: allocates the shared memory, then starts from the end of the flow to its beginning (produce,
 * workers, ingest), so that every stage finds the next one running; stops in the order of the flow.
 */
import { availableParallelism } from 'node:os'
import { monotonicMs } from './base/clock.ts'
import { ThreadDiedError } from './base/errors.ts'
import { createLog, type Log } from './base/log.ts'
import { type Limits, resolveLimits } from './config/limits.ts'
import type { LoadedConfig } from './config/load.ts'
import { type Config, messageFormat } from './config/options.ts'
import { ingestInit } from './engine-ingest.ts'
import { observeInit } from './engine-observe.ts'
import { type IngestThread, startIngestThread } from './ingest/start.ts'
import { snapshot as readSnapshot, type Snapshot } from './observe/snapshot.ts'
import { type ObserveThread, startObserveThread } from './observe/start.ts'
import { taskMetricsFields } from './observe/task-metrics.ts'
import { installKernelTables } from './otlp/kernel-instance.ts'
import { SIGNALS } from './otlp/signal.ts'
import { provePort } from './ports.ts'
import { undeliveredItems, unsettledItems, waitUntil } from './produce/drain.ts'
import { ProduceStage } from './produce/produce-stage.ts'
import type { ProducerFactory } from './produce/producer-port.ts'
import { ENGINE_STATE, type EngineState, THREAD_STATE } from './shared-memory/control-block.ts'
import { computeLayout, createSharedMemory, ingestSlot } from './shared-memory/layout.ts'
import { SharedState } from './shared-memory/shared-state.ts'
import { SerializerPool } from './workers/pool.ts'

export type { Snapshot }

const TASK_METRICS_INTERVAL_MS = 60_000
const THREAD_END_TIMEOUT_MS = 5000

export interface EngineDependencies {
  readonly loaded: LoadedConfig
  /** Where records go: the real Kafka (engine-kafka.ts), or another producer in benches. */
  readonly kafka: { readonly bootstrapServers: string; readonly factory: ProducerFactory }
  readonly version: string
  readonly log?: Log
}

export interface EngineAddresses {
  readonly grpc: string | undefined
  readonly http: string | undefined
  readonly metrics: string | undefined
  readonly health: string | undefined
}

/** What was left when the engine stopped, in items. */
export interface StopReport {
  /** Acknowledged and not confirmed by Kafka. */
  readonly undelivered: number
  /** Of waiting requests that were answered with an error at the deadline. */
  readonly refused: number
}

export class Engine {
  readonly addresses: EngineAddresses
  readonly shared: SharedState
  readonly pool: SerializerPool
  readonly #parts: EngineParts
  #drainDeadlineMs = Number.POSITIVE_INFINITY
  #stopping: Promise<StopReport> | undefined

  /** @throws ReceiverFailedError, ConfigError; nothing keeps running then */
  static async start(dependencies: EngineDependencies): Promise<Engine> {
    const parts = new EngineParts(dependencies)
    try {
      return new Engine(parts, await parts.start())
    } catch (error) {
      await parts.end()
      throw error
    }
  }

  private constructor(parts: EngineParts, addresses: EngineAddresses) {
    this.#parts = parts
    this.addresses = addresses
    this.shared = parts.shared
    this.pool = parts.pool
  }

  /** Resolves with the reason when a part died that cannot be replaced; the engine should be stopped then. */
  get failed(): Promise<Error> {
    return this.#parts.failed
  }

  /** For tests that end one; in no other use. */
  get ingestThreads(): readonly IngestThread[] {
    return this.#parts.ingestThreads
  }

  get kafkaUp(): boolean {
    return this.#parts.produce.kafkaUp
  }

  snapshot(): Snapshot {
    return readSnapshot(this.shared)
  }

  /** Refuses new data with a retry hint; what is in flight finishes. A drain refuses anyway, and goes on. */
  pause(): void {
    if (this.shared.control.engineState === ENGINE_STATE.RUNNING) this.#parts.setState(ENGINE_STATE.PAUSED)
  }

  resume(): void {
    if (this.shared.control.engineState === ENGINE_STATE.PAUSED) this.#parts.setState(ENGINE_STATE.RUNNING)
  }

  /** Drains, then ends every thread. A second call with a shorter time hurries the first. */
  stop(drainTimeoutMs: number): Promise<StopReport> {
    this.#drainDeadlineMs = Math.min(this.#drainDeadlineMs, monotonicMs() + drainTimeoutMs)
    this.#stopping ??= this.#parts.drainAndEnd(() => this.#drainDeadlineMs)
    return this.#stopping
  }
}

class EngineParts {
  readonly shared: SharedState
  readonly pool: SerializerPool
  readonly produce: ProduceStage
  readonly failed: Promise<Error>
  readonly #config: Config
  readonly #limits: Limits
  readonly #version: string
  readonly #log: Log
  readonly #formats: readonly ('json' | 'protobuf')[]
  readonly #passThrough: readonly boolean[]
  #ingest: IngestThread[] = []
  readonly #dead = new Set<IngestThread>()
  #observe: ObserveThread | undefined
  #metricsTimer: NodeJS.Timeout | undefined
  #fail: (error: Error) => void = () => {}

  constructor({ loaded: { config }, kafka, version, log }: EngineDependencies) {
    this.#config = config
    this.#version = version
    this.#log = log ?? createLog({ level: config['log.level'], format: config['log.format'] })
    this.#limits = resolveLimits(config, availableParallelism())
    this.#formats = SIGNALS.map((signal) => messageFormat(config, signal))
    this.#passThrough = this.#formats.map((format) => format === 'protobuf')
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    const layout = computeLayout(this.#limits)
    const memory = createSharedMemory(layout)
    installKernelTables(memory, layout.kernelTablesOffset)
    this.shared = new SharedState(memory, layout)
    this.shared.initialize()
    this.produce = new ProduceStage({
      shared: this.shared,
      config,
      formats: this.#formats,
      passThrough: this.#passThrough,
      topics: SIGNALS.map((signal) => config[`kafka.topic.${signal}`]),
      bootstrapServers: kafka.bootstrapServers,
      factory: kafka.factory,
      log: this.#log,
    })
    this.pool = this.#createPool()
  }

  get ingestThreads(): readonly IngestThread[] {
    return this.#ingest
  }

  async start(): Promise<EngineAddresses> {
    const config = this.#config
    const host = config['otlp.bind.address']
    this.#log('info', 'task_starting', {
      name: config.name,
      ingest_threads: this.#limits.ingestThreads,
      serializer_threads: this.#limits.serializerThreads,
      shared_memory_bytes: this.shared.layout.totalBytes,
    })
    const grpcPort = config['otlp.grpc.enabled'] ? await provePort('gRPC', host, config['otlp.grpc.port']) : 0
    const httpPort = config['otlp.http.enabled'] ? await provePort('HTTP', host, config['otlp.http.port']) : 0
    this.setState(ENGINE_STATE.RUNNING)
    this.produce.start()
    this.pool.start()
    this.#ingest = this.shared.layout.arenaOffsets.map((_, index) => this.#startIngest(index, grpcPort, httpPort))
    for (const thread of this.#ingest) thread.exited.catch((error: Error) => this.#ingestDied(thread, error))
    await Promise.all(this.#ingest.map((thread) => thread.ready))
    if (grpcPort > 0)
      this.#log('info', 'otlp_receiver_started', { protocol: 'grpc', address: addressOf(host, grpcPort) })
    if (httpPort > 0)
      this.#log('info', 'otlp_receiver_started', { protocol: 'http', address: addressOf(host, httpPort) })
    this.#observe = this.#startObserve()
    const admin = await this.#observe.ready
    this.#metricsTimer = setInterval(() => this.#logMetrics(), TASK_METRICS_INTERVAL_MS)
    const adminHost = config['admin.bind.address']
    return {
      grpc: addressOf(host, grpcPort),
      http: addressOf(host, httpPort),
      metrics: addressOf(adminHost, admin.metricsPort),
      health: addressOf(adminHost, admin.healthPort),
    }
  }

  setState(state: EngineState): void {
    const { control, layout } = this.shared
    control.engineState = state
    for (let slot = 0; slot < layout.slotCount; slot++) control.bell(slot).ringAll()
    control.workBell.ringAll()
  }

  async drainAndEnd(deadlineMs: () => number): Promise<StopReport> {
    this.#log('info', 'task_stopping', { drain_timeout_ms: Math.round(deadlineMs() - monotonicMs()) })
    this.setState(ENGINE_STATE.DRAINING)
    // A closed ingest thread has seen the end of all it took in; what a dead one acknowledged is still to be delivered.
    await waitUntil(() => this.#ingestClosed() && unsettledItems(this.shared) === 0, deadlineMs)
    const undelivered = undeliveredItems(this.shared)
    const refused = await this.#endIngest()
    await this.end()
    this.#log('info', 'task_stopped', { undelivered, refused })
    return { undelivered, refused }
  }

  /** Ends every thread that runs. Whatever is not delivered is lost: drain first. */
  async end(): Promise<void> {
    clearInterval(this.#metricsTimer)
    await this.#endIngest()
    this.setState(ENGINE_STATE.STOPPED)
    await Promise.all([this.pool.stop(), this.produce.stop()])
    this.#observe?.end()
    await this.#observe?.exited
  }

  #createPool(): SerializerPool {
    return new SerializerPool({
      threads: this.#limits.serializerThreads,
      log: this.#log,
      task: (serializerIndex) => ({
        memory: this.shared.memory,
        layout: this.shared.layout,
        serializerIndex,
        passThrough: this.#passThrough,
        recordBytesMax: this.#limits.recordBytesMax,
        mendsText: this.#config['otlp.validation'] === 'off',
      }),
      died: (serializerIndex) => this.produce.serializerDied(serializerIndex),
      failed: (error) => this.#fail(error),
    })
  }

  #startIngest(ingestIndex: number, grpcPort: number, httpPort: number): IngestThread {
    const shape = { limits: this.#limits, passThrough: this.#passThrough, grpcPort, httpPort }
    return startIngestThread(ingestInit(this.shared, this.#config, shape, ingestIndex), (message) => {
      this.#fail(new ThreadDiedError(`fault in ingest thread ${ingestIndex}: ${message}`))
    })
  }

  #startObserve(): ObserveThread {
    return startObserveThread(observeInit(this.shared, this.#config, this.#version), (error) => this.#fail(error))
  }

  #ingestClosed(): boolean {
    const { control } = this.shared
    return this.#ingest.every(
      (thread, index) => this.#dead.has(thread) || control.threadState(ingestSlot(index)) === THREAD_STATE.CLOSED,
    )
  }

  /** @returns items of requests that were still waiting and got an error */
  async #endIngest(): Promise<number> {
    const threads = this.#ingest
    this.#ingest = []
    for (const thread of threads) thread.end()
    const deadline = monotonicMs() + THREAD_END_TIMEOUT_MS
    let refused = 0
    for (const thread of threads) {
      const gone = thread.exited.catch(() => {})
      await Promise.race([gone, new Promise((r) => setTimeout(r, deadline - monotonicMs()).unref())])
      refused += thread.refusedItems
    }
    return refused
  }

  #ingestDied(thread: IngestThread, error: Error): void {
    if (!this.#ingest.includes(thread)) return
    this.#dead.add(thread)
    this.#log('error', 'worker_died', { role: 'ingest', reason: error.message })
    this.#fail(error)
  }

  #logMetrics(): void {
    this.#log('info', 'task_metrics', taskMetricsFields(readSnapshot(this.shared)))
  }
}

/** As in a URL: an IPv6 address stands in brackets. */
function addressOf(host: string, port: number): string | undefined {
  if (port === 0) return undefined
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
