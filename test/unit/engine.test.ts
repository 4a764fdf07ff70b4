import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { configFromOptions, type Options } from '../../src/config/load.ts'
import { Engine } from '../../src/engine.ts'
import { provePort } from '../../src/ports.ts'
import { ENGINE_STATE } from '../../src/shared-memory/control-block.ts'
import { capturedLog } from '../bed/captured-log.ts'
import { FakeFactory } from '../bed/fake-producer.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { post } from '../bed/http-client.ts'
import { RawHttp } from '../bed/raw-http.ts'
import { tracesRequest } from '../generator/telemetry.ts'

const FREE = { 'otlp.grpc.port': 0, 'otlp.http.port': 0, 'metrics.port': -1, 'health.port': -1 }
const SMALL = { 'otlp.request.max.bytes': 65_536, 'otlp.queue.max.bytes': 1_048_576, 'otlp.message.queue.size': 100 }
const DEADLINE_MS = 15_000
const UNAVAILABLE = 14

let engine: Engine | undefined
let factory: FakeFactory
let captured: ReturnType<typeof capturedLog>

afterEach(() => engine?.stop(0))

async function start(options: Options = {}): Promise<Engine> {
  factory = new FakeFactory()
  captured = capturedLog()
  const loaded = configFromOptions({
    'kafka.bootstrap.servers': 'b:1',
    'log.level': 'error',
    ...FREE,
    ...SMALL,
    ...options,
  })
  const kafka = { bootstrapServers: 'b:1', factory: factory.create }
  engine = await Engine.start({ loaded, kafka, version: '0', log: captured.log })
  await waitUntil(() => engine!.kafkaUp, { deadlineMs: DEADLINE_MS, what: 'a producer' })
  return engine
}

function send(): ReturnType<typeof post> {
  return post(`http://${engine!.addresses.http}/v1/traces`, { body: Buffer.from(tracesRequest(2)) })
}

async function producedRecords(count: number): Promise<void> {
  await waitUntil(() => factory.last.records.length >= count, { deadlineMs: DEADLINE_MS, pollMs: 2, what: 'records' })
}

describe('an engine', () => {
  it('answers when the producer reports, not before', async () => {
    await start()
    const answer = send()
    await producedRecords(1)
    expect(engine!.snapshot().signals.traces.inFlight.items).toBe(2)
    factory.last.report()
    expect(await answer).toMatchObject({ status: 200 })
    await waitUntil(() => engine!.snapshot().signals.traces.inFlight.items === 0, {
      deadlineMs: DEADLINE_MS,
      what: 'quiet',
    })
  })

  it('refuses while it is paused, and takes again when resumed', async () => {
    await start()
    engine!.pause()
    expect(await send()).toMatchObject({ status: 503 })
    engine!.resume()
    const answer = send()
    await producedRecords(1)
    factory.last.report()
    expect(await answer).toMatchObject({ status: 200 })
  })

  it('stops when everything is delivered', async () => {
    await start()
    const answer = send()
    await producedRecords(1)
    const stopping = engine!.stop(DEADLINE_MS)
    factory.last.report()
    expect(await stopping).toEqual({ undelivered: 0, refused: 0 })
    expect(await answer).toMatchObject({ status: 200 })
    expect(factory.last.isClosed).toBe(true)
  })

  it('while it drains, refuses on old connections and takes no new ones; what waits is answered', async () => {
    await start()
    const old = new RawHttp(engine!.addresses.http!)
    const client = new GrpcClient(engine!.addresses.grpc!)
    const body = Buffer.from(tracesRequest(1))
    const headers = { 'content-type': 'application/x-protobuf' }
    const first = [old.post('/v1/traces', headers, body, DEADLINE_MS), client.export(0, body)]
    await producedRecords(2)
    factory.last.report()
    expect(await Promise.all(first)).toMatchObject([{ status: 200 }, { code: 0 }])
    const waiting = [send(), client.export(0, body)]
    await producedRecords(2)
    const stopping = engine!.stop(DEADLINE_MS)
    const refused = await old.post('/v1/traces', headers, body, DEADLINE_MS)
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.anything() } })
    expect(await client.export(0, body)).toMatchObject({ code: UNAVAILABLE })
    // The listener closes when the thread next looks; until then new connections are refused by their answers.
    const newConnection = () => send().then(({ status }) => `${status}`, String)
    await expect.poll(newConnection, { timeout: DEADLINE_MS, interval: 5 }).toMatch(/ECONNREFUSED/)
    factory.last.report()
    expect(await Promise.all(waiting)).toMatchObject([{ status: 200 }, { code: 0 }])
    expect(await stopping).toEqual({ undelivered: 0, refused: 0 })
    client.close()
  })

  it('stops at the deadline with what is left; a second, shorter one hurries the first', async () => {
    await start()
    const answer = send()
    await producedRecords(1)
    const first = engine!.stop(60_000)
    expect(await engine!.stop(10)).toEqual({ undelivered: 0, refused: 2 })
    expect(await first).toEqual({ undelivered: 0, refused: 2 })
    expect(await answer).toMatchObject({ status: 503 })
  })

  it('delivers in its drain what a thread acknowledged before it died', async () => {
    await start({ 'otlp.ack': 'queue', 'otlp.http.enabled': false, 'engine.ingest.threads': 1 })
    const client = new GrpcClient(engine!.addresses.grpc!)
    expect(await client.export(0, Buffer.from(tracesRequest(2)))).toMatchObject({ code: 0 })
    await producedRecords(1)
    await engine!.ingestThreads[0]!.worker.terminate()
    expect(String(await engine!.failed)).toContain('ingest thread 0')
    const stopping = engine!.stop(DEADLINE_MS)
    // The drain has looked once.
    await new Promise((resolve) => setImmediate(resolve))
    factory.last.report()
    expect(await stopping).toEqual({ undelivered: 0, refused: 0 })
    client.close()
  })

  it('goes on draining when it is paused or resumed meanwhile', async () => {
    await start()
    const answer = send()
    await producedRecords(1)
    const stopping = engine!.stop(DEADLINE_MS)
    engine!.resume()
    engine!.pause()
    expect(engine!.shared.control.engineState).toBe(ENGINE_STATE.DRAINING)
    factory.last.report()
    expect(await stopping).toEqual({ undelivered: 0, refused: 0 })
    expect(await answer).toMatchObject({ status: 200 })
    expect(captured.named('task_stopped')).toHaveLength(1)
  })

  it('names an IPv6 address as a URL does', async () => {
    await start({ 'otlp.bind.address': '::1' })
    expect(engine!.addresses.http).toMatch(/^\[::1\]:\d+$/)
  })

  it('counts acknowledged items that it could not deliver', async () => {
    await start({ 'otlp.ack': 'queue' })
    expect(await send()).toMatchObject({ status: 200 })
    await producedRecords(1)
    expect(await engine!.stop(10)).toEqual({ undelivered: 2, refused: 0 })
  })
})

describe('an engine that cannot start', () => {
  it.each(['otlp.http.port', 'otlp.grpc.port', 'metrics.port', 'health.port'])(
    'for %s leaves nothing behind',
    async (key) => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const others = { 'otlp.http.port': await provePort('HTTP', '127.0.0.1', 0), [key]: port }
      await expect(start(others)).rejects.toThrow(String(port))
      server.close()
      engine = undefined
      await start(others)
      expect(await engine!.stop(1000)).toEqual({ undelivered: 0, refused: 0 })
    },
  )
})
