/** OTLP/JSON over HTTP, from the socket to the queue. */
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { FakeMain } from '../../bed/fake-main.ts'
import { type HttpAnswer, type HttpPost, post } from '../../bed/http-client.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

let main: FakeMain
beforeAll(async () => {
  main = await FakeMain.start()
})
afterEach(() => {
  expect([main.openBalance('requests'), main.openBalance('items'), main.shared.heldBytes.total(0)]).toEqual([0, 0, 0])
  expect(main.faults).toEqual([])
})
afterAll(() => main.stop())

function send(options: HttpPost): Promise<HttpAnswer> {
  return post(`${main.httpUrl}/v1/traces`, options)
}

/** Sends, takes from the queue, compares what arrived, settles, and returns the answer. */
async function deliver(options: HttpPost, expected: Buffer): Promise<HttpAnswer> {
  const answer = send(options)
  const requestNumber = await main.take(0)
  expect(main.body(requestNumber).equals(expected)).toBe(true)
  main.settle(requestNumber)
  return answer
}

function halves(body: Buffer): Buffer[] {
  return [body.subarray(0, body.length / 2), body.subarray(body.length / 2)]
}

it('a request may be JSON and is answered in JSON', async () => {
  const body = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"nnnnn"}]}]}]}'
  const answer = await deliver({ headers: JSON_TYPE, body }, tracesBody(1))
  expect([answer.status, answer.headers['content-type'], String(answer.body)]).toEqual([200, 'application/json', '{}'])
})

it.each([
  ['in pieces', (text: Buffer) => ({ headers: { ...JSON_TYPE, 'content-length': text.length }, chunks: halves(text) })],
  ['chunked', (text: Buffer) => ({ headers: JSON_TYPE, chunks: halves(text) })],
  ['compressed', (text: Buffer) => ({ headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: gzipSync(text) })],
])('a request may be JSON that comes %s', async (_, options) => {
  const spans = Array(3000).fill('{"name":"nnnnn"}').join()
  const text = Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`)
  expect((await deliver(options(text), tracesBody(3000))).status).toBe(200)
})

it('the answer carries a warning when the keys are those of the .proto files', async () => {
  const answer = await send({ headers: JSON_TYPE, body: '{"resource_spans":[]}' })
  expect(answer.status).toBe(200)
  expect(JSON.parse(String(answer.body)).partialSuccess).toMatchObject({ rejectedSpans: '0' })
  expect(main.counter('warned_requests')).toBe(1)
})

it('JSON that is no request is 400, and says where', async () => {
  const answer = await send({ headers: JSON_TYPE, body: '{"resourceSpans":{}}' })
  expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/json'])
  expect(JSON.parse(String(answer.body))).toMatchObject({
    code: 3,
    message: 'Invalid OTLP/JSON at byte 17, field resourceSpans: must be an array, found {}}',
  })
  expect((await send({ headers: JSON_TYPE, body: '' })).status).toBe(400)
})

it('a request whose protobuf exceeds the limit is told that it is the protobuf', async () => {
  const bounds = new Array<number>(200_000).fill(0).join()
  const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"explicitBounds":[${bounds}]}]}}]}]}]}`
  const answer = await post(`${main.httpUrl}/v1/metrics`, { headers: JSON_TYPE, body })
  expect([answer.status, JSON.parse(String(answer.body)).message]).toEqual([
    413,
    expect.stringMatching(/the protobuf it becomes/),
  ])
})

it('a body that looks like another kind than its headers say is told so', async () => {
  const messageOf = async (headers: Record<string, string>, body: Buffer | string): Promise<string> => {
    const answer = await send({ headers, body })
    expect(answer.status).toBe(400)
    return String(answer.body)
  }
  const protobuf = { 'content-type': 'application/x-protobuf' }
  expect(await messageOf(protobuf, '{"resourceSpans":[]}')).toMatch(
    /; it looks like JSON sent as application\/x-protobuf/,
  )
  expect(await messageOf(protobuf, gzipSync(tracesBody(1)))).toMatch(/; it looks like gzip without Content-Encoding/)
  expect(await messageOf(JSON_TYPE, gzipSync('{}'))).toMatch(/; it looks like gzip without Content-Encoding/)
})
