/** What exporters do by default, and what that asks of a server (C130-C136). The exporters themselves: test/integration/clients. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { item, protobufOf, requestOf } from './bed/models.ts'
import { conformanceScene, PROTOBUF } from './bed/scene.ts'

/** OTEL_EXPORTER_OTLP_TIMEOUT, the default of all SDKs. */
const EXPORTER_TIMEOUT_MS = 10_000
const MIB = 1 << 20

const scene = conformanceScene()
const body = (signal: (typeof SIGNALS)[number]): Buffer => protobufOf(signal, requestOf(signal, [item(signal, 'x')]))

it('[C130 C131] by default the deadline of an answer is well below 10 s, and the limit of a request 64 MiB', () => {
  const { config } = loadConfig({ embeddedBroker: true })
  expect(config['otlp.request.timeout.ms']).toBeLessThanOrEqual(0.8 * EXPORTER_TIMEOUT_MS)
  expect(config['otlp.request.max.bytes']).toBe(64 * MIB)
})

it('[C132] protobuf over HTTP is taken with default settings, on the default paths', async () => {
  for (const signal of SIGNALS) expect(await scene.post(signal, body(signal))).toMatchObject({ status: 200 })
})

it('[C134 C74] what is permanent gets an answer that no client retries', async () => {
  const retried = [429, 502, 503, 504]
  const faults = await Promise.all([
    scene.post('traces', Buffer.from([0xff])),
    scene.post('traces', body('traces'), { 'content-type': 'text/plain' }),
    scene.post('/no/such/path', body('traces')),
    scene.post('traces', body('traces'), { ...PROTOBUF, 'content-encoding': 'br' }),
  ])
  for (const { status } of faults) expect(retried).not.toContain(status)
  expect(faults.map(({ status }) => status)).toEqual([400, 415, 404, 415])
})

it('[C135 C31 C76] a refusal that may be retried carries Retry-After and RetryInfo', async () => {
  // Nobody listens there: Kafka is away from the start.
  const engine = await startEngine({ bootstrapServers: '127.0.0.1:9' })
  const client = new GrpcClient(engine.addresses.grpc)
  try {
    await engine.event('kafka_unreachable')
    const answer = await fetch(`http://${engine.addresses.http}/v1/traces`, {
      method: 'POST',
      headers: PROTOBUF,
      body: new Uint8Array(body('traces')),
    })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    const call = await client.export(0, body('traces'))
    expect(call.code).toBe(14)
    expect(call.statusDetails).toContain('google.rpc.RetryInfo')
  } finally {
    client.close()
    await engine.stop()
  }
})

it('[C136 C63 C02] gzip of clients is taken, and an answer is gzipped when asked for', async () => {
  for (const signal of SIGNALS) {
    const headers = { ...PROTOBUF, 'content-encoding': 'gzip' }
    expect(await scene.post(signal, gzipSync(body(signal)), headers)).toMatchObject({ status: 200 })
  }
  const refused = await scene.post('traces', Buffer.from([0xff]), { ...PROTOBUF, 'accept-encoding': 'gzip' })
  const text = refused.headers['content-encoding'] === 'gzip' ? gunzipSync(refused.body) : refused.body
  expect(refused.status).toBe(400)
  expect(text.toString('latin1')).toContain('google.rpc.BadRequest')
})
