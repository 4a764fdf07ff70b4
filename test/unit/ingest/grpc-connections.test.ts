/** How long a gRPC connection lives, what it may send, and that its neighbours do not notice. Asked with raw frames. */
import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IngestInit } from '../../../src/ingest/thread-init.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'
import {
  callHeaders,
  dataFrames,
  FLAG,
  FRAME,
  frame,
  headerFrames,
  PREFACE,
  RawHttp2,
  type RawHttp2Options,
  SETTING,
  settingsFrame,
  wordFrame,
} from '../../bed/raw-http2.ts'
import { until } from '../../bed/until.ts'

const PATH = SIGNAL_FACTS[0]!.grpcPath
const EMPTY_MESSAGE = Buffer.alloc(5)
const ENHANCE_YOUR_CALM = 11

let main: FakeMain
let clients: RawHttp2[]
beforeEach(() => {
  clients = []
})
afterEach(async () => {
  const neighbour = await open()
  expect((await neighbour.call(callHeaders(PATH), EMPTY_MESSAGE)).headers['grpc-status']).toBe('0')
  for (const client of clients) client.destroy()
  expect([main.faults, main.openBalance('requests')]).toEqual([[], 0])
  await main.stop()
})

async function start(connections: Partial<IngestInit['grpcConnections']> = {}, changes: Partial<IngestInit> = {}) {
  const usual = {
    concurrentStreamsMax: 100,
    keepaliveTimeMs: 0,
    keepaliveTimeoutMs: 100,
    connectionIdleMsMax: 0,
    connectionAgeMsMax: 0,
    connectionGraceMs: 100,
  }
  main = await FakeMain.start({ ...changes, grpcConnections: { ...usual, ...connections } })
}

async function open(options?: RawHttp2Options): Promise<RawHttp2> {
  const client = await RawHttp2.open(main.grpcTarget, options)
  clients.push(client)
  return client
}

const isGoaway = ({ type }: { type: number }): boolean => type === FRAME.GOAWAY
const isPing = ({ type, flags }: { type: number; flags: number }): boolean =>
  type === FRAME.PING && (flags & FLAG.ACK) === 0
const pings = ({ received }: RawHttp2): number => received.filter(isPing).length

describe('pings', () => {
  it('close a connection that does not answer, and no other one', async () => {
    await start({ keepaliveTimeMs: 50 })
    const silent = await open({ speaks: false })
    silent.write(PREFACE, settingsFrame([]))
    const lively = await open()
    await silent.closed()
    await until('a few pings', () => pings(lively) >= 3)
    expect([pings(silent), lively.isClosed]).toEqual([1, false])
  })

  it.each([
    ['a frame of a wrong size', frame(FRAME.PING, 0, 0, Buffer.alloc(7))],
    ['a window that overflows', wordFrame(FRAME.WINDOW_UPDATE, 0, 0x7fff_ffff)],
    ['more settings than there are', settingsFrame(Array.from({ length: 100 }, () => [0x99, 1] as const))],
  ])('close a connection that HTTP/2 ended: %s', async (_, bytes) => {
    await start({ keepaliveTimeMs: 50 })
    const client = await open()
    client.write(bytes)
    await client.frame('GOAWAY', isGoaway)
    await client.closed()
  })
})

describe('a connection', () => {
  it('is closed with GOAWAY when no call began for a while, and not before', async () => {
    await start({ connectionIdleMsMax: 300 })
    const idle = await open()
    const busy = await open()
    let calls = 0
    const endMs = performance.now() + 1000
    while (performance.now() < endMs) {
      await busy.call(callHeaders(PATH), EMPTY_MESSAGE)
      calls++
    }
    expect([idle.isClosed, busy.isClosed, calls > 10]).toEqual([true, false, true])
    expect(idle.received.find(isGoaway)!.payload.readUInt32BE(4)).toBe(0)
    await busy.closed()
  })

  it('is not idle while somebody watches on it, and is when that is over', async () => {
    await start({ connectionIdleMsMax: 100 })
    const watching = await open()
    const id = watching.streamId()
    watching.write(headerFrames(id, callHeaders('/grpc.health.v1.Health/Watch')), dataFrames(id, EMPTY_MESSAGE))
    await watching.frame('the state', ({ type, streamId }) => type === FRAME.DATA && streamId === id)
    // Five connections, one after the other, live and die meanwhile.
    for (let turn = 0; turn < 5; turn++) await (await open()).closed()
    expect(watching.received.some(isGoaway)).toBe(false)
    watching.write(wordFrame(FRAME.RST_STREAM, id, 8))
    await watching.frame('GOAWAY', isGoaway)
    await watching.closed()
  })

  it('is cut after the grace when a call goes on for ever', async () => {
    await start({ connectionIdleMsMax: 100, connectionGraceMs: 200 })
    const client = await open()
    client.write(headerFrames(client.streamId(), callHeaders(PATH)))
    await client.frame('GOAWAY', isGoaway)
    expect(client.isClosed).toBe(false)
    await client.closed()
  })

  it('is closed with GOAWAY when it is old, and answers what it has', async () => {
    await start({ connectionAgeMsMax: 200, connectionGraceMs: 5000 })
    const client = await open()
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH)))
    await client.frame('GOAWAY', isGoaway)
    client.write(dataFrames(id, EMPTY_MESSAGE))
    expect((await client.answer(id)).headers['grpc-status']).toBe('0')
    await client.closed()
  })

  it('takes no more calls at once than it said', async () => {
    await start({ concurrentStreamsMax: 10 })
    const client = await open()
    const ids = Array.from({ length: 12 }, () => client.streamId())
    client.write(...ids.map((id) => headerFrames(id, callHeaders(PATH))))
    const refused = 7
    for (const id of ids.slice(10)) expect((await client.answer(id)).reset).toBe(refused)
    client.write(...ids.slice(0, 10).map((id) => dataFrames(id, EMPTY_MESSAGE)))
    for (const id of ids.slice(0, 10)) expect((await client.answer(id)).headers['grpc-status']).toBe('0')
  })
})

describe('a call', () => {
  it('with more headers than 16 KiB is reset', async () => {
    await start()
    const client = await open()
    await client.call(callHeaders(PATH), EMPTY_MESSAGE)
    const small = await client.call(callHeaders(PATH, { 'x-long': 'v'.repeat(15_000) }), EMPTY_MESSAGE)
    expect(small.headers['grpc-status']).toBe('0')
    const large = await client.call(callHeaders(PATH, { 'x-long': 'v'.repeat(60_000) }), EMPTY_MESSAGE)
    expect(large.reset).toBe(ENHANCE_YOUR_CALM)
  })

  it('with more headers than 16 KiB is reset also before the client has heard of the limit', async () => {
    await start()
    const client = await open({ speaks: false })
    const id = client.streamId()
    const fields = callHeaders(PATH, { 'x-long': 'v'.repeat(60_000) })
    client.write(PREFACE, settingsFrame([[SETTING.HEADER_TABLE_SIZE, 0]]), headerFrames(id, fields))
    expect((await client.answer(id)).reset).toBe(ENHANCE_YOUR_CALM)
  })

  it('whose client never takes the answer is reset', async () => {
    await start({}, { bodyTimeoutMs: 200 })
    const client = await open({ settings: [[SETTING.INITIAL_WINDOW_SIZE, 0]] })
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH)), dataFrames(id, EMPTY_MESSAGE))
    const { headers, data, reset } = await client.answer(id)
    expect([headers[':status'], data.length, reset]).toEqual(['200', 0, 8])
  })

  it('that was answered early is told to send no more', async () => {
    await start()
    const client = await open()
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH)), dataFrames(id, Buffer.from([0, 0x7f, 255, 255, 255]), false))
    await client.frame('the reset', ({ type, streamId }) => type === FRAME.RST_STREAM && streamId === id)
    expect((await client.answer(id)).headers['grpc-status']).toBe(String(status.RESOURCE_EXHAUSTED))
  })

  it.each(['/grpc.health.v1.Health/Check', `${PATH}s`])(
    'that is refused or small (%s) may have a body',
    async (path) => {
      await start()
      const client = await open()
      const { headers } = await client.call(callHeaders(path), EMPTY_MESSAGE)
      expect(headers['grpc-status']).toBe(path.startsWith('/grpc') ? '0' : String(status.UNIMPLEMENTED))
    },
  )
})

describe('a flood', () => {
  const many = (bytes: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes))

  it.each([
    ['SETTINGS', Buffer.alloc(0), settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 65_535]])],
    ['PING', Buffer.alloc(0), frame(FRAME.PING, 0, 0, Buffer.alloc(8))],
    ['empty CONTINUATION', frame(FRAME.HEADERS, 0, 1), frame(FRAME.CONTINUATION, 0, 1)],
  ])('of %s ends the connection', async (_, first, bytes) => {
    await start({ keepaliveTimeMs: 100 })
    const client = await open()
    client.write(first)
    for (let round = 0; round < 10 && !client.isClosed; round++) client.write(many(bytes, 20_000))
    await client.closed()
  })

  it('of empty DATA ends the connection', async () => {
    await start()
    const client = await open()
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH)), many(frame(FRAME.DATA, 0, id), 20_000))
    await client.closed()
  })

  it('of calls that are reset at once ends the connection', async () => {
    await start({ keepaliveTimeMs: 100 })
    const client = await open()
    for (let round = 0; round < 20; round++) {
      const ids = Array.from({ length: 1000 }, () => client.streamId())
      client.write(...ids.flatMap((id) => [headerFrames(id, callHeaders(PATH)), wordFrame(FRAME.RST_STREAM, id, 8)]))
    }
    await client.closed()
  })

  it('of DATA frames of one byte is a message like any other', async () => {
    await start()
    const client = await open()
    const body = tracesBody(300, 400)
    const message = Buffer.concat([EMPTY_MESSAGE, body])
    message.writeUInt32BE(body.length, 1)
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH)), dataFrames(id, message, true, 1))
    const requestNumber = await main.take(0)
    expect(main.body(requestNumber).equals(body)).toBe(true)
    main.settle(requestNumber)
    expect((await client.answer(id)).headers['grpc-status']).toBe('0')
  })
})
