/** The ports for operators, the log and the metrics, while clients do their worst. */
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../scripts/kafka/free-port.ts'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { KIB } from '../../src/base/units.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { post } from '../bed/http-client.ts'
import { createTopics } from '../bed/topics.ts'
import { answerOf, call, callOnce, frame, openCall, openSession } from './bed/http2-call.ts'
import { encodeRequest, sample } from './bed/samples.ts'
import { conformanceScene, PROTOBUF } from './bed/scene.ts'

const PROBE_MS = 1000
const END_DEADLINE_MS = 10_000
const LINE_CHARS_MAX = 4096
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it looks for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/

/** What one connection is told until its end, which the server brings about or the deadline. */
async function tell(address: string, bytes: string | Buffer, deadlineMs = END_DEADLINE_MS): Promise<string> {
  const socket = connect({ host: address.slice(0, address.lastIndexOf(':')), port: Number(address.split(':').at(-1)) })
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  // A refusal that closes while we still send is a reset: closed, too.
  socket.on('error', () => {})
  socket.write(bytes)
  await waitUntil(() => socket.closed, { deadlineMs, pollMs: 5, what: 'the server to close the connection' })
  return answer
}

/** Status of a health page, and an error when it takes longer than a probe waits. */
async function probe(engine: RunningEngine, path: string): Promise<number> {
  const { status } = await fetch(`http://${engine.addresses.health}${path}`, { signal: AbortSignal.timeout(PROBE_MS) })
  return status
}

describe('the ports for operators', () => {
  const scene = conformanceScene({ 'log.level': 'debug' })
  const pages = { metrics: '/metrics', health: '/livez' }
  const PORTS = ['metrics', 'health'] as const
  const address = (port: (typeof PORTS)[number]) => scene.engine.addresses[port]

  describe.each(PORTS)('%s', (port) => {
    it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(`[B140] ${port}: %s is 405 with Allow`, async (method) => {
      const { status, headers } = await post(`http://${address(port)}${pages[port]}`, {
        method,
        headers: {},
        body: method === 'OPTIONS' ? '' : 'x',
      })
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    })

    it.each([
      ['/nope', 404],
      [`${pages[port]}/`, 404],
      [`/${pages[port]}`, 404],
      [`${pages[port]}?x=1`, 200],
      ['/__proto__', 404],
      ['/constructor', 404],
      ['/%2e%2e/etc/passwd', 404],
    ])(`[B140] ${port}: GET %s is %i`, async (path, status) => {
      expect(await tell(address(port), `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        new RegExp(`^HTTP/1\\.1 ${status} `),
      )
    })

    it.each<[string, string | Buffer]>([
      ['no HTTP', 'EHLO example.org\r\n\r\n'],
      ['zeros', Buffer.alloc(64)],
      ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['no Host', `GET ${pages[port]} HTTP/1.1\r\n\r\n`],
      [
        'a length beside chunks',
        `POST ${pages[port]} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ['a length that is none', `POST ${pages[port]} HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n`],
      ['a NUL in a header', `GET ${pages[port]} HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n`],
      ['a header of 100 kB', `GET ${pages[port]} HTTP/1.1\r\nHost: x\r\nX: ${'v'.repeat(100_000)}\r\n\r\n`],
    ])(`[B140] ${port}: %s is refused and the connection closed`, async (_, text) => {
      expect(await tell(address(port), text)).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/)
    })

    it(`[B140] ${port}: headers that never end, and a body that never comes, are cut`, async () => {
      const head = `POST ${pages[port]} HTTP/1.1\r\nHost: x\r\n`
      const answers = await Promise.all([
        tell(address(port), head),
        tell(address(port), `${head}Content-Length: 10\r\n\r\n123`),
      ])
      for (const answer of answers) expect(answer).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/)
    })

    it(`[B140] ${port}: pipelined requests are answered in order`, async () => {
      const one = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
      const answer = await tell(
        address(port),
        one(pages[port]) + one('/nope') + one(pages[port], 'Connection: close\r\n'),
      )
      expect([...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)).toEqual(['200', '404', '200'])
    })
  })

  it('[B141] paths, user agents, attributes and topics of clients add no series', async () => {
    const seriesCount = async () => (await scene.engine.metrics()).samples.length
    await scene.post('traces', sample('traces'))
    await scene.post('/nope', sample('traces'))
    await callOnce(scene.grpc, { path: '/nope.Nope/Export', pieces: [frame(sample('traces'))] })
    const before = await seriesCount()
    const session = openSession(scene.grpc)
    await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const headers = { ...PROTOBUF, 'user-agent': `agent-${index}`, 'x-tenant': `tenant-${index}` }
        await scene.post('traces', sample('traces', { name: `service-${index}` }), headers)
        await scene.post(`/path-${index}`, sample('traces'), headers)
        await call(session, {
          path: `/service-${index}.S/Export`,
          pieces: [frame(sample('traces'))],
          headers: { 'user-agent': `agent-${index}` },
        })
      }),
    )
    session.destroy()
    expect(await seriesCount()).toBe(before)
  })
})

describe('the log', () => {
  // The engine ends in the test, so that all it ever said is here.
  const scene = conformanceScene({ 'log.level': 'debug' }, { endsInTest: true })

  it('[B142] escapes, line breaks and long values of clients are in no line of the log', async () => {
    const evil = '\u001b[31mred\u001b[0m ${jndi:ldap://x} \n\rlevel=error event=forged'
    const header = encodeURIComponent(evil)
    const bad = encodeRequest('traces', {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  name: evil,
                  traceId: Buffer.from(evil),
                  spanId: Buffer.alloc(3),
                  attributes: [{ key: evil, value: { stringValue: evil } }],
                },
              ],
            },
          ],
        },
      ],
    })
    const long = encodeRequest('logs', {
      resourceLogs: [
        { scopeLogs: [{ logRecords: [{ severityText: `long${'y'.repeat(1_000_000)}`, traceId: Buffer.alloc(5) }] }] },
      ],
    })
    await scene.post('traces', bad, { ...PROTOBUF, 'user-agent': header })
    await scene.post(`/v1/traces/${encodeURIComponent(evil)}`, bad)
    await scene.post('traces', Buffer.from(evil), { 'content-type': 'application/json' })
    await scene.post(
      'traces',
      Buffer.from(JSON.stringify({ [evil]: 1, resourceSpans: [{ [evil]: 1, scopeSpans: evil }] })),
      { 'content-type': 'application/json' },
    )
    await scene.post('logs', long)
    await callOnce(scene.grpc, { pieces: [frame(bad)], headers: { 'user-agent': header } })
    await callOnce(scene.grpc, { path: `/${header}/Export`, pieces: [frame(bad)] })
    await callOnce(scene.grpc, { pieces: [frame(bad)], headers: { 'grpc-encoding': header } })
    const { lines } = scene.engine
    expect(await scene.engine.stop()).toMatchObject({ code: 0 })
    expect(lines.filter((line) => CONTROL.test(line))).toEqual([])
    expect(lines.filter((line) => line.length > LINE_CHARS_MAX).map((line) => line.length)).toEqual([])
    expect(lines.filter((line) => !/^ts=\S+ level=\w+ event=\w+/.test(line))).toEqual([])
    expect(scene.engine.events('forged')).toEqual([])
  })
})

describe('health', () => {
  let engine: RunningEngine | undefined
  afterEach(() => engine?.kill())

  it('[B143] during overload: alive, and never blocked by the load', async () => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    const limits = { 'otlp.queue.max.bytes': String(64 * KIB), 'otlp.request.max.bytes': String(64 * KIB) }
    engine = await startEngine({ bootstrapServers: kafka, config: { ...config, ...limits } })
    const session = openSession(engine.addresses.grpc)
    const holder = openCall(session, { pieces: [Buffer.from([0, 0, 1, 0, 0])], ends: false })
    const held = answerOf(holder)
    let isLoading = true
    const load = Array.from({ length: 16 }, async () => {
      while (isLoading) await call(session, { pieces: [frame(sample('traces', { paddingBytes: 20_000 }))] })
    })
    for (let index = 0; index < 20; index++) {
      expect(await probe(engine, '/livez')).toBe(200)
      expect([200, 503]).toContain(await probe(engine, '/readyz'))
    }
    isLoading = false
    await Promise.all(load)
    holder.close()
    await held
    session.destroy()
    expect(await probe(engine, '/readyz')).toBe(200)
  })

  it('[B143] without Kafka: alive, not ready', async () => {
    engine = await startEngine({ bootstrapServers: `127.0.0.1:${await freePort()}` })
    await engine.event('kafka_unreachable')
    expect([await probe(engine, '/livez'), await probe(engine, '/readyz'), await probe(engine, '/')]).toEqual([
      200, 503, 503,
    ])
  })

  it('[B143] during the drain: alive, not ready', async () => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    engine = await startEngine({ bootstrapServers: kafka, config: { ...config, 'kafka.producer.linger.ms': '2000' } })
    const answer = callOnce(engine.addresses.grpc, { pieces: [frame(sample('traces'))] })
    await waitUntil(async () => (await engine!.metrics()).sum('sluice_received_requests_total') > 0, {
      deadlineMs: 5000,
      what: 'a call in flight',
    })
    engine.signal('SIGTERM')
    await engine.event('task_stopping')
    expect([await probe(engine, '/livez'), await probe(engine, '/readyz')]).toEqual([200, 503])
    expect((await answer).code).toBe(0)
    expect(await engine.exited).toMatchObject({ code: 0 })
  })
})

describe('two engines of one name', () => {
  const config = { name: 'twin', 'kafka.producer.client.id': 'twin' }
  const scene = conformanceScene(config)
  let twin: RunningEngine
  beforeAll(async () => {
    twin = await startEngine({
      bootstrapServers: inject('kafkaBootstrapServers'),
      config: { ...config, ...scene.topics.config },
    })
  })
  afterAll(() => twin?.kill())

  it('[B144] write to the same topics, every item once', async () => {
    const send = (http: string, name: string) => post(`http://${http}/v1/traces`, { body: sample('traces', { name }) })
    const sent = Array.from({ length: 50 }, (_, index) => [
      send(scene.http, `one-${index}.`),
      send(twin.addresses.http, `two-${index}.`),
    ]).flat()
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200))
    expect(await scene.records('traces')).toHaveLength(sent.length)
    expect(await twin.stop()).toMatchObject({ code: 0 })
  })
})

describe('IPv6', () => {
  let engine: RunningEngine | undefined
  afterEach(() => engine?.kill())

  it.each([
    ['::1', ['[::1]']],
    ['::', ['[::1]', '127.0.0.1']],
  ])('[B145] bound to %s: gRPC, HTTP and the ports for operators are served', async (bind, hosts) => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    const binds = { 'otlp.bind.address': bind, 'admin.bind.address': bind }
    engine = await startEngine({ bootstrapServers: kafka, config: { ...config, ...binds } })
    const { grpc, http, metrics, health } = engine.addresses
    for (const host of hosts) {
      const at = (address: string) => `${host}:${address.slice(address.lastIndexOf(':') + 1)}`
      expect((await callOnce(at(grpc), { pieces: [frame(sample('traces'))] })).code).toBe(0)
      expect((await post(`http://${at(http)}/v1/traces`, { body: sample('traces') })).status).toBe(200)
      expect((await fetch(`http://${at(metrics)}/metrics`)).status).toBe(200)
      expect((await fetch(`http://${at(health)}/livez`)).status).toBe(200)
    }
    expect(await engine.stop()).toMatchObject({ code: 0 })
  })
})
