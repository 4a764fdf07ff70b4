/** Serializer threads that die under load: nothing acknowledged is lost, they are replaced, queues return to empty. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { ClosedLoop } from '../bed/closed-loop.ts'
import { quiescentMetrics } from '../bed/conservation.ts'
import { Ledger } from '../bed/ledger.ts'
import { startMortalEngine } from '../bed/start-mortal-engine.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'

const KILLS = 6
const DEADLINE_MS = 30_000

const kafka = inject('kafkaBootstrapServers')
let topics: TestTopics
let mortal: Awaited<ReturnType<typeof startMortalEngine>>

beforeEach(async () => {
  topics = await createTopics(kafka, 3)
  mortal = await startMortalEngine({
    ...topics.config,
    'kafka.bootstrap.servers': kafka,
    'engine.ingest.threads': '2',
    'engine.serializer.threads': '2',
  })
})
afterEach(() => mortal?.engine.kill())

describe('serializer threads that are killed under load', () => {
  it('are replaced; every acknowledged request is in Kafka once, and nothing stays behind', async () => {
    const { engine, killSerializer } = mortal
    const ledger = new Ledger()
    const { http, grpc } = engine.addresses
    const load = new ClosedLoop({ http, grpc, ledger, clients: 4, paddingBytes: 5000 })
    for (let kill = 0; kill < KILLS; kill++) {
      const enough = ledger.accepted.size + 50
      await waitUntil(() => ledger.accepted.size >= enough, { deadlineMs: DEADLINE_MS, what: 'fifty more answers' })
      killSerializer(kill)
      await engine.event('worker_died', { skip: kill, deadlineMs: DEADLINE_MS })
    }
    const enough = ledger.accepted.size + 100
    await waitUntil(() => ledger.accepted.size >= enough, {
      deadlineMs: DEADLINE_MS,
      what: 'answers after the last kill',
    })
    await load.stop()

    const metrics = await quiescentMetrics(engine)
    expect(metrics.sum('sluice_serializers_replaced_total')).toBe(KILLS)
    expect(metrics.sum('sluice_late_pending_items')).toBe(0)
    expect(metrics.sum('sluice_held_bytes')).toBe(0)
    expect(ledger.count('http 200', 'grpc 0')).toBe(ledger.accepted.size)
    expect([...ledger.answers.keys()].sort()).toEqual(['grpc 0', 'http 200'])

    expect(await engine.stop()).toMatchObject({ code: 0, fields: { undelivered: '0', refused: '0' } })
    const found = await ledger.compare(kafka, topics.names.traces)
    expect(found).toMatchObject({ missing: [], duplicates: [], unacknowledged: 0 })
  })
})
