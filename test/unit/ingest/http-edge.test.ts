import { once } from 'node:events'
import { connect } from 'node:net'
import { gunzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FakeMain } from '../../bed/fake-main.ts'
import { type HttpAnswer, type HttpPost, post } from '../../bed/http-client.ts'
import { tracesBody } from '../../bed/otlp-bodies.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const HEAD = 'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n'

let main: FakeMain
beforeAll(async () => {
  main = await FakeMain.start({ cors: { origins: ['https://app.example.com'], headers: ['x-tenant'] } })
})
afterEach(() => {
  expect([main.openBalance('requests'), main.openBalance('items'), main.faults]).toEqual([0, 0, []])
})
afterAll(() => main.stop())

function send(options: HttpPost, path = '/v1/traces'): Promise<HttpAnswer> {
  return post(main.httpUrl + path, options)
}

/** Writes the parts one after the other, each seen by the server before the next. @returns all that came until the end */
async function talk(...parts: string[]): Promise<string> {
  const socket = connect({ port: main.init.httpPort, host: '127.0.0.1', noDelay: true })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  for (const part of parts) {
    socket.write(part)
    // An answer on another connection: the same thread has read what was sent before.
    await send({ method: 'GET' })
  }
  await closed
  return text
}

describe('a request whose headers come in pieces', () => {
  it.each(['Content-Length: 0\r\n', ''])('and that has no body is answered: %j', async (length) => {
    const answer = await talk(HEAD, `${length}Connection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 200 .*\r\n\r\n$/s)
  })
})

describe('headers that contradict one another', () => {
  it.each([
    'Content-Length: 1\r\nContent-Length: 2\r\n',
    'Transfer-Encoding: chunked, gzip\r\n',
    'Host: y\r\nContent-Length: 1\r\n',
    'Content-Type: application/x-protobuf\r\nContent-Length: 1\r\n',
  ])('are 400 with a Status, and the connection is closed: %j', async (headers) => {
    const before = main.counter('http_invalid')
    expect(await talk(`${HEAD}${headers}\r\n`)).toMatch(/^HTTP\/1.1 400 .*connection: close.*may be sent once/is)
    expect(main.counter('http_invalid')).toBeGreaterThan(before)
  })

  it.each([HEAD, HEAD.replace('traces', 'nothing')])('hide no second request: %j', async (head) => {
    const hidden = `${HEAD}Content-Length: 0\r\n\r\n`
    const answer = await talk(`${head}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`)
    expect(answer).not.toMatch(/ (200|404) /)
  })
})

describe('HEAD', () => {
  it('with headers that contradict one another is told so without a body, and closed', async () => {
    const answer = await talk('HEAD /v1/traces HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 .*content-length: 0\r\n\r\n$/is)
    expect(answer.match(/^connection: close/gim)).toHaveLength(1)
  })

  it('is told as much as GET, without the body', async () => {
    const answer = await talk('HEAD /v1/traces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 405 .*allow: POST, OPTIONS\r\n.*content-length: 30\r\n.*\r\n\r\n$/is)
  })
})

describe('a body compressed by zstd', () => {
  it('is delivered', async () => {
    const body = tracesBody(500)
    const answer = send({
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'zstd' },
      body: zstdCompressSync(body),
    })
    const requestNumber = await main.take(0)
    expect(main.body(requestNumber).equals(body)).toBe(true)
    main.settle(requestNumber)
    expect((await answer).status).toBe(200)
  })
})

describe('an answer', () => {
  it('is compressed when the client wants nothing else', async () => {
    const plain = await send({ headers: JSON_TYPE, body: '{"resourceSpans":1}' })
    const headers = { ...JSON_TYPE, 'accept-encoding': 'gzip, identity;q=0' }
    const packed = await send({ headers, body: '{"resourceSpans":1}' })
    expect([packed.status, packed.headers['content-encoding'], packed.headers['content-type']]).toEqual([
      400,
      'gzip',
      'application/json',
    ])
    expect(gunzipSync(packed.body)).toEqual(plain.body)
  })

  it('of two bytes is not', async () => {
    const answer = await send({ headers: { ...JSON_TYPE, 'accept-encoding': 'gzip' }, body: '{}' })
    expect([answer.headers['content-encoding'], String(answer.body)]).toEqual([undefined, '{}'])
  })
})

describe('CORS, when it is on', () => {
  const origin = 'https://app.example.com'

  it('answers a preflight', async () => {
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-tenant' }
    const answer = await send({ method: 'OPTIONS', headers })
    expect([answer.status, answer.headers['access-control-allow-headers']]).toEqual([204, 'x-tenant'])
    expect(answer.headers['access-control-allow-origin']).toBe(origin)
    const other = await send({ method: 'OPTIONS', headers: { ...headers, origin: 'https://evil.net' } })
    expect([other.status, other.headers['access-control-allow-origin']]).toEqual([204, undefined])
  })

  it('lets the page read every answer', async () => {
    const accepted = await send({ headers: { ...JSON_TYPE, origin }, body: '{}' })
    const refused = await send({ headers: { ...JSON_TYPE, origin }, body: '{' })
    const invalid = await send({ headers: { 'content-type': 'text/plain', origin }, body: '{' })
    const answers = [accepted, refused, invalid]
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 415])
    for (const { headers } of answers) expect(headers['access-control-allow-origin']).toBe(origin)
  })

  it('leaves nothing of one origin for the next', async () => {
    const answer = await send({ headers: { ...JSON_TYPE, origin: 'https://evil.net' }, body: '{}' })
    expect([answer.status, answer.headers.vary]).toEqual([200, 'Origin'])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })
})
