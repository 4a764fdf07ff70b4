/**
 * The main thread, played by a test: shared memory with one real ingest thread and nobody else. The test takes requests
 * from the queues and settles them when and how it likes.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { MIB } from '../../src/base/units.ts'
import { type IngestThread, startIngestThread } from '../../src/ingest/start.ts'
import type { IngestInit } from '../../src/ingest/thread-init.ts'
import { installKernelTables, KERNEL_TABLES_BYTES } from '../../src/otlp/kernel-instance.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../src/shared-memory/control-block.ts'
import type { CounterName } from '../../src/shared-memory/counter-catalog.ts'
import { computeLayout, createSharedMemory, ingestSlot, MAIN_SLOT } from '../../src/shared-memory/layout.ts'
import { queueTake } from '../../src/shared-memory/queue-take.ts'
import { OUTCOME, type Outcome } from '../../src/shared-memory/request-table.ts'
import { SharedState } from '../../src/shared-memory/shared-state.ts'
import { until } from './until.ts'

const HTTP_PATHS = ['/v1/traces', '/v1/metrics', '/v1/logs', '/v1development/profiles']
const INGEST_INDEX = 0

export interface FakeMainSizes {
  readonly requestEntries?: number
  readonly arenaBytes?: number
}

/** Two free ports of the loopback; somebody else may take them before they are used, which fails loudly. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) await once(server.close(), 'close')
  return [ports[0]!, ports[1]!]
}

export class FakeMain {
  readonly init: IngestInit
  readonly shared: SharedState
  readonly thread: IngestThread
  readonly faults: string[] = []
  readonly #outcomes

  private constructor(init: IngestInit, shared: SharedState) {
    this.init = init
    this.shared = shared
    this.#outcomes = shared.outcomeRing(INGEST_INDEX)
    this.thread = startIngestThread(init, (message) => this.faults.push(message))
  }

  static async start(changes: Partial<IngestInit> = {}, sizes: FakeMainSizes = {}): Promise<FakeMain> {
    const layout = computeLayout({
      signalCount: 4,
      ingestThreads: 1,
      serializerThreads: 1,
      kernelTablesBytes: KERNEL_TABLES_BYTES,
      queueCountMax: changes.queueCountMax ?? 100,
      requestEntriesPerIngest: sizes.requestEntries ?? 64,
      arenaBytesPerIngest: sizes.arenaBytes ?? 16 * MIB,
      outRingCapacityBytes: MIB,
    })
    const memory = createSharedMemory(layout)
    installKernelTables(memory, layout.kernelTablesOffset)
    const shared = new SharedState(memory, layout)
    shared.initialize()
    shared.control.engineState = ENGINE_STATE.RUNNING
    shared.control.kafkaState = KAFKA_STATE.UP
    const [httpPort, grpcPort] = await freePorts()
    const main = new FakeMain({ ...defaults, memory, layout, httpPort, grpcPort, ...changes }, shared)
    await main.thread.ready
    return main
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.init.httpPort}`
  }

  get grpcTarget(): string {
    return `127.0.0.1:${this.init.grpcPort}`
  }

  /** The oldest request in the queue of a signal, as soon as there is one. */
  async take(signalIndex: number): Promise<number> {
    const { queues, requests } = this.shared
    let taken = -1
    await until(`a request of signal ${signalIndex}`, () => {
      taken = queueTake(queues[signalIndex]!, (requestNumber) => requests.claim(requestNumber, MAIN_SLOT))
      return taken >= 0
    })
    return taken
  }

  body(requestNumber: number): Buffer {
    const { requests, bytes } = this.shared
    const offset = requests.payloadOffset(requestNumber)
    return Buffer.from(bytes.subarray(offset, offset + requests.payloadBytes(requestNumber)))
  }

  settle(requestNumber: number, outcome: Outcome = OUTCOME.DELIVERED): void {
    this.shared.requests.settle(requestNumber, outcome)
    this.#outcomes.put(requestNumber)
    this.ring()
  }

  ring(): void {
    this.shared.control.bell(this.init.slot).ring()
  }

  setEngineState(state: (typeof ENGINE_STATE)[keyof typeof ENGINE_STATE]): void {
    this.shared.control.engineState = state
    this.ring()
  }

  counter(name: CounterName, signalIndex = 0): number {
    return this.shared.countersReader.ofThread(this.init.slot, name, signalIndex)
  }

  /** received - (delivered + rejected + refused + dropped): what is still open. */
  openBalance(unit: 'requests' | 'items', signalIndex = 0): number {
    const of = (name: string): number => this.counter(`${name}_${unit}` as CounterName, signalIndex)
    return of('received') - of('delivered') - of('rejected') - of('refused') - of('dropped')
  }

  async stop(): Promise<void> {
    this.thread.end()
    await this.thread.exited
  }
}

const defaults = {
  ingestIndex: INGEST_INDEX,
  slot: ingestSlot(INGEST_INDEX),
  host: '127.0.0.1',
  httpPaths: HTTP_PATHS,
  requestBytesMax: MIB,
  responseBytesMax: 4 * MIB,
  collectBytesMax: 2 * MIB,
  requestTimeoutMs: 8000,
  bodyTimeoutMs: 60_000,
  drainBodyTimeoutMs: 5000,
  recordBytesMax: MIB,
  validation: 'spec',
  jsonLenient: false,
  queueCountMax: 100,
  queueBytesMax: 8 * MIB,
  ackAtQueue: false,
  passThrough: [false, false, false, false],
  grpcConnections: {
    concurrentStreamsMax: 100,
    keepaliveTimeMs: 30_000,
    keepaliveTimeoutMs: 20_000,
    connectionIdleMsMax: 300_000,
    connectionAgeMsMax: 0,
    connectionGraceMs: 30_000,
  },
  connectionsMax: 1000,
  cors: { origins: [], headers: [] },
  log: { level: 'error', format: 'logfmt' },
} as const
