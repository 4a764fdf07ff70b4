/** Records that Kafka would not take: every item is rejected, once and for good, and the client is told why. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readTopic } from '../../scripts/kafka/read-topic.ts'
import { createTopic } from '../../scripts/kafka/topics.ts'
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { itemsOf, quiescentMetrics } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { type HttpAnswer, post } from '../bed/http-client.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'
import { logsRequest, tracesRequest } from '../generator/telemetry.ts'

const RECORD_BYTES_MAX = 100_000
const SPANS = 300
const response = protobufType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse')

describe('a request whose record is too large', () => {
  const kafka = inject('kafkaBootstrapServers')
  const body = Buffer.from(tracesRequest(SPANS))
  let topics: TestTopics
  let smallTopic: string
  let engine: RunningEngine
  let client: GrpcClient

  beforeAll(async () => {
    topics = await createTopics(kafka)
    smallTopic = `${topics.names.logs}-small`
    await createTopic(kafka, smallTopic, { config: { 'max.message.bytes': '2000' } })
    engine = await startEngine({
      bootstrapServers: kafka,
      config: {
        ...topics.config,
        'kafka.topic.logs': smallTopic,
        'kafka.record.max.bytes': String(RECORD_BYTES_MAX),
        'otlp.message.format.metrics': 'protobuf',
      },
    })
    client = new GrpcClient(engine.addresses.grpc)
  })
  afterAll(async () => {
    client?.close()
    await engine?.kill()
  })

  function partialOf(bytes: Buffer): { rejectedSpans: string; errorMessage: string } {
    const { partialSuccess } = response.toObject(response.decode(bytes), { longs: String })
    return partialSuccess
  }

  function send(path: string, contentType: string, payload: Buffer | string): Promise<HttpAnswer> {
    const headers = { 'content-type': contentType }
    return post(`http://${engine.addresses.http}${path}`, { headers, body: payload })
  }

  it('is a partial success over HTTP protobuf', async () => {
    const answer = await send('/v1/traces', 'application/x-protobuf', body)
    expect(answer.status).toBe(200)
    expect(partialOf(answer.body)).toEqual({
      rejectedSpans: String(SPANS),
      errorMessage: expect.stringContaining('kafka.record.max.bytes'),
    })
  })

  it('is a partial success over gRPC', async () => {
    const answer = await client.export(0, body)
    expect(answer.code).toBe(0)
    expect(partialOf(answer.response!).rejectedSpans).toBe(String(SPANS))
  })

  it('is a partial success over HTTP JSON', async () => {
    const spans = Array.from({ length: SPANS }, (_, index) => ({ name: `${index}`.padEnd(400, 'x') }))
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    const answer = await send('/v1/traces', 'application/json', text)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: String(SPANS), errorMessage: expect.stringContaining('kafka.record.max.bytes') },
    })
  })

  it('is a partial success when only the broker finds it too large', async () => {
    const answer = await send('/v1/logs', 'application/x-protobuf', Buffer.from(logsRequest(50)))
    expect([answer.status, answer.body.toString('latin1')]).toEqual([
      200,
      expect.stringContaining('kafka.record.max.bytes'),
    ])
  })

  it('leaves no record, is counted as rejected, and the next request works', async () => {
    expect(await send('/v1/traces', 'application/x-protobuf', Buffer.from(tracesRequest(1)))).toMatchObject({
      status: 200,
    })
    expect(await readTopic(kafka, topics.names.traces, { count: 1 })).toHaveLength(1)
    expect(await readTopic(kafka, smallTopic)).toEqual([])
    const metrics = await quiescentMetrics(engine)
    expect(itemsOf(metrics, 'traces')).toMatchObject({ rejected: 3 * SPANS, delivered: 1 })
    expect(itemsOf(metrics, 'logs')).toMatchObject({ rejected: 50 })
    expect(await engine.stop()).toMatchObject({ code: 0 })
  })
})
