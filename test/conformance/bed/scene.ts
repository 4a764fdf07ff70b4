/**
 * One engine with topics of its own for a file of the suite. Called at the top of the file or of a describe:
 *
 *   const scene = conformanceScene({ 'otlp.request.max.bytes': '65536' })
 *   it('[C64] ...', async () => expect(await scene.post('/v1/traces', Buffer.alloc(0))).toMatchObject({ status: 200 }))
 *
 * After each test the process must be alive and the next good request over HTTP and gRPC a success; at the end nothing may be
 * queued, every item must be accounted for, and the process must end with 0.
 */
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { forEachRecord, type KafkaRecord } from '../../../scripts/kafka/read-topic.ts'
import { quiescentMetrics, SIGNALS, type Signal } from '../../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../../bed/engine.ts'
import { type GrpcAnswer, GrpcClient } from '../../bed/grpc-client.ts'
import { type HttpAnswer, post } from '../../bed/http-client.ts'
import { Ledger } from '../../bed/ledger.ts'
import type { Metrics } from '../../bed/prometheus.ts'
import { createTopics, type TestTopics } from '../../bed/topics.ts'

export const HTTP_PATHS: Readonly<Record<Signal, string>> = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
  profiles: '/v1development/profiles',
}
export const PROTOBUF = { 'content-type': 'application/x-protobuf' }
export const JSON_TYPE = { 'content-type': 'application/json' }

/** Name of the span that each check of health sends; its records are left out of what `records` reads. */
const GOOD_NAME = 'good-request-after-the-test'
const GOOD = Ledger.body(GOOD_NAME)

export interface SceneOptions {
  /** Another Kafka than the shared one, with its topics there already: one that is about to die, one that is absent. */
  readonly kafka?: string
  /** False where the engine refuses everything on purpose: then only that the process lives. */
  readonly expectsGoodAnswers?: boolean
  /** False where requests are left over on purpose. */
  readonly expectsCleanEnd?: boolean
  /** True where the test itself ends the engine and looks at how it ended. */
  readonly endsInTest?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

export function conformanceScene(config: Readonly<Record<string, string>> = {}, options: SceneOptions = {}): Scene {
  const scene = new Scene(config, options)
  beforeAll(() => scene.start())
  afterEach(() => scene.assertHealthy())
  afterAll(() => scene.end())
  return scene
}

export class Scene {
  readonly #config: Readonly<Record<string, string>>
  readonly #options: SceneOptions
  #kafka = ''
  #engine: RunningEngine | undefined
  #topics: TestTopics | undefined
  #client: GrpcClient | undefined

  constructor(config: Readonly<Record<string, string>>, options: SceneOptions) {
    this.#config = config
    this.#options = options
  }

  get engine(): RunningEngine {
    return this.#engine!
  }

  get topics(): TestTopics {
    return this.#topics!
  }

  get kafka(): string {
    return this.#kafka
  }

  /** host:port */
  get http(): string {
    return this.engine.addresses.http
  }

  /** host:port */
  get grpc(): string {
    return this.engine.addresses.grpc
  }

  async start(): Promise<void> {
    const { kafka, environment = {} } = this.#options
    this.#kafka = kafka ?? inject('kafkaBootstrapServers')
    const shared = inject('kafkaBootstrapServers')
    this.#topics = await createTopics(shared)
    const config = { ...this.#topics.config, ...this.#config }
    this.#engine = await startEngine({ bootstrapServers: this.#kafka, config, environment })
    this.#client = new GrpcClient(this.grpc)
  }

  /** One HTTP request; protobuf unless the headers say otherwise. @param path or a signal's name for its default path */
  post(path: string, body: Buffer | string, headers: Record<string, string> = PROTOBUF): Promise<HttpAnswer> {
    const target = path.startsWith('/') ? path : HTTP_PATHS[path as Signal]
    return post(`http://${this.http}${target}`, { headers, body })
  }

  /** One Export call of raw bytes on the file's own connection. */
  call(signal: Signal, bytes: Buffer, metadata: Readonly<Record<string, string>> = {}): Promise<GrpcAnswer> {
    return this.#client!.export(SIGNALS.indexOf(signal), bytes, { metadata })
  }

  /** What Kafka holds of this signal, in the order of delivery, without the requests of the checks of health. */
  async records(signal: Signal): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = []
    await forEachRecord(this.#kafka, this.topics.names[signal], {}, (record) => {
      if (record.payload?.includes(GOOD_NAME)) return
      records.push({ ...record, payload: record.payload && Buffer.from(record.payload) })
    })
    return records
  }

  /** Items that Kafka confirmed, as the engine counts them; cheaper than reading the topic. */
  async delivered(signal: Signal): Promise<number> {
    return (await this.engine.metrics()).sum('sluice_delivered_items_total', { signal })
  }

  /** Waits until every request is settled. */
  async quiescent(): Promise<Metrics> {
    return quiescentMetrics(this.engine)
  }

  async assertHealthy(): Promise<void> {
    if (this.#options.endsInTest === true) return
    if (!isAlive(this.engine.pid)) throw new Error(`the engine is gone\n${this.engine.output()}`)
    if (this.#options.expectsGoodAnswers === false) return
    const [http, grpc] = await Promise.all([this.post('traces', GOOD), this.call('traces', GOOD)])
    expect({ http: http.status, grpc: grpc.code }).toEqual({ http: 200, grpc: 0 })
  }

  async end(): Promise<void> {
    this.#client?.close()
    const engine = this.#engine
    if (engine === undefined) return
    try {
      if (this.#options.expectsCleanEnd === false || this.#options.endsInTest === true) return
      await quiescentMetrics(engine)
      expect((await engine.stop()).code).toBe(0)
      expect(engine.events('task_stopped')).toMatchObject([{ undelivered: '0' }])
    } finally {
      await engine.kill()
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
