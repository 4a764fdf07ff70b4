/** Kafka that is absent, stands still, or dies: requests are refused with a hint, nothing acknowledged is lost, it heals. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningKafka, startKafka } from '../../scripts/kafka/broker.ts'
import { freePort } from '../../scripts/kafka/free-port.ts'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { ClosedLoop } from '../bed/closed-loop.ts'
import { quiescentMetrics } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { type HttpAnswer, post } from '../bed/http-client.ts'
import { Ledger } from '../bed/ledger.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'

const UNAVAILABLE = 14
const HEAL_DEADLINE_MS = 60_000
/** "At once": far below any deadline of a client, generous to a machine with two busy cores. */
const AT_ONCE_MS = 1000

let port: number
let kafka: RunningKafka | undefined
let engine: RunningEngine | undefined
let client: GrpcClient | undefined

beforeAll(async () => {
  port = await freePort()
})
afterAll(() => kafka?.stop())
afterEach(async () => {
  kafka?.resume()
  client?.close()
  await engine?.kill()
})

async function start(config: Record<string, string> = {}): Promise<RunningEngine> {
  engine = await startEngine({ bootstrapServers: `127.0.0.1:${port}`, config })
  client = new GrpcClient(engine.addresses.grpc)
  return engine
}

function send(name: string, padding = 0): Promise<HttpAnswer> {
  return post(`http://${engine!.addresses.http}/v1/traces`, { body: Ledger.body(name, padding) })
}

async function timed<Answer>(answer: Promise<Answer>): Promise<[Answer, elapsedMs: number]> {
  const startMs = performance.now()
  return [await answer, performance.now() - startMs]
}

/** Sends until a request is accepted. */
async function healed(ledger: Ledger): Promise<void> {
  const accepted = async () => {
    const name = ledger.next()
    const { status } = await send(name)
    ledger.answered(name, 'http', status, status === 200)
    return status === 200
  }
  await waitUntil(accepted, { deadlineMs: HEAL_DEADLINE_MS, pollMs: 100, what: 'an accepted request' })
}

async function expectRefusedAtOnce(): Promise<void> {
  const [http, httpMs] = await timed(send('refused'))
  expect([http.status, http.body.toString('latin1')]).toEqual([503, expect.stringContaining('google.rpc.RetryInfo')])
  expect(Number(http.headers['retry-after'])).toBeGreaterThan(0)
  const [grpc, grpcMs] = await timed(client!.export(0, Ledger.body('refused')))
  expect(grpc).toMatchObject({ code: UNAVAILABLE, statusDetails: expect.stringContaining('google.rpc.RetryInfo') })
  expect(Math.max(httpMs, grpcMs)).toBeLessThan(AT_ONCE_MS)
}

describe('Kafka that is absent at the start', () => {
  it('does not close the ports; requests are refused at once until it is there, without a restart', async () => {
    await start()
    await expectRefusedAtOnce()
    await engine!.event('kafka_unreachable')
    expect((await fetch(`http://${engine!.addresses.health}/`)).status).toBe(503)
    kafka = await startKafka({ port })
    await kafka.createTopic('otlp-traces')
    await healed(new Ledger())
    expect(engine!.events('kafka_connected')).toHaveLength(1)
    expect((await fetch(`http://${engine!.addresses.health}/`)).status).toBe(200)
    await quiescentMetrics(engine!)
    expect(await engine!.stop()).toMatchObject({ code: 0, fields: { undelivered: '0' } })
  })

  it('does not keep an engine from ending', async () => {
    const other = await startEngine({ bootstrapServers: '127.0.0.1:1' })
    const [end, elapsedMs] = await timed(other.stop())
    expect(end).toMatchObject({ code: 0, fields: { undelivered: '0', refused: '0' } })
    expect(elapsedMs).toBeLessThan(10_000)
  })
})

describe('with a broker', () => {
  let topics: TestTopics
  let ledger: Ledger

  beforeAll(async () => {
    kafka ??= await startKafka({ port })
  })
  beforeEach(async () => {
    topics = await createTopics(kafka!.bootstrapServers, 2)
    ledger = new Ledger()
  })

  async function expectNothingLost(): Promise<void> {
    const found = await ledger.compare(kafka!.bootstrapServers, topics.names.traces)
    expect(found).toMatchObject({ missing: [], duplicates: [] })
  }

  it('that stands still, a request waits for its deadline; later ones are refused at once; it heals', async () => {
    await start({ ...topics.config, 'otlp.request.timeout.ms': '2000' })
    await healed(ledger)
    kafka!.pause()
    const [waited, elapsedMs] = await timed(send(ledger.next()))
    expect([waited.status, waited.body.toString('latin1')]).toEqual([503, expect.stringContaining('in time')])
    expect(elapsedMs).toBeGreaterThan(1990)
    expect(elapsedMs).toBeLessThan(2000 + AT_ONCE_MS)
    await engine!.event('kafka_unreachable', { deadlineMs: 10_000 })
    await expectRefusedAtOnce()
    kafka!.resume()
    await engine!.event('kafka_recovered', { deadlineMs: HEAL_DEADLINE_MS })
    await healed(ledger)
    const metrics = await quiescentMetrics(engine!)
    expect(metrics.sum('sluice_refused_deadline_total')).toBe(1)
    expect(metrics.sum('sluice_refused_kafka_down_total')).toBe(2)
    expect(await engine!.stop()).toMatchObject({ code: 0 })
    await expectNothingLost()
  })

  it('that is killed and comes back under load, every acknowledged request is in Kafka once', async () => {
    await start({ ...topics.config, 'engine.ingest.threads': '2', 'engine.serializer.threads': '2' })
    const { http, grpc } = engine!.addresses
    const load = new ClosedLoop({ http, grpc, ledger, clients: 3, paddingBytes: 1000 })
    const more = (count: number, what: string): Promise<unknown> => {
      const enough = ledger.accepted.size + count
      return waitUntil(() => ledger.accepted.size >= enough, { deadlineMs: HEAL_DEADLINE_MS, what })
    }
    await more(100, 'load before the kill')
    await kafka!.kill()
    await engine!.event('kafka_unreachable', { deadlineMs: 15_000 })
    await kafka!.restart()
    await more(100, 'load after the restart')
    await load.stop()
    const answers = ['grpc 0', 'grpc 14', 'http 200', 'http 503']
    expect([...ledger.answers.keys()].filter((answer) => !answers.includes(answer))).toEqual([])
    await quiescentMetrics(engine!)
    expect(await engine!.stop()).toMatchObject({ code: 0, fields: { undelivered: '0' } })
    await expectNothingLost()
  })

  it('that takes nothing, a full queue refuses at once; what was accepted before is delivered afterwards', async () => {
    await start({
      ...topics.config,
      'otlp.ack': 'queue',
      'otlp.message.queue.size': '100',
      'kafka.producer.queue.buffering.max.messages': '10',
    })
    await healed(ledger)
    kafka!.pause()
    const full = await waitUntil(
      async () => {
        const name = ledger.next()
        const [answer, elapsedMs] = await timed(send(name, 50_000))
        ledger.answered(name, 'http', answer.status, answer.status === 200)
        return answer.status !== 200 && { answer, elapsedMs }
      },
      { deadlineMs: 20_000, pollMs: 0, what: 'a full queue' },
    )
    expect([full.answer.status, full.answer.body.toString('latin1')]).toEqual([503, expect.stringContaining('full')])
    expect(full.elapsedMs).toBeLessThan(AT_ONCE_MS)
    expect(await client!.export(0, Ledger.body('refused'))).toMatchObject({ code: UNAVAILABLE })
    const metrics = await engine!.metrics()
    expect(metrics.sum('sluice_refused_queue_full_total', { signal: 'traces' })).toBe(2)
    expect(metrics.sum('sluice_undelivered_items')).toBeGreaterThan(100)
    kafka!.resume()
    await quiescentMetrics(engine!, HEAL_DEADLINE_MS)
    expect(await engine!.stop()).toMatchObject({ code: 0, fields: { undelivered: '0' } })
    await expectNothingLost()
  })

  it('that takes nothing, an engine that acknowledged ends at its deadline with code 3 and says how many', async () => {
    await start({ ...topics.config, 'otlp.ack': 'queue', 'engine.drain.timeout.ms': '1000' })
    await healed(ledger)
    await quiescentMetrics(engine!)
    kafka!.pause()
    for (let request = 0; request < 20; request++) expect((await send(ledger.next())).status).toBe(200)
    const end = await engine!.stop()
    expect(end).toMatchObject({ code: 3, fields: { event: 'task_stopped', undelivered: '20', refused: '0' } })
  })

  it('that takes nothing, waiting clients are answered 503 at the drain deadline, and the code is 0', async () => {
    await start({ ...topics.config, 'engine.drain.timeout.ms': '1000' })
    await healed(ledger)
    kafka!.pause()
    const waiting = [send(ledger.next()), send(ledger.next()), client!.export(0, Ledger.body(ledger.next()))]
    const inFlight = async () => (await engine!.metrics()).sum('sluice_in_flight_items') === 3
    await waitUntil(inFlight, { deadlineMs: 5000, what: 'three requests in flight' })
    const ending = engine!.stop()
    expect(await Promise.all(waiting)).toMatchObject([{ status: 503 }, { status: 503 }, { code: UNAVAILABLE }])
    expect(await ending).toMatchObject({ code: 0, fields: { undelivered: '0', refused: '3' } })
  })

  it('that takes nothing, a second signal ends the drain at once', async () => {
    await start({ ...topics.config, 'otlp.ack': 'queue' })
    await healed(ledger)
    await quiescentMetrics(engine!)
    kafka!.pause()
    expect((await send(ledger.next())).status).toBe(200)
    engine!.signal('SIGTERM')
    await engine!.event('task_stopping')
    const [end, elapsedMs] = await timed(engine!.stop())
    expect(end).toMatchObject({ code: 3, fields: { event: 'task_stopped', undelivered: '1' } })
    expect(elapsedMs).toBeLessThan(4000)
  })
})
