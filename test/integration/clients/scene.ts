/**
 * Real clients, real engine, real Kafka: what a client was told is delivered can be read at once with kcat, each item
 * exactly once. Nothing waits after the client's end: the answer comes after Kafka's acknowledgement.
 */
import { expect, inject, it } from 'vitest'
import { readTopic } from '../../../scripts/kafka/read-topic.ts'
import { createTopic, deleteTopic } from '../../../scripts/kafka/topics.ts'
import { itemsOf, quiescentMetrics, SIGNALS, type Signal } from '../../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../../bed/engine.ts'
import { attributesIn, type FoundItem, itemsIn } from '../../bed/otlp-json.ts'

export const SDK_SIGNALS = ['traces', 'metrics', 'logs'] as const
/** More than one batch of 512, less than the SDKs' limit of 2000 attribute sets a metric. */
export const COUNT = 700
export const expectedNames = Array.from({ length: COUNT }, (_, index) => `item-${index}`).sort()

/** Every protocol with every signal of the SDKs. */
export function cases<const P extends string>(protocols: readonly P[]): [P, (typeof SDK_SIGNALS)[number]][] {
  return protocols.flatMap((protocol) => SDK_SIGNALS.map((signal): [P, typeof signal] => [protocol, signal]))
}

/** Payloads to OTLP/JSON. */
export type Decode = (signal: Signal, payloads: Buffer[]) => Promise<unknown[]>

/** One engine with topics of its own. */
export class Scene {
  readonly #kafka = inject('kafkaBootstrapServers')
  readonly #prefix: string
  readonly #format: 'json' | 'protobuf'
  #engine: RunningEngine | undefined

  constructor(format: 'json' | 'protobuf') {
    this.#format = format
    this.#prefix = `clients-${format}-${process.pid}`
  }

  get engine(): RunningEngine {
    return this.#engine!
  }

  topic(signal: Signal): string {
    return `${this.#prefix}-${signal}`
  }

  async start(): Promise<void> {
    const config: Record<string, string> = { 'otlp.message.format': this.#format }
    for (const signal of SIGNALS) {
      config[`kafka.topic.${signal}`] = this.topic(signal)
      await createTopic(this.#kafka, this.topic(signal), { partitions: 3 })
    }
    this.#engine = await startEngine({ bootstrapServers: this.#kafka, config })
  }

  async stop(): Promise<void> {
    await this.#engine?.stop()
    for (const signal of SIGNALS) await deleteTopic(this.#kafka, this.topic(signal))
  }

  /** The items of the service that are in Kafka now; `decode` turns payloads into OTLP/JSON. */
  async items(signal: Signal, service: string, decode: Decode = parseAll): Promise<FoundItem[]> {
    const records = await readTopic(this.#kafka, this.topic(signal))
    const requests = await decode(
      signal,
      records.map(({ payload }) => payload!),
    )
    const found = requests.map((request) => itemsIn(signal, request))
    for (const [index, { headers }] of records.entries()) {
      expect(headers).toMatchObject({ 'otlp.signal': signal, 'otlp.items': String(found[index].length) })
    }
    return found.flat().filter((item) => item.service === service)
  }

  /** By name, what each item of the service carries in Kafka. */
  async attributes(signal: Signal, service: string): Promise<[name: string, found: unknown][]> {
    const records = await readTopic(this.#kafka, this.topic(signal))
    return records.flatMap(({ payload }) => attributesIn(signal, JSON.parse(String(payload)), service))
  }

  async names(signal: Signal, service: string, decode: Decode = parseAll): Promise<string[]> {
    return (await this.items(signal, service, decode)).map(({ name }) => name).sort()
  }
}

async function parseAll(_signal: Signal, payloads: Buffer[]): Promise<unknown[]> {
  return payloads.map((payload) => JSON.parse(payload.toString()))
}

/** The last test of each file. */
export function itEndsCleanly(scene: Scene): void {
  it('conserves every item and ends cleanly, nothing undelivered', async () => {
    const metrics = await quiescentMetrics(scene.engine)
    const totals = SIGNALS.map((signal) => itemsOf(metrics, signal))
    expect(totals.map(({ delivered }) => delivered)).toEqual(totals.map(({ received }) => received))
    expect(Math.max(...totals.map(({ received }) => received))).toBeGreaterThan(0)
    expect(await scene.engine.stop()).toMatchObject({
      code: 0,
      fields: { event: 'task_stopped', undelivered: '0', refused: '0' },
    })
  })
}
