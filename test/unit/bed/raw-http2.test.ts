/** The raw client against Node's own HTTP/2 server. */
import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  callHeaders,
  dataFrames,
  FLAG,
  FRAME,
  frame,
  headerFrames,
  PREFACE,
  RawHttp2,
  SETTING,
  settingsFrame,
  wordFrame,
} from '../../bed/raw-http2.ts'

let server: Http2Server
let address: string
const sessions = new Set<ServerHttp2Session>()
beforeAll(async () => {
  server = createServer()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/reset') return stream.close(8)
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part as Buffer)
    stream.respond({ ':status': 200, 'x-path': headers[':path'], 'x-text': 'A_z 09~' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-bytes': String(Buffer.concat(parts).length) }))
    stream.end(Buffer.concat(parts))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await once(server.close(), 'close')
})

it('makes a call and reads headers, data and trailers, however the data is cut', async () => {
  const client = await RawHttp2.open(address)
  const id = client.streamId()
  client.write(headerFrames(id, callHeaders('/some/path')), dataFrames(id, Buffer.from('some data'), true, 1))
  const { headers, data, reset } = await client.answer(id)
  expect(headers).toMatchObject({ ':status': '200', 'x-path': '/some/path', 'x-text': 'A_z 09~', 'x-bytes': '9' })
  expect([data.toString(), reset]).toEqual(['some data', undefined])
  client.destroy()
})

it('sends header blocks longer than a frame, and leaves headers out', async () => {
  const client = await RawHttp2.open(address)
  const fields = callHeaders('/p', { te: undefined, 'x-long': 'v'.repeat(20_000) })
  expect(fields.map(([name]) => name)).not.toContain('te')
  const { headers } = await client.call(fields, Buffer.from('x'))
  expect(headers['x-path']).toBe('/p')
  client.destroy()
})

it('sees resets, GOAWAY and the end of the connection', async () => {
  const client = await RawHttp2.open(address)
  const id = client.streamId()
  client.write(headerFrames(id, callHeaders('/reset')))
  expect((await client.answer(id)).reset).toBe(8)
  client.write(wordFrame(FRAME.WINDOW_UPDATE, 0, 1), frame(FRAME.PING, 0, 0, Buffer.from('12345678')))
  const { payload } = await client.frame('the answer', ({ type }) => type === FRAME.PING)
  expect(payload.toString()).toBe('12345678')
  for (const session of sessions) session.close()
  await client.frame('GOAWAY', ({ type }) => type === FRAME.GOAWAY)
  await client.closed()
})

it('says nothing by itself when it is told so', async () => {
  const client = await RawHttp2.open(address, { speaks: false })
  const { payload } = await client.frame('SETTINGS', ({ type }) => type === FRAME.SETTINGS)
  expect(payload.length % 6).toBe(0)
  client.write(PREFACE, settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 0]]))
  await client.frame('the ACK', ({ type, flags }) => type === FRAME.SETTINGS && flags === FLAG.ACK)
  await client.sent()
  expect([client.isClosed, client.unsentBytes]).toEqual([false, 0])
  client.destroy()
})
