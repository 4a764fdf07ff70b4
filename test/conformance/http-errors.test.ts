/** OTLP/HTTP when the request is at fault: one status per condition, its body a Status in the encoding of the request. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CONTENT_TYPES, EACH_WAY, ENCODINGS, type Encoding, malformedBody, usualBody } from './bed/bodies.ts'
import { curl } from './bed/curl.ts'
import { expectFault, violationsOf } from './bed/faults.ts'
import { conformanceScene, HTTP_PATHS } from './bed/scene.ts'
import { ask, head } from './bed/socket.ts'

/** Above the usual body of every signal. */
const LIMIT_BYTES = 262_144
const LIBRARY_METHODS = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'BREW']

const scene = conformanceScene({ 'otlp.request.max.bytes': String(LIMIT_BYTES) })
const url = (path: string) => `http://${scene.http}${path}`
const typed = (encoding: Encoding) => [`Content-Type: ${CONTENT_TYPES[encoding]}`]

describe.each(EACH_WAY)('%s in %s', (signal, encoding) => {
  const path = HTTP_PATHS[signal]
  const headers = typed(encoding)

  it(`[C62 C68 C69 C70 C71 C72 C73 C74 C75 H12] ${signal} in ${encoding}: a malformed body is 400 with BadRequest`, async () => {
    const [answer] = await curl(url(path), { headers, body: malformedBody(encoding) })
    const status = expectFault(answer!, { status: 400, encoding })
    expect(status.code).toBe(3)
    expect(violationsOf(status).map(({ description }) => description)).toEqual([expect.stringMatching(/\w+ \w+/)])
  })

  it(`[C50 C69 C77 B060 H15] ${signal} in ${encoding}: other methods are 405 with Allow`, async () => {
    for (const method of LIBRARY_METHODS) {
      const [answer] = await curl(url(path), { method, headers })
      expectFault(answer!, { status: 405, encoding })
      expect(answer!.headers.allow).toMatch(/\bPOST\b/)
    }
  })

  it(`[C69 C77 B061 H15] ${signal} in ${encoding}: a path beside is 404`, async () => {
    for (const beside of ['/', `${path}/`, path.replace('/v1', '//v1'), `${path}x`, `/x/%2e%2e${path}`, '/%00', '/*']) {
      const [answer] = await ask(scene.http, head(beside, ['host: x', ...headers, 'content-length: 0']))
      expectFault(answer!, { status: 404, encoding })
    }
  })

  it(`[B061] ${signal} in ${encoding}: a query does not matter`, async () => {
    const answer = await curl(url(`${path}?x=1&y`), { headers, body: usualBody(signal, encoding) })
    expect(answer).toMatchObject([{ status: 200 }])
  })

  it(`[C57 C59 C62 C68 C69 C74 H11] ${signal} in ${encoding}: a body over the limit is 413`, async () => {
    const body = Buffer.alloc(LIMIT_BYTES + 1, ' ')
    for (const args of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      const [answer] = (await curl(url(path), { headers: [...headers, 'Expect:'], body, args })).slice(-1)
      expectFault(answer!, { status: 413, encoding })
    }
  })

  it(`[C69 C77 H13 B054] ${signal} in ${encoding}: an unknown coding is 415 and names those that are taken`, async () => {
    const [answer] = await curl(url(path), { headers: [...headers, 'Content-Encoding: br'], body: Buffer.from('x') })
    expectFault(answer!, { status: 415, encoding })
    expect(answer!.headers['accept-encoding']).toMatch(/\bgzip\b/)
  })

  it(`[C56 C75 B053 H12] ${signal} in ${encoding}: gzip announced and not sent is 400, sent and not announced too`, async () => {
    const plain = usualBody(signal, encoding)
    const [announced] = await curl(url(path), { headers: [...headers, 'Content-Encoding: gzip'], body: plain })
    expect(violationsOf(expectFault(announced!, { status: 400, encoding }))).toHaveLength(1)
    const [sent] = await curl(url(path), { headers, body: gzipSync(plain) })
    expectFault(sent!, { status: 400, encoding })
  })
})

describe('methods beside those of libraries', () => {
  it('[C50 B060] HEAD is 405 without a body', async () => {
    const [answer] = await curl(url('/v1/traces'), { args: ['--head'] })
    expect(answer).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('POST') } })
    expect(answer!.body).toHaveLength(0)
  })

  it('[C50 B060] post in lower case is another method', async () => {
    const [answer] = await ask(
      scene.http,
      `${head('/v1/traces', ['host: x', ...typed('json'), 'content-length: 2'], 'post')}{}`,
    )
    expectFault(answer!, { status: 405, encoding: 'json' })
  })

  it('[C77 B061] a wrong method at a wrong path is 404', async () => {
    const [answer] = await curl(url('/nothing'), { method: 'PUT', headers: typed('json') })
    expectFault(answer!, { status: 404, encoding: 'json' })
  })
})

describe('content types', () => {
  const refused: readonly (readonly [what: string, lines: readonly string[]])[] = [
    ['none', []],
    ['an empty one', ['content-type:']],
    ['text/plain', ['content-type: text/plain']],
    ['application/jsonx', ['content-type: application/jsonx']],
    ['application/grpc', ['content-type: application/grpc']],
    ['one with a parameter of 8 kB', [`content-type: application/x-protobuf; x=${'a'.repeat(8192)}`]],
  ]

  it.each(refused)('[C69 C77 B062 H14] %s is 415 with a Status in protobuf', async (_what, lines) => {
    const [answer] = await ask(scene.http, head('/v1/traces', ['host: x', ...lines, 'content-length: 0']))
    expectFault(answer!, { status: 415, encoding: 'protobuf' })
  })

  it('[B062] two of them are 400', async () => {
    const lines = ['host: x', ...typed('protobuf'), ...typed('json'), 'content-length: 0']
    const [answer] = await ask(scene.http, head('/v1/traces', lines))
    expect(answer!.status).toBe(400)
  })
})

describe('bodies that are not there', () => {
  it.each(ENCODINGS)('[B065] no body in %s, with a length of 0 and without a length', async (encoding) => {
    for (const length of [['content-length: 0'], []]) {
      const [answer] = await ask(scene.http, head('/v1/logs', ['host: x', ...typed(encoding), ...length]))
      if (encoding === 'protobuf') expect(answer!.status).toBe(200)
      else expectFault(answer!, { status: 400, encoding })
    }
  })
})
