/** Connections that live too long, and streams that stand still: both end. */
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { SIGNALS } from '../bed/conservation.ts'
import { callHeaders, dataFrames, FRAME, headerFrames, RawHttp2, SETTING } from '../bed/raw-http2.ts'
import { until } from '../bed/until.ts'
import { call, exportPath, frame, openSession } from './bed/http2-call.ts'
import { isAnswered } from './bed/raw-connection.ts'
import { sample } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const AGE_MS = 1500
const GRACE_MS = 500
const DEADLINE_MS = 10_000

const scene = conformanceScene({
  'otlp.connection.max.age.ms': String(AGE_MS),
  'otlp.connection.max.age.grace.ms': String(GRACE_MS),
})

it('[C12 C43] gRPC: a connection of age gets GOAWAY, closes, and its calls have all succeeded', async () => {
  const session = openSession(scene.grpc)
  const closed = once(session, 'close', { signal: AbortSignal.timeout(DEADLINE_MS) })
  const goaway = once(session, 'goaway', { signal: AbortSignal.timeout(DEADLINE_MS) })
  const answers = SIGNALS.map((signal) => call(session, { path: exportPath(signal), pieces: [frame(sample(signal))] }))
  expect((await Promise.all(answers)).map(({ code }) => code)).toEqual(answers.map(() => 0))
  expect((await goaway)[0]).toBe(0)
  await closed
})

it.each([
  ['nothing', 0],
  ['half a message', 9],
])('[B105] gRPC, every signal: a stream that sends %s ends with its connection at the latest', async (_, bytes) => {
  await Promise.all(
    SIGNALS.map(async (signal) => {
      const before = (await scene.records(signal)).length
      const client = await RawHttp2.open(scene.grpc)
      const id = client.streamId()
      client.write(headerFrames(id, callHeaders(exportPath(signal))))
      if (bytes > 0) client.write(dataFrames(id, frame(sample(signal)).subarray(0, bytes), false))
      await until('the end of the stream', () => client.isClosed || isAnswered(client, id), DEADLINE_MS)
      client.destroy()
      expect(await scene.records(signal)).toHaveLength(before)
    }),
  )
})

it('[B105] gRPC: a client that never opens its window is cut, what it sent is stored', async () => {
  const before = (await scene.records('traces')).length
  const client = await RawHttp2.open(scene.grpc, { settings: [[SETTING.INITIAL_WINDOW_SIZE, 0]] })
  const id = client.streamId()
  client.write(headerFrames(id, callHeaders(exportPath('traces'))), dataFrames(id, frame(sample('traces'))))
  await client.closed(DEADLINE_MS)
  expect(client.received.some(({ type, payload }) => type === FRAME.DATA && payload.length > 0)).toBe(false)
  client.destroy()
  expect((await scene.records('traces')).length).toBe(before + 1)
})
