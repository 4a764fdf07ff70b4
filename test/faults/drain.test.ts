/** SIGTERM: what was taken in is delivered and answered, new requests are refused, the exit code says what is left. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { ClosedLoop } from '../bed/closed-loop.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { Ledger } from '../bed/ledger.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'

const DEADLINE_MS = 30_000

const kafka = inject('kafkaBootstrapServers')
let topics: TestTopics
let engine: RunningEngine

beforeEach(async () => {
  topics = await createTopics(kafka, 3)
})
afterEach(() => engine?.kill())

async function start(config: Record<string, string> = {}): Promise<void> {
  engine = await startEngine({ bootstrapServers: kafka, config: { ...topics.config, ...config } })
}

/** Load until so many requests are acknowledged. */
async function loaded(ledger: Ledger, acknowledged: number): Promise<ClosedLoop> {
  const { http, grpc } = engine.addresses
  const load = new ClosedLoop({ http, grpc, ledger, clients: 6, paddingBytes: 2000 })
  await waitUntil(() => ledger.accepted.size >= acknowledged, { deadlineMs: DEADLINE_MS, what: 'load' })
  return load
}

/** What clients may be told while an engine ends: done, come back, or nothing because nobody is there any more. */
const FAREWELLS = ['grpc 0', 'grpc 14', 'http 200', 'http 503', 'http ECONNREFUSED', 'http ECONNRESET', 'http EPIPE']

describe.each(['kafka', 'queue'])('SIGTERM under load with otlp.ack=%s', (ack) => {
  it('delivers everything that was answered, once, and exits 0', async () => {
    await start({ 'otlp.ack': ack, 'engine.ingest.threads': '2', 'engine.serializer.threads': '2' })
    const ledger = new Ledger()
    const load = await loaded(ledger, 300)
    const end = await engine.stop()
    await load.stop()
    expect(end).toMatchObject({ code: 0, fields: { event: 'task_stopped', undelivered: '0', refused: '0' } })
    expect([...ledger.answers.keys()].filter((answer) => !FAREWELLS.includes(answer))).toEqual([])
    const found = await ledger.compare(kafka, topics.names.traces)
    expect(found).toMatchObject({ missing: [], duplicates: [] })
    if (ack === 'kafka') expect(found.unacknowledged).toBe(0)
  })
})

describe('signals', () => {
  it('end an idle engine within two seconds', async () => {
    await start()
    const startedMs = performance.now()
    expect(await engine.stop()).toMatchObject({ code: 0 })
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })

  it('SIGINT ends it like SIGTERM', async () => {
    await start()
    engine.signal('SIGINT')
    expect(await engine.exited).toMatchObject({ code: 0, fields: { event: 'task_stopped' } })
  })
})
