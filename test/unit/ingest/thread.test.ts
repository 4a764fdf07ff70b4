import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ReceiverFailedError } from '../../../src/base/errors.ts'
import type { IngestInit } from '../../../src/ingest/thread-init.ts'
import { ENGINE_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { OUTCOME } from '../../../src/shared-memory/request-table.ts'
import { FakeMain, type FakeMainSizes } from '../../bed/fake-main.ts'
import { GrpcClient } from '../../bed/grpc-client.ts'
import { type HttpAnswer, post } from '../../bed/http-client.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'
import { until } from '../../bed/until.ts'

let main: FakeMain | undefined
afterEach(async () => {
  await main?.stop()
  main = undefined
})

async function start(changes: Partial<IngestInit> = {}, sizes: FakeMainSizes = {}): Promise<FakeMain> {
  main = await FakeMain.start(changes, sizes)
  return main
}

function sendTraces(to: FakeMain, spans = 1): Promise<HttpAnswer> {
  return post(`${to.httpUrl}/v1/traces`, { body: tracesBody(spans) })
}

/** An upload that has begun and waits for its last byte. */
async function beginUpload(to: FakeMain, body: Buffer): Promise<Socket> {
  const socket = connect(to.init.httpPort, '127.0.0.1')
  await once(socket, 'connect')
  const head = `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, -1)]))
  await until('the upload having its number', () => to.shared.requests.phase(0) === 1)
  return socket
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const part of socket) text += part
  return text
}

describe('start', () => {
  it('says that it runs, and beats', async () => {
    const { shared, init } = await start()
    expect(shared.control.threadState(init.slot)).toBe(THREAD_STATE.RUNNING)
    await until('a beat', () => shared.control.beatAgeMs(init.slot) < 100)
  })

  it.each(['http', 'grpc'] as const)(
    'fails with the protocol and the reason when the %s port is taken',
    async (protocol) => {
      const blocker = createServer()
      await once(blocker.listen(0, '127.0.0.1'), 'listening')
      const { port } = blocker.address() as { port: number }
      const failed = FakeMain.start(protocol === 'http' ? { httpPort: port } : { grpcPort: port })
      await expect(failed).rejects.toThrow(ReceiverFailedError)
      await expect(failed).rejects.toThrow(
        protocol === 'http' ? /Failed to start HTTP server: .*EADDRINUSE/ : /Failed to start gRPC server: .*EADDRINUSE/,
      )
      blocker.close()
    },
  )
})

describe('two threads', () => {
  it('share both ports, and one goes on when the other ends', async () => {
    const first = await start()
    const { httpPort, grpcPort } = first.init
    const second = await FakeMain.start({ httpPort, grpcPort })
    const sendEmpty = (): Promise<HttpAnswer> => post(`${first.httpUrl}/v1/traces`, { body: '' })
    const callEmpty = async (): Promise<void> => {
      const client = new GrpcClient(first.grpcTarget)
      expect((await client.export(2, Buffer.alloc(0))).code).toBe(0)
      client.close()
    }
    await until('HTTP connections on both', async () => {
      expect((await sendEmpty()).status).toBe(200)
      return [first, second].every((main) => main.counter('received_requests', 0) > 0)
    })
    await until('gRPC connections on both', async () => {
      await callEmpty()
      return [first, second].every((main) => main.counter('received_requests', 2) > 0)
    })
    await second.stop()
    for (let turn = 0; turn < 10; turn++) expect((await sendEmpty()).status).toBe(200)
  })
})

describe('connections beyond the limit', () => {
  it.each(['httpPort', 'grpcPort'] as const)('are closed at once, the others stay: %s', async (port) => {
    const main = await start({ connectionsMax: 2 })
    const sockets = Array.from({ length: 5 }, () => connect(main.init[port], '127.0.0.1'))
    let closedCount = 0
    for (const socket of sockets) {
      socket.on('error', () => {}) // a reset
      socket.once('close', () => closedCount++)
      socket.resume()
    }
    await until('three being closed', () => closedCount === 3)
    for (const socket of sockets) socket.destroy()
    await until('room for others', async () => (await sendTraces(main, 0).catch(() => undefined))?.status === 200)
  })
})

describe('a full queue', () => {
  it('refuses at once while others wait, and takes again once there is room', async () => {
    const main = await start({ queueCountMax: 2 })
    const waiting = [sendTraces(main), sendTraces(main)]
    await until('two queued', () => main.counter('received_requests') === 2)
    const refused = await sendTraces(main)
    expect([refused.status, Number(refused.headers['retry-after']) >= 1]).toEqual([503, true])
    expect(main.counter('refused_queue_full')).toBe(1)
    for (const _ of waiting) main.settle(await main.take(0))
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200)
    expect(main.openBalance('requests')).toBe(0)
  })

  it('refuses when the arena has no room for the body', async () => {
    const main = await start({}, { arenaBytes: 64 * 1024 })
    expect((await post(`${main.httpUrl}/v1/traces`, { body: tracesBody(1, 100_000) })).status).toBe(503)
    expect(main.counter('refused_memory_full')).toBe(1)
  })
})

describe('the deadline', () => {
  it('answers 503 and keeps the number until the outcome, which then counts as late', async () => {
    const main = await start({ requestTimeoutMs: 50 })
    const answer = await sendTraces(main, 3)
    expect(answer.status).toBe(503)
    const requestNumber = await main.take(0)
    expect(main.shared.requests.isAnswered(requestNumber)).toBe(true)
    expect([main.counter('refused_items'), main.counter('refused_deadline')]).toEqual([3, 1])
    main.settle(requestNumber)
    await until('the number being free', () => main.shared.requests.phase(requestNumber) === 0)
    expect([main.counter('late_items'), main.counter('delivered_items'), main.openBalance('items')]).toEqual([3, 0, 0])
  })

  it('also passes for a client that has left', async () => {
    const main = await start({ requestTimeoutMs: 100 })
    const socket = await beginUpload(main, tracesBody(2))
    socket.end(tracesBody(2).subarray(-1))
    const requestNumber = await main.take(0)
    socket.destroy()
    await until('the deadline', () => main.counter('refused_items') === 2)
    main.settle(requestNumber, OUTCOME.CANCELLED)
    await until('the number being free', () => main.shared.requests.phase(requestNumber) === 0)
    expect(main.openBalance('items')).toBe(0)
  })
})

describe('otlp.ack=queue', () => {
  it('answers when queued, and counts what is lost afterwards as dropped', async () => {
    const main = await start({ ackAtQueue: true })
    expect([(await sendTraces(main, 2)).status, (await sendTraces(main, 5)).status]).toEqual([200, 200])
    const [first, second] = [await main.take(0), await main.take(0)]
    expect(main.shared.requests.isAcked(first)).toBe(true)
    main.settle(first)
    main.settle(second, OUTCOME.UNKNOWN)
    await until('both counted', () => main.openBalance('items') === 0)
    expect([main.counter('delivered_items'), main.counter('dropped_items')]).toEqual([2, 5])
  })
})

describe('drain', () => {
  it('refuses new requests, takes in what is being sent, answers, and is closed when nothing is open', async () => {
    const main = await start()
    const { control } = main.shared
    const idle = connect(main.init.httpPort, '127.0.0.1')
    await once(idle, 'connect')
    const upload = await beginUpload(main, tracesBody(2))
    main.setEngineState(ENGINE_STATE.DRAINING)
    await until('the listener being closed', async () => !(await accepts(main.init.httpPort)))

    idle.write(
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n',
    )
    const refusal = await textOf(idle)
    expect(refusal).toMatch(/^HTTP\/1.1 503 .*connection: close/is)

    expect(control.threadState(main.init.slot)).toBe(THREAD_STATE.RUNNING)
    upload.write(tracesBody(2).subarray(-1))
    const requestNumber = await main.take(0)
    await until('an older beat', () => control.beatAgeMs(main.init.slot) > 20)
    await until('one more cycle', () => control.beatAgeMs(main.init.slot) < 20)
    expect(control.threadState(main.init.slot)).toBe(THREAD_STATE.RUNNING)
    main.settle(requestNumber)
    expect(await textOf(upload)).toMatch(/^HTTP\/1.1 200 .*connection: close/is)
    await until('the thread being closed', () => control.threadState(main.init.slot) === THREAD_STATE.CLOSED)
    await expect(sendTraces(main)).rejects.toThrow(/ECONNREFUSED/)
  })
})

describe('end', () => {
  it('answers whoever waits with 503, tells how many items that were, and ends the thread', async () => {
    const main = await start()
    const answers = [sendTraces(main, 3), sendTraces(main, 4)]
    await until('both queued', () => main.counter('received_requests') === 2)
    main.thread.end()
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(503)
    await main.thread.exited
    expect(main.thread.refusedItems).toBe(7)
    expect(main.openBalance('items')).toBe(0)
  })
})
