/** What holds for every protocol and every signal. */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../bed/conservation.ts'
import { callHeaders, RawHttp2 } from '../bed/raw-http2.ts'
import { referenceJson } from '../generator/reference-json.ts'
import { callOnce, exportPath, frame } from './bed/http2-call.ts'
import { encodeRequest, sample } from './bed/samples.ts'
import { conformanceScene, HTTP_PATHS, JSON_TYPE, PROTOBUF } from './bed/scene.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
const PROTOCOLS = ['gRPC', 'HTTP/protobuf', 'HTTP/JSON'] as const
type Protocol = (typeof PROTOCOLS)[number]

// With everything on that a client might have to understand: C07.
const scene = conformanceScene({
  'otlp.json.lenient': 'true',
  'otlp.validation': 'strict',
  'otlp.connection.max.age.ms': '600000',
  'otlp.grpc.keepalive.time.ms': '1000',
})

/** @returns whether it was accepted in full */
async function accepted(protocol: Protocol, signal: Signal, body: Buffer, isGzip = false): Promise<boolean> {
  const packed = (bytes: Buffer) => (isGzip ? gzipSync(bytes) : bytes)
  if (protocol === 'gRPC') {
    const headers = isGzip ? { 'grpc-encoding': 'gzip' } : {}
    const pieces = [frame(packed(body), isGzip ? 1 : 0)]
    const { code, messages } = await callOnce(scene.grpc, { path: exportPath(signal), headers, pieces })
    return code === 0 && messages[0]?.length === 0
  }
  const isJson = protocol === 'HTTP/JSON'
  const bytes = isJson ? Buffer.from(JSON.stringify(referenceJson(signal, body))) : body
  const headers = { ...(isJson ? JSON_TYPE : PROTOBUF), ...(isGzip && { 'content-encoding': 'gzip' }) }
  const answer = await scene.post(signal, packed(bytes), headers)
  return answer.status === 200 && answer.body.toString() === (isJson ? '{}' : '')
}

async function stored(signal: Signal, name: string): Promise<string[]> {
  const records = await scene.records(signal)
  return records.map(({ payload }) => payload!.toString()).filter((text) => text.includes(name))
}

describe.each(SIGNALS)('%s', (signal) => {
  it(`[C01 C02 H01] ${signal}: the same request, plain and as gzip, over every protocol, is the same record`, async () => {
    const name = `same-${signal}`
    for (const protocol of PROTOCOLS) {
      for (const isGzip of [false, true]) {
        expect([protocol, isGzip, await accepted(protocol, signal, sample(signal, { name }), isGzip)]).toEqual([
          protocol,
          isGzip,
          true,
        ])
      }
    }
    const records = await stored(signal, name)
    expect([records.length, new Set(records.map(canonical)).size]).toEqual([2 * PROTOCOLS.length, 1])
  })

  it.each(PROTOCOLS)(
    `[C08 H02] ${signal} over %s: an envelope without items is a success and no record`,
    async (protocol) => {
      const before = (await scene.records(signal)).length
      for (const body of emptyEnvelopes(signal)) expect(await accepted(protocol, signal, body)).toBe(true)
      expect(await scene.records(signal)).toHaveLength(before)
    },
  )

  it.each(PROTOCOLS)(`[C09] ${signal} over %s: a request that is sent twice is stored twice`, async (protocol) => {
    const name = `twice-${protocol}-${signal}`
    const body = sample(signal, { name })
    expect(await Promise.all([accepted(protocol, signal, body), accepted(protocol, signal, body)])).toEqual([
      true,
      true,
    ])
    expect(await stored(signal, name)).toHaveLength(2)
  })

  it(`[C07] ${signal}: a client that knows nothing but HTTP/1.1 and protobuf is served`, async () => {
    const body = sample(signal)
    const [host, port] = scene.http.split(':')
    const socket = connect({ host: host!, port: Number(port) })
    const head = `POST ${HTTP_PATHS[signal]} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`
    socket.write(Buffer.concat([Buffer.from(head), body]))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).not.toMatch(/^(?:content|transfer)-encoding:/im)
  })

  it(`[C07] ${signal}: a client that knows nothing but the headers gRPC demands is served`, async () => {
    const client = await RawHttp2.open(scene.grpc)
    const { headers, data } = await client.call(callHeaders(exportPath(signal)), frame(sample(signal)))
    client.destroy()
    expect([headers['grpc-status'], headers['grpc-encoding'] ?? 'identity']).toEqual(['0', 'identity'])
    expect(data).toEqual(frame(Buffer.alloc(0)))
  })
})

it('[C37] the default port of gRPC is 4317', () => {
  const { stdout } = spawnSync(LAUNCHER, ['options', '--markdown'], { encoding: 'utf8', timeout: 30_000 })
  expect(stdout.split('\n').find((line) => line.includes('`otlp.grpc.port`'))).toContain('`4317`')
})

const ENVELOPES: Readonly<Record<Signal, readonly [resources: string, scopes: string, items: string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  profiles: ['resourceProfiles', 'scopeProfiles', 'profiles'],
}

function emptyEnvelopes(signal: Signal): Buffer[] {
  const [resources, scopes, items] = ENVELOPES[signal]
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'empty' } }] }
  const requests = [
    {},
    { [resources]: [{ resource }] },
    { [resources]: [{ resource, [scopes]: [{ scope: {}, [items]: [] }] }] },
  ]
  return requests.map((request) => encodeRequest(signal, request))
}

/** JSON with its keys in one order. */
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
