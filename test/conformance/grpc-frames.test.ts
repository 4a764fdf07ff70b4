/** HTTP/2 frames as no library sends them: tiny, empty, padded, split, too many; and other languages on the port. */
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/base/units.ts'
import { SIGNALS } from '../bed/conservation.ts'
import { callHeaders, dataFrames, FLAG, FRAME, headerFrames, frame as rawFrame } from '../bed/raw-http2.ts'
import { until } from '../bed/until.ts'
import { call, exportPath, frame, openSession } from './bed/http2-call.ts'
import { growthDuring } from './bed/memory.ts'
import { connected, END_DEADLINE_MS, endOf, flood, isAnswered, statusOf } from './bed/raw-connection.ts'
import { sample, sampleOfBytes } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const OK = '0'
const REFUSED_STREAM = 7
const ENHANCE_YOUR_CALM = 11
const STREAMS = 50
const PATH = exportPath('traces')
const BODY = frame(sample('traces'))

const scene = conformanceScene({ 'otlp.grpc.max.concurrent.streams': String(STREAMS) })

describe.each(SIGNALS)('%s', (signal) => {
  const fields = callHeaders(exportPath(signal))
  const message = frame(sample(signal))

  it.each([
    ['frames of one byte', [...message].map((byte) => Buffer.from([byte]))],
    ['two frames', [message.subarray(0, 20), message.subarray(20)]],
    ['a split prefix', [message.subarray(0, 2), message.subarray(2, 5), message.subarray(5)]],
    ['empty frames between', [Buffer.alloc(0), message.subarray(0, 5), Buffer.alloc(0), message.subarray(5)]],
  ])(`[C46] gRPC ${signal}: a message in %s is taken`, async (_, parts) => {
    const answer = await connected(scene.grpc, (client) => {
      const id = client.streamId()
      const frames = parts.map((part, index) => dataFrames(id, part, index === parts.length - 1))
      client.write(headerFrames(id, fields), ...frames)
      return client.answer(id)
    })
    expect(statusOf(answer)).toBe(OK)
  })
})

it('[B101] gRPC: a million DATA frames of one byte take bounded memory', async () => {
  const message = frame(sampleOfBytes('traces', 1_000_000))
  const [answer, growthBytes] = await growthDuring(scene.engine.pid, () =>
    connected(scene.grpc, async (client) => {
      const id = client.streamId()
      client.write(headerFrames(id, callHeaders(PATH)), dataFrames(id, message, true, 1))
      return client.answer(id, 60_000)
    }),
  )
  expect(statusOf(answer)).toBe(OK)
  expect(growthBytes).toBeLessThan(64 * MIB)
})

it.each([
  ['empty', (id: number) => rawFrame(FRAME.DATA, 0, id), 200_000],
  [
    'padded, otherwise empty,',
    (id: number) => rawFrame(FRAME.DATA, FLAG.PADDED, id, Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
    50_000,
  ],
])('[B101] gRPC: a flood of %s DATA frames takes bounded memory', async (_, part, count) => {
  const [, growthBytes] = await growthDuring(scene.engine.pid, () =>
    connected(scene.grpc, async (client) => {
      const id = client.streamId()
      client.write(headerFrames(id, callHeaders(PATH)))
      await flood(client, () => part(id), count)
      client.write(dataFrames(id, BODY))
      await until('an answer or an end', () => endOf(client) !== undefined || isAnswered(client, id), END_DEADLINE_MS)
    }),
  )
  expect(growthBytes).toBeLessThan(32 * MIB)
})

describe('more streams than the limit', () => {
  it('[B104] gRPC: wait in a client that knows the limit, and all succeed', async () => {
    const session = openSession(scene.grpc)
    await once(session, 'remoteSettings')
    const answers = await Promise.all(Array.from({ length: 3 * STREAMS }, () => call(session, { pieces: [BODY] })))
    session.destroy()
    expect(new Set(answers.map(({ code }) => String(code)))).toEqual(new Set([OK]))
  })

  it('[B104] gRPC: are refused, or end the connection of a client that ignores it', async () => {
    await connected(scene.grpc, async (client) => {
      await client.frame('the settings', ({ type }) => type === FRAME.SETTINGS)
      const ids = Array.from({ length: STREAMS + 10 }, () => client.streamId())
      for (const id of ids)
        client.write(headerFrames(id, callHeaders(PATH)), dataFrames(id, BODY.subarray(0, 5), false))
      const beyond = ids.slice(STREAMS)
      await until('a refusal', () => endOf(client) !== undefined || beyond.every((id) => isAnswered(client, id)))
      if (endOf(client) !== undefined) return
      const refused = await Promise.all(beyond.map((id) => client.answer(id)))
      expect(new Set(refused.map(({ reset }) => reset))).toEqual(new Set([REFUSED_STREAM]))
    })
  })
})

it('[B108] gRPC: a client that pings every 10 ms is answered, or told to calm down', async () => {
  await connected(scene.grpc, async (client) => {
    const acks = () => client.received.filter(({ type, flags }) => type === FRAME.PING && flags === FLAG.ACK).length
    for (let sent = 1; sent <= 100 && endOf(client) === undefined; sent++) {
      client.write(rawFrame(FRAME.PING, 0, 0, Buffer.alloc(8)))
      const dueMs = performance.now() + 10
      await until('the next ping', () => performance.now() >= dueMs && (acks() === sent || endOf(client) !== undefined))
    }
    if (endOf(client) === undefined) expect(statusOf(await client.call(callHeaders(PATH), BODY))).toBe(OK)
    else expect(endOf(client)).toBe(ENHANCE_YOUR_CALM)
  })
})

it('[C44] gRPC: a header block of 64 KiB is refused', async () => {
  await connected(scene.grpc, async (client) => {
    const fields = [...callHeaders(PATH), ['x-long', 'v'.repeat(65_536)] as const]
    const id = client.streamId()
    client.write(headerFrames(id, fields), dataFrames(id, BODY))
    await until('a refusal', () => endOf(client) !== undefined || isAnswered(client, id), END_DEADLINE_MS)
    if (endOf(client) === undefined) expect(statusOf(await client.answer(id))).not.toBe(OK)
  })
})

it('[B107] gRPC: a value of 100 kB in the metadata is refused', async () => {
  await connected(scene.grpc, async (client) => {
    const id = client.streamId()
    client.write(headerFrames(id, callHeaders(PATH, { 'x-long': 'v'.repeat(100_000) })), dataFrames(id, BODY))
    await until('a refusal', () => endOf(client) !== undefined || isAnswered(client, id), END_DEADLINE_MS)
    if (endOf(client) === undefined) expect(statusOf(await client.answer(id))).not.toBe(OK)
  })
})

it.each([
  ['HTTP/1.1', 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'],
  ['SMTP', 'EHLO example.org\r\n'],
  ['zeros', Buffer.alloc(100)],
])('[B109] gRPC: %s on the port ends with a refusal', async (_, text) => {
  const [host, port] = scene.grpc.split(':')
  const socket = connectTcp({ host: host!, port: Number(port) })
  socket.on('error', () => {})
  socket.resume()
  socket.write(text)
  await once(socket, 'close', { signal: AbortSignal.timeout(END_DEADLINE_MS) })
})

it('[B109] gRPC: TLS on the plain port ends with a refusal', async () => {
  const [host, port] = scene.grpc.split(':')
  const socket = connectTls({ host: host!, port: Number(port), rejectUnauthorized: false })
  const [error] = (await once(socket, 'error', { signal: AbortSignal.timeout(END_DEADLINE_MS) })) as [Error]
  expect(error.message).not.toBe('')
  socket.destroy()
})
