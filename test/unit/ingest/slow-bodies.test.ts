import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import type { IngestInit } from '../../../src/ingest/thread-init.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { ENGINE_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { FakeMain, type FakeMainSizes } from '../../bed/fake-main.ts'
import { post } from '../../bed/http-client.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'
import { until } from '../../bed/until.ts'

let main: FakeMain
let session: ClientHttp2Session | undefined
afterEach(async () => {
  expect([main.openBalance('requests'), main.openBalance('items'), main.faults]).toEqual([0, 0, []])
  session?.destroy()
  session = undefined
  await main.stop()
})

async function start(changes: Partial<IngestInit>, sizes: FakeMainSizes = {}): Promise<void> {
  main = await FakeMain.start(changes, sizes)
}

function beginHttp(bodyBytes: number, headers = ''): Socket {
  const socket = connect(main.init.httpPort, '127.0.0.1')
  const head = `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n${headers}`
  socket.write(`${head}Content-Length: ${bodyBytes}\r\n\r\nabc`)
  return socket
}

/** A call that says how long its message is and sends three bytes of it. */
function beginGrpc(messageBytes: number, headers: Record<string, string> = {}): ClientHttp2Stream {
  session ??= connectHttp2(`http://${main.grpcTarget}`)
  const usual = { ':method': 'POST', ':path': SIGNAL_FACTS[0]!.grpcPath, 'content-type': 'application/grpc' }
  const stream = session.request({ ...usual, ...headers })
  const prefix = Buffer.alloc(5)
  prefix[0] = headers['grpc-encoding'] === undefined ? 0 : 1
  prefix.writeUInt32BE(messageBytes, 1)
  stream.write(Buffer.concat([prefix, Buffer.from('abc')]))
  return stream
}

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const part of socket) text += part
  return text
}

async function statusOf(stream: ClientHttp2Stream): Promise<number> {
  const [headers] = await once(stream, 'response')
  return Number(headers['grpc-status'])
}

describe('a body that does not come', () => {
  it('is cut over gRPC: UNAVAILABLE, the stream closed, its memory free for the next', async () => {
    await start({ bodyTimeoutMs: 300, queueBytesMax: 64 * MIB }, { arenaBytes: 4 * MIB })
    const streams = Array.from({ length: 4 }, () => beginGrpc(MIB))
    const closed = streams.map((stream) => once(stream, 'close'))
    const codes = streams.map(statusOf)
    await until('the arena being full', () => main.shared.heldBytes.total(0) === 4 * MIB)
    expect((await post(`${main.httpUrl}/v1/traces`, { body: tracesBody(1) })).status).toBe(503)
    for (const code of codes) expect(await code).toBe(status.UNAVAILABLE)
    await Promise.all(closed)
    expect(main.shared.heldBytes.total(0)).toBe(0)
    const answer = post(`${main.httpUrl}/v1/traces`, { body: tracesBody(1) })
    main.settle(await main.take(0))
    expect((await answer).status).toBe(200)
  })

  it.each(['', 'Content-Encoding: gzip\r\n'])(
    'is cut over HTTP: 503, and the connection closed: %j',
    async (headers) => {
      await start({ bodyTimeoutMs: 100 })
      const startMs = performance.now()
      const answer = await textOf(beginHttp(200_000, headers))
      expect(performance.now() - startMs).toBeLessThan(5000) // uWebSockets.js would close after ten idle seconds
      expect(answer).toMatch(/^HTTP\/1.1 503 .*retry-after: .*connection: close.*did not arrive in time/is)
      expect([main.shared.heldBytes.total(0), main.counter('refused_requests')]).toEqual([0, 1])
    },
  )

  it('does not hold up a drain', async () => {
    await start({ drainBodyTimeoutMs: 100 })
    const answers = [textOf(beginHttp(200_000)), textOf(beginHttp(200_000, 'Content-Encoding: gzip\r\n'))]
    const code = statusOf(beginGrpc(5000))
    await until('the bodies having begun', () => main.shared.requests.phase(1) === 1)
    main.setEngineState(ENGINE_STATE.DRAINING)
    for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 503 .*connection: close/is)
    expect(await code).toBe(status.UNAVAILABLE)
    await until(
      'the thread being closed',
      () => main.shared.control.threadState(main.init.slot) === THREAD_STATE.CLOSED,
    )
  })

  it('is answered when the thread ends', async () => {
    await start({})
    const answer = textOf(beginHttp(200_000))
    await until('the body having begun', () => main.shared.requests.phase(0) === 1)
    main.thread.end()
    expect(await answer).toMatch(/^HTTP\/1.1 503 /)
  })
})

describe('bodies on their way', () => {
  it('count for the limit of their signal, so that many at once do not exceed it', async () => {
    await start({ queueBytesMax: MIB })
    const sockets = Array.from({ length: 5 }, () => beginHttp(250 * 1024))
    await until('four being received', () => main.shared.requests.phase(3) === 1)
    expect((await post(`${main.httpUrl}/v1/traces`, { body: tracesBody(1, 250_000) })).status).toBe(503)
    expect(main.shared.heldBytes.total(0)).toBe(1000 * 1024)
    expect(main.counter('refused_queue_full')).toBeGreaterThanOrEqual(1)
    for (const socket of sockets) socket.destroy()
    await until('nothing being held', () => main.shared.heldBytes.total(0) === 0)
  })

  it('are bounded in sum when they are compressed, over both protocols', async () => {
    await start({ requestBytesMax: 1024, collectBytesMax: 2048 }, { arenaBytes: 4096 })
    const noise = Buffer.from(Array.from({ length: 900 }, (_, index) => (index * 7919) % 251))
    const gzip = { 'grpc-encoding': 'gzip' }
    const streams = [beginGrpc(1000, gzip), beginGrpc(1000, gzip), beginGrpc(1000, gzip)]
    const first = streams.map((stream) => once(stream, 'response'))
    for (const stream of streams) stream.write(noise)
    const [headers] = await Promise.race(first)
    expect(Number(headers['grpc-status'])).toBe(status.UNAVAILABLE)
    expect(main.counter('refused_memory_full')).toBe(1)
  })

  it('are refused before they are sent when they are compressed, too', async () => {
    await start({})
    main.setEngineState(ENGINE_STATE.PAUSED)
    expect(await statusOf(beginGrpc(1000, { 'grpc-encoding': 'gzip' }))).toBe(status.UNAVAILABLE)
  })
})

describe('a compressed gRPC message', () => {
  function send(message: Buffer, encoding = 'gzip'): Promise<number> {
    session ??= connectHttp2(`http://${main.grpcTarget}`)
    const stream = session.request({
      ':method': 'POST',
      ':path': SIGNAL_FACTS[0]!.grpcPath,
      'content-type': 'application/grpc',
      'grpc-encoding': encoding,
    })
    const prefix = Buffer.alloc(5)
    prefix[0] = 1
    prefix.writeUInt32BE(message.length, 1)
    stream.end(Buffer.concat([prefix, message]))
    return statusOf(stream)
  }

  it('is RESOURCE_EXHAUSTED when it inflates beyond the limit', async () => {
    await start({})
    expect(await send(gzipSync(Buffer.alloc(MIB + 1)))).toBe(status.RESOURCE_EXHAUSTED)
    expect(main.counter('rejected_requests')).toBe(1)
  })

  it('is INVALID_ARGUMENT when it does not inflate', async () => {
    await start({})
    expect(await send(tracesBody(1))).toBe(status.INVALID_ARGUMENT)
    expect(await send(tracesBody(1), 'deflate')).toBe(status.INVALID_ARGUMENT)
  })
})
