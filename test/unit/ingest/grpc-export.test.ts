import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2'
import { status } from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import { framed } from '../../../src/ingest/grpc-frame.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'
import { until } from '../../bed/until.ts'

const PATH = SIGNAL_FACTS[0]!.grpcPath
const BODY = tracesBody(3)

let main: FakeMain
let session: ClientHttp2Session
beforeAll(async () => {
  main = await FakeMain.start()
  session = connect(`http://${main.grpcTarget}`)
})
afterEach(async () => {
  await until('every number being free', () => [0, 1, 2, 3].every((number) => main.shared.requests.phase(number) === 0))
  expect([main.openBalance('requests'), main.openBalance('items'), main.faults]).toEqual([0, 0, []])
})
afterAll(async () => {
  session.destroy()
  await main.stop()
})

function open(headers: Record<string, string> = {}): ClientHttp2Stream {
  const usual = { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', te: 'trailers' }
  return session.request({ ...usual, ...headers })
}

/** Status of a call, from its trailers or, when it fails at once, from its headers. */
async function statusOf(stream: ClientHttp2Stream): Promise<{ code: number; message: string }> {
  let answer: IncomingHttpHeaders = {}
  const keep = (headers: IncomingHttpHeaders): void => {
    answer = { ...answer, ...headers }
  }
  stream.on('response', keep)
  stream.on('trailers', keep)
  stream.resume()
  await once(stream, 'end')
  return { code: Number(answer['grpc-status']), message: decodeURI(String(answer['grpc-message'] ?? '')) }
}

describe('a message', () => {
  it('may come in frames of one byte', async () => {
    const stream = open()
    for (const byte of framed(BODY)) stream.write(Buffer.from([byte]))
    stream.end()
    const requestNumber = await main.take(0)
    expect(main.body(requestNumber)).toEqual(BODY)
    const answered = statusOf(stream)
    main.settle(requestNumber)
    expect((await answered).code).toBe(status.OK)
  })

  it('must be one', async () => {
    const none = open()
    none.end()
    expect((await statusOf(none)).code).toBe(status.UNIMPLEMENTED)
    const two = open()
    two.end(Buffer.concat([framed(BODY), framed(BODY)]))
    expect((await statusOf(two)).code).toBe(status.UNIMPLEMENTED)
  })

  it.each([3, 5, 10])('must be whole: %i bytes are not', async (bytes) => {
    const stream = open()
    stream.end(framed(BODY).subarray(0, bytes))
    expect((await statusOf(stream)).code).toBe(status.INTERNAL)
  })

  it('must not be marked as compressed when the call names no encoding', async () => {
    const frame = framed(BODY)
    frame[0] = 1
    const stream = open()
    stream.end(frame)
    expect((await statusOf(stream)).code).toBe(status.INTERNAL)
  })

  it.each([2, 255])('must not begin with %i', async (flag) => {
    const frame = framed(BODY)
    frame[0] = flag
    const stream = open({ 'grpc-encoding': 'gzip' })
    stream.end(frame)
    expect((await statusOf(stream)).code).toBe(status.INTERNAL)
  })

  it('must not exceed the limit: answered by its length alone', async () => {
    const stream = open()
    stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))
    expect((await statusOf(stream)).code).toBe(status.RESOURCE_EXHAUSTED)
    stream.close(constants.NGHTTP2_CANCEL)
    const next = open()
    next.end(framed(Buffer.alloc(0)))
    expect((await statusOf(next)).code).toBe(status.OK)
  })
})

describe("a client's deadline", () => {
  it('ends a call whose message is not in by then', async () => {
    const before = main.counter('refused_deadline')
    const stream = open({ 'grpc-timeout': '50m' })
    stream.write(framed(BODY).subarray(0, 20))
    const { code, message } = await statusOf(stream)
    expect([code, message]).toEqual([status.DEADLINE_EXCEEDED, expect.stringContaining('the data is not stored')])
    expect(main.counter('refused_deadline')).toBe(before + 1)
  })

  it('that has passed at once says, too, that nothing is stored', async () => {
    const stream = open({ 'grpc-timeout': '1n' })
    stream.end(framed(BODY))
    const { code, message } = await statusOf(stream)
    expect([code, message]).toEqual([status.DEADLINE_EXCEEDED, expect.stringContaining('the data is not stored')])
  })

  it('ends a call that waits, whose data goes on', async () => {
    const before = main.counter('late_items')
    const stream = open({ 'grpc-timeout': '100m' })
    stream.end(framed(BODY))
    const requestNumber = await main.take(0)
    const { code, message } = await statusOf(stream)
    expect([code, message]).toEqual([status.DEADLINE_EXCEEDED, expect.stringContaining('may or may not be stored')])
    main.settle(requestNumber)
    await until('the late delivery', () => main.counter('late_items') === before + 3)
  })

  it('counts also when it is later than ours: its time begins with the headers, ours with the last byte', async () => {
    const other = await FakeMain.start({ requestTimeoutMs: 500 })
    const connection = connect(`http://${other.grpcTarget}`)
    const call = { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', 'grpc-timeout': '1S' }
    const sending = connection.request(call)
    sending.write(framed(BODY).subarray(0, 20))
    const waiting = connection.request(call)
    waiting.write(framed(BODY).subarray(0, 20))
    await until('a number for each', () => other.shared.requests.phase(1) === 1)
    const startMs = performance.now()
    await until('most of its time being over', () => performance.now() - startMs > 600)
    waiting.end(framed(BODY).subarray(20))
    // By our clock alone it would be answered at 1100 ms, as UNAVAILABLE.
    expect((await statusOf(waiting)).code).toBe(status.DEADLINE_EXCEEDED)
    await until('its time being over', () => performance.now() - startMs > 1000)
    sending.end(framed(BODY).subarray(20))
    expect((await statusOf(sending)).code).toBe(status.DEADLINE_EXCEEDED)
    expect([other.counter('received_items'), other.counter('refused_deadline'), other.faults]).toEqual([3, 2, []])
    connection.destroy()
    other.settle(await other.take(0))
    await other.stop()
  })

  it('does not matter when the outcome comes first', async () => {
    const stream = open({ 'grpc-timeout': '5S' })
    stream.end(framed(BODY))
    const answered = statusOf(stream)
    main.settle(await main.take(0))
    expect((await answered).code).toBe(status.OK)
  })
})

describe('a client that breaks off', () => {
  it('while it sends leaves nothing behind', async () => {
    const before = main.counter('received_requests')
    // A connection of its own: closing only the stream makes Node's client end it properly first.
    const other = connect(`http://${main.grpcTarget}`)
    const stream = other.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' })
    stream.on('error', () => {})
    stream.write(framed(Buffer.alloc(MIB / 2)).subarray(0, 1000))
    await until('the call having its number', () => main.shared.requests.phase(0) === 1)
    other.destroy()
    await until('the number being free', () => main.shared.requests.phase(0) === 0)
    expect(main.counter('received_requests')).toBe(before)
  })

  it('while it waits loses its answer, not its data', async () => {
    const before = main.counter('delivered_items')
    const stream = open()
    stream.on('error', () => {})
    stream.end(framed(BODY))
    const requestNumber = await main.take(0)
    stream.close(constants.NGHTTP2_CANCEL)
    await until('the disconnection', () => main.counter('disconnected') === 1)
    main.settle(requestNumber)
    await until('the delivery', () => main.counter('delivered_items') === before + 3)
  })

  it('many times in a row does no harm to the next', async () => {
    const other = connect(`http://${main.grpcTarget}`)
    other.on('error', () => {}) // too many resets close the session: nghttp2's guard against rapid reset
    for (let turn = 0; turn < 300; turn++) {
      const stream = other.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' })
      stream.on('error', () => {})
      stream.write(framed(BODY).subarray(0, 7))
      stream.close(constants.NGHTTP2_CANCEL)
    }
    const stream = open()
    stream.end(framed(Buffer.alloc(0)))
    expect((await statusOf(stream)).code).toBe(status.OK)
    other.destroy()
  })
})

describe('a refusal', () => {
  it('comes before the message', async () => {
    main.setEngineState(ENGINE_STATE.PAUSED)
    const stream = open()
    const { code, message } = await statusOf(stream)
    expect([code, message.length > 0]).toEqual([status.UNAVAILABLE, true])
    main.setEngineState(ENGINE_STATE.RUNNING)
    stream.end(framed(BODY))
  })

  it('for want of memory is retryable', async () => {
    const streams = Array.from({ length: 64 }, () => open())
    for (const stream of streams) stream.write(framed(BODY).subarray(0, 6))
    await until('every number being used', () => main.shared.requests.phase(63) === 1)
    const refused = open()
    refused.end(framed(BODY))
    expect((await statusOf(refused)).code).toBe(status.UNAVAILABLE)
    expect(main.counter('refused_memory_full')).toBe(1)
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL)
  })
})
