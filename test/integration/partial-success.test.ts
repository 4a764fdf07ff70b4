/** Items that are wrong for good are rejected alone: counted, explained, and never in Kafka; the others are. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readTopic } from '../../scripts/kafka/read-topic.ts'
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { RESPONSE_MESSAGES } from '../../src/otlp/schema.ts'
import { itemsOf, quiescentMetrics, SIGNALS, type Signal } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { post } from '../bed/http-client.ts'
import { createTopics, type TestTopics } from '../bed/topics.ts'
import { BAD_TEXT, type Decoded } from '../generator/sift-reference.ts'
import { encodeSpoiled } from '../generator/spoil.ts'

const REJECTED_FIELDS = ['rejectedSpans', 'rejectedDataPoints', 'rejectedLogRecords', 'rejectedProfiles'] as const
const PATHS = ['/v1/traces', '/v1/metrics', '/v1/logs', '/v1development/profiles']

interface Answer {
  readonly rejected: number
  readonly message: string
}

/** An engine and the ways to send to it. */
class Bed {
  readonly #config: Readonly<Record<string, string>>
  topics!: TestTopics
  engine!: RunningEngine
  #client!: GrpcClient

  constructor(config: Readonly<Record<string, string>>) {
    this.#config = config
  }

  async start(): Promise<void> {
    const kafka = inject('kafkaBootstrapServers')
    this.topics = await createTopics(kafka)
    this.engine = await startEngine({ bootstrapServers: kafka, config: { ...this.topics.config, ...this.#config } })
    this.#client = new GrpcClient(this.engine.addresses.grpc)
  }

  async end(): Promise<void> {
    this.#client?.close()
    await this.engine?.kill()
  }

  async http(signal: Signal, body: Buffer): Promise<Answer> {
    const { status, body: bytes } = await post(this.#url(signal), { body })
    expect(status).toBe(200)
    return partialOf(signal, bytes)
  }

  async json(signal: Signal, request: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    const { status, body } = await post(this.#url(signal), { headers, body: JSON.stringify(request) })
    expect(status).toBe(200)
    const { partialSuccess = {} } = JSON.parse(body.toString()) as { partialSuccess?: Decoded }
    return {
      rejected: Number(partialSuccess[fieldOf(signal)] ?? 0),
      message: String(partialSuccess.errorMessage ?? ''),
    }
  }

  async grpc(signal: Signal, body: Buffer, deadlineMs?: number): Promise<Answer> {
    const options = deadlineMs === undefined ? {} : { deadlineMs }
    const { code, response } = await this.#client.export(SIGNALS.indexOf(signal), body, options)
    expect(code).toBe(0)
    return partialOf(signal, response!)
  }

  /** Payloads in Kafka, in the order of their delivery. */
  async payloads(signal: Signal): Promise<Buffer[]> {
    const records = await readTopic(inject('kafkaBootstrapServers'), this.topics.names[signal])
    return records.map(({ payload }) => payload!)
  }

  #url(signal: Signal): string {
    return `http://${this.engine.addresses.http}${PATHS[SIGNALS.indexOf(signal)]}`
  }
}

const fieldOf = (signal: Signal): string => REJECTED_FIELDS[SIGNALS.indexOf(signal)]!

function partialOf(signal: Signal, bytes: Buffer): Answer {
  const type = protobufType(RESPONSE_MESSAGES[SIGNALS.indexOf(signal)]!)
  const { partialSuccess = {} } = type.toObject(type.decode(bytes), { longs: Number }) as { partialSuccess?: Decoded }
  return { rejected: Number(partialSuccess[fieldOf(signal)] ?? 0), message: String(partialSuccess.errorMessage ?? '') }
}

function spans(...items: object[]): Decoded {
  return { resourceSpans: [{ scopeSpans: [{ spans: items }] }] }
}

/** Of each signal: a request of two good items and a bad one between them, and what is left of it. */
const MIXED: Readonly<Record<Signal, (...items: object[]) => Decoded>> = {
  traces: spans,
  metrics: (...dataPoints) => ({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }],
  }),
  logs: (...logRecords) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  profiles: (...profiles) => ({ resourceProfiles: [{ scopeProfiles: [{ profiles }] }] }),
}
const GOOD = {
  traces: { name: 'good' },
  metrics: { asInt: '7' },
  logs: { severityText: 'good' },
  profiles: { period: '7' },
}
const BAD = {
  traces: { name: BAD_TEXT },
  metrics: { asInt: '7', attributes: [{ key: BAD_TEXT }] },
  logs: { severityText: 'x', traceId: Buffer.alloc(15, 1) },
  profiles: { profileId: Buffer.alloc(8, 1) },
}

describe('otlp.validation=spec', () => {
  const bed = new Bed({
    'otlp.message.format': 'protobuf',
    'otlp.message.format.logs': 'json',
    'kafka.record.max.bytes': '5000',
  })
  beforeAll(() => bed.start())
  afterAll(() => bed.end())

  it.each(SIGNALS)('[C25 C26 C27 C67] %s: rejects the bad item alone, over HTTP and gRPC', async (signal) => {
    const [good, bad, make] = [GOOD[signal], BAD[signal], MIXED[signal]]
    const body = encodeSpoiled(signal, make(good, bad, good))
    const answers = [await bed.http(signal, body), await bed.grpc(signal, body), await bed.grpc(signal, body, 5000)]
    for (const { rejected, message } of answers) {
      expect(rejected).toBe(1)
      expect(message).toMatch(/^Rejected for good: 1 of 3 .*The first one is at resource_\w+\[0\]\./)
    }
    const left = encodeSpoiled(signal, make(good, good))
    const payloads = await bed.payloads(signal)
    expect(payloads).toHaveLength(3)
    for (const payload of payloads) {
      if (signal === 'logs') expect(JSON.parse(payload.toString())).toEqual(make(good, good))
      else expect(payload).toEqual(left)
    }
  })

  it('[C65] answers a request without faults with nothing', async () => {
    expect(await bed.http('traces', encodeSpoiled('traces', spans(GOOD.traces)))).toEqual({ rejected: 0, message: '' })
  })

  it('answers at once when nothing is left, and gives Kafka nothing', async () => {
    const before = (await bed.payloads('traces')).length
    const body = encodeSpoiled('traces', spans(BAD.traces, BAD.traces))
    expect([(await bed.http('traces', body)).rejected, (await bed.grpc('traces', body)).rejected]).toEqual([2, 2])
    await quiescentMetrics(bed.engine)
    expect(await bed.payloads('traces')).toHaveLength(before)
  })

  it('[C103 C28 B022] warns of indexes into no dictionary, and stores the request as it is', async () => {
    const request = spans({ name: 'strindex', attributes: [{ key: 'k', value: { stringValueStrindex: 1 } }] })
    const body = encodeSpoiled('traces', request)
    for (const { rejected, message } of [await bed.http('traces', body), await bed.grpc('traces', body)]) {
      expect(rejected).toBe(0)
      expect(message).toContain('resource_spans[0].scope_spans[0].spans[0].attributes[0].value.string_value_strindex')
    }
    expect((await bed.payloads('traces')).filter((payload) => payload.equals(body))).toHaveLength(2)
    const metrics = await bed.engine.metrics()
    expect(metrics.sum('sluice_warned_requests_total', { signal: 'traces' })).toBe(2)
  })

  it('[C103] also in JSON', async () => {
    const request = spans({ name: 'strindex', attributes: [{ key: 'k', value: { stringValueStrindex: 1 } }] })
    expect(await bed.json('traces', request)).toMatchObject({
      rejected: 0,
      message: expect.stringContaining('strindex'),
    })
  })

  it('[B027] rejects an item larger than a record takes, and stores the others', async () => {
    const huge = { name: 'x'.repeat(6000) }
    const body = encodeSpoiled('traces', spans({ name: 'before' }, huge, { name: 'after' }))
    const { rejected, message } = await bed.http('traces', body)
    expect([rejected, message]).toEqual([1, expect.stringContaining('kafka.record.max.bytes')])
    const left = encodeSpoiled('traces', spans({ name: 'before' }, { name: 'after' }))
    expect((await bed.payloads('traces')).filter((payload) => payload.equals(left))).toHaveLength(1)
  })

  it('[C75] still refuses as a whole what is not protobuf', async () => {
    const body = encodeSpoiled('traces', spans(BAD.traces, { name: 'abc' })).subarray(0, -1)
    const { status } = await post(`http://${bed.engine.addresses.http}/v1/traces`, { body })
    expect(status).toBe(400)
  })

  it('counts every item once, rejected ones by their reason', async () => {
    const metrics = await quiescentMetrics(bed.engine)
    for (const signal of SIGNALS) {
      const { received, delivered, rejected } = itemsOf(metrics, signal)
      expect(rejected).toBeGreaterThan(0)
      expect(delivered + rejected).toBe(received)
    }
    expect(metrics.sum('sluice_rejected_items_id_total', { signal: 'logs' })).toBe(3)
    expect(metrics.sum('sluice_rejected_items_text_total', { signal: 'metrics' })).toBe(3)
    expect(metrics.sum('sluice_rejected_items_too_large_total', { signal: 'traces' })).toBe(1)
  })
})

describe('otlp.validation=strict', () => {
  const bed = new Bed({ 'otlp.message.format': 'protobuf', 'otlp.validation': 'strict', 'otlp.ack': 'queue' })
  beforeAll(() => bed.start())
  afterAll(() => bed.end())

  it('[C106] rejects spans without ids, also with otlp.ack=queue', async () => {
    const good = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) }
    const body = encodeSpoiled('traces', spans(good, { name: 'no ids' }, { ...good, traceId: Buffer.alloc(16) }))
    expect([(await bed.http('traces', body)).rejected, (await bed.grpc('traces', body)).rejected]).toEqual([2, 2])
    const metrics = await quiescentMetrics(bed.engine)
    expect(metrics.sum('sluice_rejected_items_policy_total', { signal: 'traces' })).toBe(4)
    const left = encodeSpoiled('traces', spans(good))
    expect(await bed.payloads('traces')).toEqual([left, left])
  })
})

describe('otlp.validation=off', () => {
  const bed = new Bed({ 'otlp.message.format.traces': 'protobuf', 'otlp.validation': 'off' })
  beforeAll(() => bed.start())
  afterAll(() => bed.end())

  it('[B014 B016] passes what decodes: protobuf as it is, JSON with U+FFFD for what is not UTF-8', async () => {
    const body = encodeSpoiled('traces', spans(BAD.traces, { traceId: Buffer.alloc(3, 1) }))
    expect((await bed.http('traces', body)).rejected).toBe(0)
    expect(await bed.payloads('traces')).toEqual([body])
    const logs = encodeSpoiled('logs', MIXED.logs({ severityText: `a${BAD_TEXT}b` }, BAD.logs))
    expect((await bed.grpc('logs', logs)).rejected).toBe(0)
    const [payload] = await bed.payloads('logs')
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    expect(JSON.parse(text)).toMatchObject(MIXED.logs({ severityText: 'a\ufffdAAb' }, { severityText: 'x' }))
    await quiescentMetrics(bed.engine)
  })
})
