/**
 * What goes in comes out: every signal, over every protocol and encoding, into both formats, from two ingest threads
 * through two serializers. Requests go one after the other into one partition, so records stand in the order of sending.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type KafkaRecord, readTopic } from '../../scripts/kafka/read-topic.ts'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'
import { itemsOf, quiescentMetrics, SIGNALS, type Signal } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { post } from '../bed/http-client.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { generateRequest } from '../generator/payload.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'
import { logsRequest, metricsRequest, profilesRequest, tracesRequest } from '../generator/telemetry.ts'

const HTTP_PATHS: Record<Signal, string> = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
  profiles: '/v1development/profiles',
}
const USUAL: Record<Signal, Uint8Array> = {
  traces: tracesRequest(20),
  metrics: metricsRequest(20),
  logs: logsRequest(20),
  profiles: profilesRequest(20),
}
const GENERATED = 8
const bed = new KernelBed(1 << 16, 1 << 16)
const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' }

type Road = 'http-protobuf' | 'http-json' | 'grpc'

function plain(signal: Signal, json: Json): Json {
  return withoutDefaults(requestMessage(signal), json)
}

/** A profileId of another length than 16 bytes reads as base64 in OTLP/JSON (CONTRACT section 3): no hex of it comes back. */
function hasJsonForm(signal: Signal, body: Buffer): boolean {
  const ids = JSON.stringify(referenceJson(signal, body)).matchAll(/"profileId":"([^"]*)"/g)
  return [...ids].every(([, id]) => id === '' || id?.length === 32)
}

/** JSON.stringify writes -0 as 0; ProtoJSON takes doubles as text too. */
function keepsNegativeZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? '-0' : value
}

/** Generated ids have any length, so nothing is validated here; what its sender would be warned of is left out. */
function inputs(signal: Signal): Buffer[] {
  const found = [Buffer.from(USUAL[signal])]
  for (let seed = 11; found.length <= GENERATED; seed++) {
    const body = Buffer.from(generateRequest(signal, seed))
    if (bed.sift(signal, body, 0).report.strindexCount === 0) found.push(body)
  }
  return found
}

describe.each(['json', 'protobuf'] as const)('an engine that writes %s', (format) => {
  const kafka = inject('kafkaBootstrapServers')
  let topics: TestTopics
  let engine: RunningEngine
  let client: GrpcClient
  const seen: Partial<Record<Signal, number>> = {}

  beforeAll(async () => {
    topics = await createTopics(kafka)
    const threads = { 'engine.ingest.threads': '2', 'engine.serializer.threads': '2' }
    engine = await startEngine({
      bootstrapServers: kafka,
      config: { ...topics.config, ...threads, 'otlp.message.format': format, 'otlp.validation': 'off' },
    })
    client = new GrpcClient(engine.addresses.grpc)
  })
  afterAll(async () => {
    client?.close()
    await engine?.kill()
  })

  async function send(road: Road, signal: Signal, body: Buffer): Promise<void> {
    if (road === 'grpc') {
      expect(await client.export(SIGNALS.indexOf(signal), body)).toMatchObject({ code: 0 })
      return
    }
    const isJson = road === 'http-json'
    const answer = await post(`http://${engine.addresses.http}${HTTP_PATHS[signal]}`, {
      headers: { 'content-type': isJson ? CONTENT_TYPES.json : CONTENT_TYPES.protobuf },
      body: isJson ? JSON.stringify(referenceJson(signal, body), keepsNegativeZero) : body,
    })
    expect([answer.status, answer.body.toString()]).toEqual([200, isJson ? '{}' : ''])
  }

  /** Records of this test: those behind what earlier ones have written. */
  async function newRecords(signal: Signal): Promise<KafkaRecord[]> {
    const records = await readTopic(kafka, topics.names[signal])
    const before = seen[signal] ?? 0
    seen[signal] = records.length
    return records.slice(before)
  }

  async function delivered(signal: Signal): Promise<number> {
    return itemsOf(await engine.metrics(), signal).delivered
  }

  const roads = (['http-protobuf', 'http-json', 'grpc'] as const).flatMap((road) =>
    SIGNALS.map((signal): [Road, Signal] => [road, signal]),
  )

  it.each(roads)('has every request of %s %s in Kafka, equal, once, when it is answered', async (road, signal) => {
    const sent: Buffer[] = []
    for (const body of inputs(signal).filter((input) => road !== 'http-json' || hasJsonForm(signal, input))) {
      const before = await delivered(signal)
      await send(road, signal, body)
      // An envelope without items is a success and no record.
      if ((await delivered(signal)) > before) sent.push(body)
    }
    expect(sent.length).toBeGreaterThan(0)
    const records = await newRecords(signal)
    expect(records).toHaveLength(sent.length)
    for (const [index, { payload, headers }] of records.entries()) {
      expect(headers).toMatchObject({
        'otlp.signal': signal,
        'otlp.format': format,
        'content-type': CONTENT_TYPES[format],
      })
      const wanted = plain(signal, referenceJson(signal, sent[index]!))
      const written = format === 'json' ? (JSON.parse(payload!.toString()) as Json) : referenceJson(signal, payload!)
      expect(plain(signal, written)).toEqual(wanted)
      if (format === 'protobuf' && road !== 'http-json') expect(payload!.equals(sent[index]!)).toBe(true)
    }
    const counts = records.map(({ headers }) => Number(headers['otlp.items']))
    expect(counts.every((count) => count > 0)).toBe(true)
  })

  it('counts the items in the header', async () => {
    await send('grpc', 'traces', Buffer.from(tracesRequest(123)))
    const [record] = await newRecords('traces')
    expect(record!.headers['otlp.items']).toBe('123')
  })

  it('conserves every item, and ends cleanly', async () => {
    const metrics = await quiescentMetrics(engine)
    for (const { name } of SIGNAL_FACTS) {
      const items = itemsOf(metrics, name)
      expect(items.delivered).toBe(items.received)
    }
    expect(await engine.stop()).toMatchObject({ code: 0, fields: { undelivered: '0', refused: '0' } })
  })
})
