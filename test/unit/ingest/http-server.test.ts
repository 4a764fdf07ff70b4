import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../../src/shared-memory/control-block.ts'
import { OUTCOME } from '../../../src/shared-memory/request-table.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { type HttpAnswer, type HttpPost, post } from '../../bed/http-client.ts'
import { logsBody, tracesBody } from '../../bed/otlp-bodies.ts'
import { until } from '../../bed/until.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' }
const MALFORMED = Buffer.from([0x0a, 0x7f, 1])

let main: FakeMain
beforeAll(async () => {
  main = await FakeMain.start()
})
afterEach(() => {
  for (const signalIndex of [0, 1, 2, 3]) {
    expect(main.openBalance('requests', signalIndex)).toBe(0)
    expect(main.openBalance('items', signalIndex)).toBe(0)
    expect(main.shared.heldBytes.total(signalIndex)).toBe(0)
  }
  expect(main.faults).toEqual([])
})
afterAll(() => main.stop())

function send(options: HttpPost, path = '/v1/traces'): Promise<HttpAnswer> {
  return post(main.httpUrl + path, options)
}

/** Sends, takes from the queue, compares what arrived, settles, and returns the answer. */
async function deliver(options: HttpPost, expected: Buffer, signalIndex = 0): Promise<HttpAnswer> {
  const answer = send(options, main.init.httpPaths[signalIndex]!)
  const requestNumber = await main.take(signalIndex)
  expect(main.body(requestNumber).equals(expected)).toBe(true)
  main.settle(requestNumber)
  return answer
}

describe('a good request', () => {
  it('is answered with an empty response once it is delivered', async () => {
    const body = tracesBody(3)
    const answer = await deliver({ body }, body)
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ])
    expect(main.counter('delivered_items')).toBe(3)
  })

  it('arrives whole when it comes in many pieces', async () => {
    const body = tracesBody(2000, 400)
    const headers = { ...PROTOBUF_TYPE, 'content-length': body.length }
    const chunks = Array.from({ length: 10 }, (_, index) =>
      body.subarray((index * body.length) / 10, ((index + 1) * body.length) / 10),
    )
    expect((await deliver({ headers, chunks }, body)).status).toBe(200)
  })

  it('arrives whole without a Content-Length', async () => {
    const body = logsBody(1000)
    const chunks = [body.subarray(0, 1), body.subarray(1, 5000), body.subarray(5000)]
    expect((await deliver({ chunks }, body, 2)).status).toBe(200)
  })

  it('is inflated when it says gzip', async () => {
    const body = tracesBody(500)
    const answer = await deliver(
      { headers: { ...PROTOBUF_TYPE, 'content-encoding': 'GZIP' }, body: gzipSync(body) },
      body,
    )
    expect(answer.status).toBe(200)
  })

  it('may follow others on the same connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let turn = 0; turn < 20; turn++)
      expect((await deliver({ body: tracesBody(1), agent }, tracesBody(1))).status).toBe(200)
    agent.destroy()
  })
})

describe('an empty request', () => {
  it.each([
    ['no bytes', { body: '' }],
    ['an empty resource', { body: Buffer.from([0x0a, 0]) }],
    ['an empty JSON object', { headers: JSON_TYPE, body: '{}' }],
    ['no bytes, chunked', { chunks: [] }],
  ])('succeeds at once and enters no queue: %s', async (_, options) => {
    expect((await send(options)).status).toBe(200)
    expect(main.counter('received_bytes')).toBeGreaterThanOrEqual(0)
  })
})

describe('bad input', () => {
  it('is 400 with BadRequest in the encoding of the request', async () => {
    const answer = await send({ body: MALFORMED })
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/x-protobuf'])
    expect(String(answer.body)).toContain('google.rpc.BadRequest')
    const json = await send({ headers: JSON_TYPE, body: '{"resourceSpans":' })
    expect([json.status, json.headers['content-type']]).toEqual([400, 'application/json'])
    expect(JSON.parse(String(json.body))).toMatchObject({ code: 3, details: [{}] })
  })

  it('is 400 when it is not what its coding says', async () => {
    const headers = { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }
    expect((await send({ headers, body: tracesBody(1) })).status).toBe(400)
    expect((await send({ headers, body: gzipSync(tracesBody(1)).subarray(0, 15) })).status).toBe(400)
  })

  it('is 415 for other media types and codings, and tells which codings are taken', async () => {
    expect((await send({ headers: { 'content-type': 'text/plain' }, body: 'x' })).status).toBe(415)
    const answer = await send({ headers: { ...JSON_TYPE, 'content-encoding': 'br' }, body: '{}' })
    expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'gzip, deflate, zstd'])
    expect(JSON.parse(String(answer.body)).message).toContain('gzip')
  })

  it('is 404 elsewhere and 405 with Allow for other methods', async () => {
    const elsewhere = await send({ headers: JSON_TYPE, body: '{}' }, '/v1/traces/')
    expect([elsewhere.status, String(elsewhere.body).includes(main.init.httpPaths.join(', '))]).toEqual([404, true])
    const answer = await send({ method: 'GET' })
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
  })

  it('is 413 above the limit, as sent, chunked or inflated', async () => {
    const large = Buffer.alloc(MIB + 1)
    expect((await send({ body: large })).status).toBe(413)
    expect((await send({ chunks: [large.subarray(0, 600_000), large.subarray(600_000)] })).status).toBe(413)
    const bomb = { headers: { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }, body: gzipSync(large) }
    expect((await send(bomb)).status).toBe(413)
  })

  it('does not keep the next good request from passing', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await send({ body: MALFORMED, agent })).status).toBe(400)
    expect((await deliver({ body: tracesBody(1), agent }, tracesBody(1))).status).toBe(200)
    agent.destroy()
  })
})

describe('a body that goes on after its refusal', () => {
  it('touches no other request', async () => {
    const endless = connect(main.init.httpPort, '127.0.0.1')
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB, 0xee), Buffer.from('\r\n')])
    endless.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n')
    endless.write('Transfer-Encoding: chunked\r\n\r\n')
    endless.write(Buffer.concat([chunk, chunk]))
    const [answer] = await once(endless, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 413/)

    const body = tracesBody(3, 10_000)
    const upload = connect(main.init.httpPort, '127.0.0.1')
    upload.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n')
    upload.write(`Content-Length: ${body.length}\r\n\r\n`)
    upload.write(body.subarray(0, 1000))
    await until('the upload having its number', () => main.shared.requests.phase(0) === 1)
    // The answer to a second request on that connection shows that the rest of the first was read.
    endless.write(Buffer.concat([chunk, Buffer.from('0\r\n\r\n')]))
    endless.write(
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    )
    expect(String((await once(endless, 'data'))[0])).toMatch(/^HTTP\/1.1 200/)
    upload.write(body.subarray(1000))
    const requestNumber = await main.take(0)
    expect(main.body(requestNumber).equals(body)).toBe(true)
    main.settle(requestNumber)
    await once(upload, 'data')
    for (const socket of [endless, upload]) socket.destroy()
  })
})

describe('a body at the limit', () => {
  it('is taken', async () => {
    const head = tracesBody(1, MIB - 100)
    const body = tracesBody(1, MIB - 100 + (MIB - head.length))
    expect(body.length).toBe(MIB)
    expect((await deliver({ body }, body)).status).toBe(200)
  })
})

describe('the outcome', () => {
  it.each([OUTCOME.TOO_LARGE, OUTCOME.REFUSED])('%i is a partial success that rejects every item', async (outcome) => {
    const rejectedBefore = main.counter('rejected_items')
    const answer = send({ headers: JSON_TYPE, body: '{"resourceSpans":[{"scopeSpans":[{"spans":[{},{}]}]}]}' })
    main.settle(await main.take(0), outcome)
    const { status, body } = await answer
    expect(status).toBe(200)
    expect(JSON.parse(String(body)).partialSuccess.rejectedSpans).toBe('2')
    expect(JSON.parse(String(body)).partialSuccess.errorMessage).not.toBe('')
    expect(main.counter('rejected_items')).toBe(rejectedBefore + 2)
  })

  it.each([OUTCOME.UNKNOWN, OUTCOME.CANCELLED])('%i is 503 with Retry-After', async (outcome) => {
    const errorsBefore = main.counter('refused_kafka_error')
    const answer = send({ body: tracesBody(2) })
    main.settle(await main.take(0), outcome)
    expect((await answer).status).toBe(503)
    expect(Number((await answer).headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(main.counter('refused_kafka_error')).toBe(errorsBefore + 1)
  })
})

describe('a client that leaves', () => {
  it('while it waits loses its answer, not its data', async () => {
    const before = main.counter('delivered_items')
    const socket = connect(main.init.httpPort, '127.0.0.1')
    const body = tracesBody(4)
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.write(body)
    const requestNumber = await main.take(0)
    socket.destroy()
    await until('the disconnection', () => main.counter('disconnected') > 0)
    main.settle(requestNumber)
    await until('the delivery', () => main.counter('delivered_items') === before + 4)
  })

  it('while it sends gives its number and its block back', async () => {
    const receivedBefore = main.counter('received_requests', 2)
    const sockets = Array.from({ length: 64 }, () => connect(main.init.httpPort, '127.0.0.1'))
    for (const socket of sockets) {
      socket.write(
        'POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100000\r\n\r\nabc',
      )
    }
    await until('every number being used', () => main.shared.requests.phase(63) === 1)
    expect((await send({ body: tracesBody(1) })).status).toBe(503)
    for (const socket of sockets) socket.destroy()
    await until('the numbers being free', () =>
      Array.from({ length: 64 }, (_, n) => main.shared.requests.phase(n)).every((phase) => phase === 0),
    )
    expect((await deliver({ body: logsBody(1) }, logsBody(1), 2)).status).toBe(200)
    expect(main.counter('received_requests', 2)).toBe(receivedBefore + 1)
  })
})

describe('a refusal by the state of the engine', () => {
  it.each([
    ['paused', () => main.setEngineState(ENGINE_STATE.PAUSED), 'refused_not_running'],
    ['starting', () => main.setEngineState(ENGINE_STATE.STARTING), 'refused_not_running'],
    [
      'without Kafka',
      () => {
        main.shared.control.kafkaState = KAFKA_STATE.DOWN
      },
      'refused_kafka_down',
    ],
  ] as const)('comes before the body is sent: %s', async (_, change, counter) => {
    const before = main.counter(counter)
    change()
    const outgoing = request(`${main.httpUrl}/v1/traces`, {
      method: 'POST',
      headers: { ...PROTOBUF_TYPE, 'content-length': 500_000 },
      agent: new Agent(),
    })
    outgoing.on('error', () => {}) // The rest of the body is never sent.
    outgoing.flushHeaders()
    const [response] = await once(outgoing, 'response')
    expect([response.statusCode, Number(response.headers['retry-after']) >= 1]).toEqual([503, true])
    outgoing.destroy()
    main.setEngineState(ENGINE_STATE.RUNNING)
    main.shared.control.kafkaState = KAFKA_STATE.UP
    expect(main.counter(counter)).toBe(before + 1)
  })
})

describe('a full queue', () => {
  it('refuses by bytes held, in time and with a hint', async () => {
    main.shared.heldBytes.add(0, 1, 8 * MIB) // the ingest thread is idle: nobody else writes
    const startMs = performance.now()
    const answer = await send({ body: logsBody(1) }, '/v1/metrics')
    expect(answer.status).toBe(503)
    expect(performance.now() - startMs).toBeLessThan(1000)
    main.shared.heldBytes.remove(0, 1, 8 * MIB)
    expect(main.counter('refused_queue_full', 1)).toBe(1)
  })
})
