/** OTLP/gRPC, its calls: headers, encodings, framing, and what is no call at all. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SIGNALS } from '../bed/conservation.ts'
import { callOnce, exportPath, frame } from './bed/http2-call.ts'
import { sample } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const OK = 0
const INVALID_ARGUMENT = 3
const DEADLINE_EXCEEDED = 4
const RESOURCE_EXHAUSTED = 8
const UNIMPLEMENTED = 12
const INTERNAL = 13
const ENHANCE_YOUR_CALM = 11
const GZIP = { 'grpc-encoding': 'gzip' }
const PRINTABLE = /^[\x20-\x7e]*$/

const scene = conformanceScene()
const TRACES = exportPath('traces')
const BODY = sample('traces')

describe.each(SIGNALS)('%s', (signal) => {
  const path = exportPath(signal)
  const body = sample(signal)

  it.each(['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8'])(
    `[C39] gRPC ${signal}: content-type %s is taken`,
    async (type) => {
      const { http, code, headers } = await callOnce(scene.grpc, {
        path,
        pieces: [frame(body)],
        headers: { 'content-type': type },
      })
      expect([http, code]).toEqual([200, OK])
      expect(headers['content-type']).toMatch(/^application\/grpc/)
    },
  )

  it.each([
    'application/json',
    'text/plain',
    'application/x-protobuf',
    'application/grpc-web',
    'application/grpc-web+proto',
    '',
  ])(`[C39 B099 H14] gRPC ${signal}: content-type '%s' is HTTP 415`, async (type) => {
    const { http, code } = await callOnce(scene.grpc, {
      path,
      pieces: [frame(body)],
      headers: { 'content-type': type },
    })
    expect(http).toBe(415)
    expect(code).not.toBe(OK)
  })

  it.each(['snappy', 'br', 'x-made-up', 'gzip, gzip'])(
    `[C40 B096 H13] gRPC ${signal}: grpc-encoding %s is UNIMPLEMENTED, with the list of accepted ones`,
    async (encoding) => {
      const answer = await callOnce(scene.grpc, {
        path,
        pieces: [frame(body, 1)],
        headers: { 'grpc-encoding': encoding },
      })
      expect(answer).toMatchObject({ http: 200, code: UNIMPLEMENTED })
      const accepted = acceptedOf(answer)
      expect(accepted).toEqual(expect.arrayContaining(['identity', 'gzip']))
      expect(accepted).not.toContain(encoding)
    },
  )

  it.each([
    ['garbage', Buffer.from('this is not gzip at all')],
    ['cut off', gzipSync(body).subarray(0, -9)],
    ['followed by garbage', Buffer.concat([gzipSync(body), Buffer.from('tail')])],
  ])(`[B091 B093 H12] gRPC ${signal}: gzip that is %s is refused for good`, async (_, message) => {
    const { code } = await callOnce(scene.grpc, { path, pieces: [frame(message, 1)], headers: GZIP })
    expect([INVALID_ARGUMENT, INTERNAL]).toContain(code)
  })

  it(`[B092] gRPC ${signal}: an empty message marked as gzip is empty or refused`, async () => {
    const { code } = await callOnce(scene.grpc, { path, pieces: [frame(Buffer.alloc(0), 1)], headers: GZIP })
    expect([OK, INVALID_ARGUMENT, INTERNAL]).toContain(code)
  })

  it.each([
    [1, {}],
    [1, { 'grpc-encoding': 'identity' }],
    [2, {}],
    [255, {}],
    [2, GZIP],
    [255, GZIP],
  ])(`[C41 B095] gRPC ${signal}: flag %i with headers %j is INTERNAL`, async (flag, headers) => {
    const message = flag === 1 ? body : gzipSync(body)
    expect((await callOnce(scene.grpc, { path, pieces: [frame(message, flag)], headers })).code).toBe(INTERNAL)
  })

  it(`[C49 B098] gRPC ${signal}: no message, two messages, trailing bytes and half a prefix are errors, nothing is stored`, async () => {
    const before = (await scene.records(signal)).length
    const whole = frame(body)
    const wrong: Buffer[][] = [
      [],
      [whole, whole],
      [whole, Buffer.from([0])],
      [whole.subarray(0, 3)],
      [whole.subarray(0, -1)],
    ]
    const codes = await Promise.all(wrong.map(async (pieces) => (await callOnce(scene.grpc, { path, pieces })).code))
    for (const code of codes) expect([INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL]).toContain(code)
    expect(await scene.records(signal)).toHaveLength(before)
  })

  it(`[B097 C13 H11] gRPC ${signal}: a length of 2 GiB is refused before a byte of it comes`, async () => {
    const startMs = performance.now()
    const answer = await callOnce(scene.grpc, { path, pieces: [Buffer.from([0, 0x7f, 0xff, 0xff, 0xff])], ends: false })
    expect([answer.code, answer.status]).toEqual([RESOURCE_EXHAUSTED, undefined])
    expect(performance.now() - startMs).toBeLessThan(1000)
  })

  it.each([
    ['1n', DEADLINE_EXCEEDED],
    ['0S', DEADLINE_EXCEEDED],
    ['99999999H', OK],
    ['30S', OK],
    ['-1S', INTERNAL],
    ['1X', INTERNAL],
    ['123456789S', INTERNAL],
    ['', OK],
  ])(`[B106 C42 H09] gRPC ${signal}: grpc-timeout '%s' gives status %i`, async (timeout, code) => {
    expect(
      await callOnce(scene.grpc, { path, pieces: [frame(body)], headers: { 'grpc-timeout': timeout } }),
    ).toMatchObject({ code })
  })

  it(`[C42 H09] gRPC ${signal}: a call that is not complete at its deadline is DEADLINE_EXCEEDED and nothing is stored`, async () => {
    const before = (await scene.records(signal)).length
    const startMs = performance.now()
    const pieces = [frame(body).subarray(0, -2)]
    const { code } = await callOnce(scene.grpc, { path, pieces, ends: false, headers: { 'grpc-timeout': '200m' } })
    expect(code).toBe(DEADLINE_EXCEEDED)
    expect(performance.now() - startMs).toBeLessThan(2000)
    expect(await scene.records(signal)).toHaveLength(before)
  })
})

it.each(['zstd', 'deflate', 'gzip', 'identity'])(
  '[C40 B096] gRPC: %s is in the accepted list exactly when it is taken',
  async (encoding) => {
    const refused = await callOnce(scene.grpc, { pieces: [frame(BODY, 1)], headers: { 'grpc-encoding': 'x-made-up' } })
    const { code } = await callOnce(scene.grpc, { pieces: [frame(BODY, 0)], headers: { 'grpc-encoding': encoding } })
    expect(code).toBe(acceptedOf(refused).includes(encoding) ? OK : UNIMPLEMENTED)
  },
)

it.each([
  '/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export',
  '/opentelemetry.proto.collector.trace.v1.TraceService/Nope',
  '/opentelemetry.proto.collector.trace.v1.traceservice/Export',
  '/opentelemetry.proto.collector.trace.v1.TraceService/export',
  '/opentelemetry.proto.collector.trace.v1.TraceService',
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export/',
  '/v1.TraceService/Export',
  '/v1/traces',
  '/nope.Nope/Export',
  '/',
])('[C38 C48 B100 H15] gRPC: %s is UNIMPLEMENTED', async (path) => {
  expect(await callOnce(scene.grpc, { path, pieces: [frame(BODY)] })).toMatchObject({ http: 200, code: UNIMPLEMENTED })
})

it('[B100] gRPC: GET is no call', async () => {
  const { code, http } = await callOnce(scene.grpc, { headers: { ':method': 'GET' } })
  expect(code).not.toBe(OK)
  expect([200, 400, 404, 405]).toContain(http)
})

it.each([
  ['no te', { te: '' }],
  ['the scheme https', { ':scheme': 'https' }],
])('[B100] gRPC: %s is harmless or an error of the call', async (_, headers) => {
  const { code } = await callOnce(scene.grpc, { pieces: [frame(BODY)], headers })
  expect([OK, INTERNAL, INVALID_ARGUMENT, UNIMPLEMENTED]).toContain(code)
})

it.each(['AAAA', 'AAA=', 'AAA', 'AA==', 'AA', ''])("[C45] gRPC: binary metadata '%s' is taken", async (value) => {
  const headers = value === '' ? {} : { 'x-trace-bin': value }
  expect((await callOnce(scene.grpc, { pieces: [frame(BODY)], headers })).code).toBe(OK)
})

it.each([
  ['bad base64', { 'x-trace-bin': '!*&?' }],
  ['non-ASCII', { 'x-name': 'Gr\u00fc\u00dfe' }],
  ['a reserved name', { 'grpc-previous-rpc-attempts': 'many' }],
  ['an unknown reserved name', { 'grpc-not-ours': '1' }],
  ['30 kB', { 'x-long': 'v'.repeat(30_000) }],
])('[B107] gRPC: metadata with %s are refused or ignored, never a fault of ours', async (_, headers) => {
  const { code, http, reset } = await callOnce(scene.grpc, { pieces: [frame(BODY)], headers })
  // "Too many headers" is a reset with ENHANCE_YOUR_CALM in HTTP/2 itself.
  const isRefused = http >= 400 || reset === ENHANCE_YOUR_CALM
  expect([isRefused || [OK, INTERNAL, INVALID_ARGUMENT].includes(code), code]).toEqual([true, code])
})

it.each(['grpc-encoding', 'grpc-timeout'])(
  '[C47] gRPC: the message about a bad %s is percent-encoded',
  async (name) => {
    const headers = { [name]: '100% \u00fc' }
    const answer = await callOnce(scene.grpc, { pieces: [frame(BODY, 1)], headers })
    expect(answer.code).toBeGreaterThan(OK)
    const raw = String({ ...answer.headers, ...answer.trailers }['grpc-message'])
    expect(raw).toMatch(PRINTABLE)
    expect(raw.replace(/%[0-9A-Fa-f]{2}/g, '')).not.toContain('%')
    expect(answer.message).not.toBe('')
  },
)

it('[C47 H12] gRPC: every text of an error survives the way to the client', async () => {
  const { headers, trailers, message, status } = await callOnce(scene.grpc, {
    path: TRACES,
    pieces: [frame(Buffer.from([7]))],
  })
  expect(String({ ...headers, ...trailers }['grpc-message'])).toMatch(PRINTABLE)
  expect(message).toBe(status!.message)
})

function acceptedOf({ headers, trailers }: { headers: object; trailers: object }): string[] {
  const accepted = ({ ...headers, ...trailers } as Record<string, unknown>)['grpc-accept-encoding']
  return String(accepted ?? '').split(/ *, */)
}
