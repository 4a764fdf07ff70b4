import { once } from 'node:events'
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { OUTCOME } from '../../../src/shared-memory/request-table.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { GrpcClient } from '../../bed/grpc-client.ts'
import { logsBody, tracesBody } from '../../bed/otlp-bodies.ts'
import { until } from '../../bed/until.ts'

let main: FakeMain
let client: GrpcClient
beforeAll(async () => {
  main = await FakeMain.start()
  client = new GrpcClient(main.grpcTarget)
})
afterEach(() => {
  for (const signalIndex of [0, 1, 2, 3]) expect(main.openBalance('items', signalIndex)).toBe(0)
  expect(main.faults).toEqual([])
})
afterAll(async () => {
  client.close()
  await main.stop()
})

async function deliver(body: Buffer, signalIndex = 0, gzip = false): Promise<void> {
  const answer = client.export(signalIndex, body, { gzip })
  const requestNumber = await main.take(signalIndex)
  expect(main.body(requestNumber).equals(body)).toBe(true)
  main.settle(requestNumber)
  const { code, response } = await answer
  expect([code, response?.length]).toEqual([0, 0])
}

describe('a good request', () => {
  it('is answered with an empty response once it is delivered', async () => {
    await deliver(tracesBody(3))
    expect(main.counter('delivered_items')).toBe(3)
  })

  it('may be of any signal, large, or compressed', async () => {
    await deliver(logsBody(1000), 2)
    await deliver(tracesBody(2000, 400), 0)
    await deliver(tracesBody(1000), 0, true)
  })

  it('may be sent together with a hundred others on one connection', async () => {
    const answers = Array.from({ length: 60 }, () => client.export(0, tracesBody(1)))
    for (const _ of answers) main.settle(await main.take(0))
    for (const { code } of await Promise.all(answers)) expect(code).toBe(0)
  })

  it('succeeds at once when it is empty', async () => {
    expect((await client.export(1, Buffer.alloc(0))).code).toBe(0)
  })
})

describe('bad input', () => {
  it('is INVALID_ARGUMENT with BadRequest', async () => {
    const { code, statusDetails } = await client.export(0, Buffer.from([0x0a, 0x7f, 1]))
    expect(code).toBe(status.INVALID_ARGUMENT)
    expect(statusDetails).toContain('google.rpc.BadRequest')
  })

  it('is RESOURCE_EXHAUSTED without a retry hint above the limit', async () => {
    const { code, statusDetails } = await client.export(0, Buffer.alloc(MIB + 1))
    expect([code, statusDetails]).toEqual([status.RESOURCE_EXHAUSTED, ''])
  })

  it('is UNIMPLEMENTED for an unknown service', async () => {
    const path = '/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export'
    expect((await client.export(0, tracesBody(1), { path })).code).toBe(status.UNIMPLEMENTED)
  })
})

describe('the outcome', () => {
  it('is a partial success that rejects every item when Kafka refuses the record for good', async () => {
    const answer = client.export(0, tracesBody(3))
    main.settle(await main.take(0), OUTCOME.TOO_LARGE)
    const { code, response } = await answer
    expect(code).toBe(0)
    expect([...response!.subarray(0, 1), ...response!.subarray(2, 4)]).toEqual([0x0a, 0x08, 3])
    expect(String(response)).toContain('kafka.record.max.bytes')
  })

  it('is UNAVAILABLE with RetryInfo when it is unknown', async () => {
    const answer = client.export(0, tracesBody(3))
    main.settle(await main.take(0), OUTCOME.UNKNOWN)
    const { code, statusDetails } = await answer
    expect(code).toBe(status.UNAVAILABLE)
    expect(statusDetails).toContain('google.rpc.RetryInfo')
  })
})

describe('a client that gives up', () => {
  it('loses its answer, not its data', async () => {
    const before = main.counter('delivered_items')
    const answer = client.export(0, tracesBody(2), { deadlineMs: 100 })
    const requestNumber = await main.take(0)
    expect((await answer).code).toBe(status.DEADLINE_EXCEEDED)
    await until('the disconnection', () => main.counter('disconnected') > 0)
    main.settle(requestNumber)
    await until('the delivery', () => main.counter('delivered_items') === before + 2)
  })
})

describe('the state of the engine', () => {
  it('refuses with a hint while it is paused', async () => {
    main.setEngineState(ENGINE_STATE.PAUSED)
    const { code, statusDetails } = await client.export(0, tracesBody(1))
    expect(code).toBe(status.UNAVAILABLE)
    expect(statusDetails).toContain('google.rpc.RetryInfo')
    main.setEngineState(ENGINE_STATE.RUNNING)
    await deliver(tracesBody(1))
  })
})

describe('HTTP/2', () => {
  it('offers windows wide enough for whole requests', async () => {
    const session = connectHttp2(`http://${main.grpcTarget}`)
    const [settings] = (await once(session, 'remoteSettings')) as [
      { initialWindowSize: number; maxConcurrentStreams: number },
    ]
    expect(settings.initialWindowSize).toBeGreaterThanOrEqual(MIB)
    expect(settings.maxConcurrentStreams).toBe(100)
    await until('the wider connection window', () => (session.state.remoteWindowSize ?? 0) >= MIB)
    session.close()
  })

  it('answers 415 to what is not gRPC', async () => {
    const session = connectHttp2(`http://${main.grpcTarget}`)
    const stream = session.request({
      ':method': 'POST',
      ':path': SIGNAL_FACTS[0]!.grpcPath,
      'content-type': 'text/plain',
    })
    stream.end('x')
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }]
    expect(headers[':status']).toBe(415)
    session.close()
  })

  it('survives a message that does not inflate', async () => {
    const session = connectHttp2(`http://${main.grpcTarget}`)
    const bad = gzipSync(tracesBody(10)).subarray(0, 12)
    const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, bad.length]), bad])
    const headers = { 'content-type': 'application/grpc', 'grpc-encoding': 'gzip', te: 'trailers' }
    const stream = session.request({ ':method': 'POST', ':path': SIGNAL_FACTS[0]!.grpcPath, ...headers })
    stream.end(frame)
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    expect(Number(answer['grpc-status'])).toBe(status.INVALID_ARGUMENT)
    session.close()
    await deliver(tracesBody(1))
  })
})

describe('drain', () => {
  it('says GOAWAY, answers the calls in flight and refuses new ones', async () => {
    const draining = await FakeMain.start()
    const session = connectHttp2(`http://${draining.grpcTarget}`)
    await once(session, 'connect')
    const other = new GrpcClient(draining.grpcTarget)
    const answer = other.export(0, tracesBody(1))
    const requestNumber = await draining.take(0)
    const goaway = once(session, 'goaway')
    draining.setEngineState(ENGINE_STATE.DRAINING)
    await goaway
    draining.settle(requestNumber)
    expect((await answer).code).toBe(0)
    expect((await other.export(0, tracesBody(1))).code).toBe(status.UNAVAILABLE)
    session.destroy()
    other.close()
    await draining.stop()
  })

  it('ends with calls in flight: they are UNAVAILABLE', async () => {
    const ending = await FakeMain.start()
    const other = new GrpcClient(ending.grpcTarget)
    const answer = other.export(0, tracesBody(6))
    await ending.take(0)
    await ending.stop()
    const { code, statusDetails } = await answer
    expect([code, statusDetails.includes('RetryInfo')]).toEqual([status.UNAVAILABLE, true])
    expect(ending.thread.refusedItems).toBe(6)
    other.close()
  })
})
