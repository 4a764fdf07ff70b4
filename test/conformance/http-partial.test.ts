/** Partial success and warnings over HTTP, and the limit of a response. */
import { describe, expect, it } from 'vitest'
import { KIB } from '../../src/base/units.ts'
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { SIGNAL_FACTS, type Signal } from '../../src/otlp/signal.ts'
import { CONTENT_TYPES, EACH_WAY, type Encoding, namedItems, namesIn } from './bed/bodies.ts'
import { expectFault } from './bed/faults.ts'
import { conformanceScene, JSON_TYPE } from './bed/scene.ts'
import { partialOf } from './bed/status.ts'

const RECORD_BYTES_MAX = 8 * KIB
const MARK = 'NOT-UTF-8'
const RESOURCE_EXHAUSTED = 8

/** Three items, the second of which is wrong alone: text that is no UTF-8; in JSON an id of a wrong length. */
function spoiled(signal: Signal, encoding: Encoding, names: readonly [string, string]): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify(wrongIds[signal](names)))
  const body = namedItems(signal, [names[0], MARK, names[1]])
  body.fill(0xff, body.indexOf(MARK), body.indexOf(MARK) + MARK.length)
  return body
}

const SHORT_ID = '0102'
const TRACE_ID = '0102030405060708090a0b0c0d0e0f10'
const SPAN_ID = '0102030405060708'
const timeUnixNano = '1763629200000000000'

type Names = readonly [first: string, last: string]

const wrongIds: Readonly<Record<Signal, (names: Names) => object>> = {
  traces: (names) => {
    const spans = threeOf(names, (name, traceId) => ({ name, traceId, spanId: SPAN_ID }))
    return { resourceSpans: [{ scopeSpans: [{ spans }] }] }
  },
  metrics: (names) => {
    const dataPoints = threeOf(names, (name, traceId) => ({
      timeUnixNano,
      asInt: '1',
      attributes: [{ key: 'item', value: { stringValue: name } }],
      exemplars: [{ timeUnixNano, asInt: '1', traceId, spanId: SPAN_ID }],
    }))
    return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] }
  },
  logs: (names) => {
    const logRecords = threeOf(names, (name, traceId) => ({ timeUnixNano, traceId, body: { stringValue: name } }))
    return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }
  },
  profiles: (names) => {
    const profiles = threeOf(names, (name, id) => ({
      timeUnixNano,
      // 32 hex digits are hex, anything else is base64: these are three bytes.
      profileId: id === SHORT_ID ? 'AQID' : id,
      originalPayloadFormat: name,
      originalPayload: 'AQID',
    }))
    return { resourceProfiles: [{ scopeProfiles: [{ profiles }] }], dictionary: { stringTable: [''] } }
  },
}

function threeOf([first, last]: Names, make: (name: string, traceId: string) => object): object[] {
  return [make(first, TRACE_ID), make('wrong', SHORT_ID), make(last, TRACE_ID)]
}

describe('a partial success', () => {
  const scene = conformanceScene({ 'kafka.record.max.bytes': String(RECORD_BYTES_MAX) })

  it.each(EACH_WAY)(
    '[C26 C27 C67 H04] %s in %s: what can never be taken is counted and explained, the rest is in Kafka',
    async (signal, encoding) => {
      const names = [`first-${encoding}`, `last-${encoding}`] as const
      const answer = await scene.post(signal, spoiled(signal, encoding, names), {
        'content-type': CONTENT_TYPES[encoding],
      })
      expect([answer.status, answer.headers['content-type']]).toEqual([200, CONTENT_TYPES[encoding]])
      expect(partialOf(signal, answer)).toEqual({ rejected: 1, errorMessage: expect.stringMatching(/\w+ \w+/) })
      const arrived = namesIn(signal, await scene.records(signal)).filter((name) => name.endsWith(`-${encoding}`))
      expect(arrived).toEqual(names)
    },
  )

  it.each(EACH_WAY)(
    '[C27 C67 H04] %s in %s: what exceeds the largest record is counted in items and not retried',
    async (signal, encoding) => {
      const body = namedItems(signal, ['a', 'b', 'x'.repeat(2 * RECORD_BYTES_MAX)], encoding)
      const before = await scene.delivered(signal)
      const answer = await scene.post(signal, body, { 'content-type': CONTENT_TYPES[encoding] })
      expect(answer.status).toBe(200)
      const partial = partialOf(signal, answer)!
      expect(partial.errorMessage).toContain('kafka.record.max.bytes')
      expect(partial.rejected).toBe(3 - ((await scene.delivered(signal)) - before))
      expect(partial.rejected).toBeGreaterThan(0)
    },
  )
})

describe('a warning', () => {
  const scene = conformanceScene({ 'otlp.message.format': 'protobuf' })
  const SNAKE: Readonly<Record<Signal, string>> = {
    traces: '{"resource_spans":[{"scope_spans":[{"spans":[{"name":"x"}]}]}]}',
    metrics: '{"resource_metrics":[{"scope_metrics":[{"metrics":[{"name":"x"}]}]}]}',
    logs: '{"resource_logs":[{"scope_logs":[{"log_records":[{"severity_text":"x"}]}]}]}',
    profiles: '{"resource_profiles":[{"scope_profiles":[{"profiles":[{"duration_nano":"1"}]}]}]}',
  }

  it.each(Object.keys(SNAKE) as Signal[])(
    '[C67 C88 H03] %s: keys in snake_case are an empty request and a warning with nothing rejected',
    async (signal) => {
      const answer = await scene.post(signal, SNAKE[signal], JSON_TYPE)
      expect(answer.status).toBe(200)
      expect(partialOf(signal, answer)).toEqual({ rejected: 0, errorMessage: expect.stringMatching(/resource/i) })
      expect(await scene.records(signal)).toEqual([])
    },
  )

  it('[C67 C103 H03] a reference to a dictionary outside of profiles is a warning with nothing rejected, and taken', async () => {
    const type = protobufType(SIGNAL_FACTS[0]!.requestMessage)
    const spans = [
      { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: 'warned', attributes: [{ keyStrindex: 1 }] },
    ]
    const request = type.fromObject({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    const answer = await scene.post('traces', Buffer.from(type.encode(request).finish()))
    expect(answer.status).toBe(200)
    expect(partialOf('traces', answer)).toEqual({ rejected: 0, errorMessage: expect.stringMatching(/\w+ \w+/) })
    expect(namesIn('traces', await scene.records('traces'))).toEqual(['warned'])
  })
})

describe.each([
  ['that leaves room for the count', '30'],
  ['of the smallest response', '2'],
])('a limit of responses %s', (_what, bytes) => {
  const scene = conformanceScene({ 'otlp.response.max.bytes': bytes })

  it.each(EACH_WAY)(
    `[C61 H17] %s in %s: a limit of ${bytes} bytes holds for every partial success`,
    async (signal, encoding) => {
      const answer = await scene.post(signal, spoiled(signal, encoding, ['a', 'b']), {
        'content-type': CONTENT_TYPES[encoding],
      })
      if (answer.status === 200) {
        expect(answer.body.length).toBeLessThanOrEqual(Number(bytes))
        expect(partialOf(signal, answer)!.rejected).toBe(1)
        expect([bytes, encoding]).toEqual(['30', 'protobuf'])
      } else {
        const status = expectFault(answer, { status: 500, encoding })
        expect(status.code).toBe(RESOURCE_EXHAUSTED)
      }
    },
  )
})
