/** OTLP/JSON as a whole: what is taken, what is ignored, what the answers look like. */
import { beforeAll, expect, it } from 'vitest'
import { SIGNALS } from '../../src/otlp/signal.ts'
import type { Json } from '../generator/reference-json.ts'
import { Exchange } from './bed/exchange.ts'
import { JsonWitnesses, logModel, logText, spanModel, spanText } from './bed/json-cases.ts'
import { ATTRIBUTES, forSignals, sample } from './bed/json-samples.ts'
import { item, jsonOf, type Model, meaningOfJson, meaningOfProtobuf, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'
import { JSON_TYPE } from './bed/scene.ts'

const pair = conformancePair()
let witnesses: JsonWitnesses
beforeAll(() => {
  witnesses = new JsonWitnesses(pair)
})

/** The same model with these members first and last in every object. */
function everywhere(json: Json, first: string, last: string): string {
  if (Array.isArray(json)) return `[${json.map((each) => everywhere(each, first, last)).join(',')}]`
  if (typeof json !== 'object') return jsonOf(json).toString()
  const members = Object.entries(json).map(([key, value]) => `${JSON.stringify(key)}:${everywhere(value, first, last)}`)
  return `{${[first, ...members, last].join(',')}}`
}

it('[B031 C53] a request of each signal in the shape of the published examples is taken, pretty-printed or not', async () => {
  const counter = (kind: string, point: Model): Model => ({
    name: kind,
    unit: '1',
    description: 'of the example',
    [kind]: {
      dataPoints: [{ timeUnixNano: '1544712660300000000', ...point }],
      ...(kind === 'sum' && { isMonotonic: true, aggregationTemporality: 1 }),
    },
  })
  const metrics = requestOf('metrics', [
    counter('gauge', { asDouble: 10, attributes: ATTRIBUTES }),
    counter('sum', { asInt: '5', startTimeUnixNano: '1544712660300000000' }),
    counter('histogram', { count: '2', sum: 2, bucketCounts: ['1', '1'], explicitBounds: [1], min: 0, max: 2 }),
    counter('exponentialHistogram', {
      count: '3',
      sum: 10,
      scale: 0,
      zeroCount: '1',
      positive: { offset: 1, bucketCounts: ['0', '2'] },
    }),
    counter('summary', { count: '2', sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }),
  ])
  const event = requestOf('logs', [
    item('logs', 'browser.page', { eventName: 'browser.page_view', body: { kvlistValue: { values: ATTRIBUTES } } }),
  ])
  const pretty = (model: Model): string => JSON.stringify(model, undefined, 2)
  await witnesses.expectRead([
    ...forSignals('compact', (signal) => jsonOf(sample(signal)), sample),
    ...forSignals('pretty', (signal) => pretty(sample(signal)), sample),
    { label: 'metrics', signal: 'metrics', text: pretty(metrics), means: metrics },
    { label: 'event', signal: 'logs', text: pretty(event), means: event },
  ])
})

it('[B032 C64 C22] {} and an empty list are empty requests; an empty body is no JSON', async () => {
  await witnesses.expectRead([
    ...forSignals(
      'object',
      () => '{}',
      () => null,
    ),
    ...forSignals(
      'blanks',
      () => ' \t\r\n{ } \n',
      () => null,
    ),
    ...forSignals(
      'no items',
      (signal) => jsonOf(requestOf(signal, [])),
      () => null,
    ),
    ...forSignals(
      'empty',
      () => '',
      () => 'invalid',
    ),
    ...forSignals(
      'only blanks',
      () => ' \n',
      () => 'invalid',
    ),
  ])
  const lists = ['resourceSpans', 'resourceMetrics', 'resourceLogs', 'resourceProfiles']
  await witnesses.expectRead(
    SIGNALS.map((signal, index) => ({ label: 'list', signal, text: `{"${lists[index]}":[]}`, means: null })),
  )
})

it('[B036 C87 C06] unknown members at every level are ignored, those of Object.prototype too', async () => {
  const deep = (depth: number): string => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`
  const members: Readonly<Record<string, string>> = {
    scalars: '"u1":1,"u2":"text","u3":true,"u4":null,"u5":-1.5e-10',
    objects: '"u1":{},"u2":[],"u3":{"name":["spans",{"kind":{}}]},"u4":[[[]],{"a":null}]',
    prototype:
      '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":[],"valueOf":"x"',
    odd: '"":0,"é":1,"\\u0000":2,"a b":3',
    'nested 25 deep': `"deep":${deep(25)}`,
  }
  await witnesses.expectRead(
    Object.entries(members).flatMap(([label, text]) =>
      forSignals(label, (signal) => everywhere(sample(signal), text, text), sample),
    ),
  )
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

it('[C88 B037 H03 C28] a payload wholly in snake_case is 200 with a warning, nothing stored, and a counter', async () => {
  const snake = (text: string): string =>
    text.replace(
      /"([a-z]+(?:[A-Z][a-z]+)+)":/g,
      (_, key: string) => `"${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    )
  const before = (await pair.protobuf.engine.metrics()).sum('sluice_warned_requests_total')
  const cases = forSignals(
    'snake_case',
    (signal) => snake(jsonOf(sample(signal)).toString()),
    () => null,
  )
  await witnesses.expectRead(cases, { kind: 'partial', rejected: 0 })
  const after = (await pair.protobuf.engine.metrics()).sum('sluice_warned_requests_total')
  expect(after - before).toBe(SIGNALS.length)
  const [answer] = await new Exchange(pair.json).expectAll([
    { ...cases[0]!, body: Buffer.from(cases[0]!.text), road: 'http-json', expected: { rejected: 0 } },
  ])
  expect(answer!.message).toMatch(/lowerCamelCase/)
})

it('[C88] a single key in snake_case is an unknown member', async () => {
  await witnesses.expectRead([
    {
      label: 'count',
      signal: 'traces',
      text: spanText('"name":"x","dropped_attributes_count":7'),
      means: spanModel({ name: 'x' }),
    },
    {
      label: 'number',
      signal: 'logs',
      text: logText('"severityText":"x","severity_number":"no number"'),
      means: logModel({ severityText: 'x' }),
    },
    {
      label: 'case',
      signal: 'logs',
      text: logText('"severityText":"x","SeverityNumber":9,"severitynumber":9'),
      means: logModel({ severityText: 'x' }),
    },
  ])
})

it('[C97 C65 C67 C70 C71] records and answers in JSON are ProtoJSON', async () => {
  const exchange = new Exchange(pair.json)
  await exchange.mark()
  await exchange.expectAll(
    SIGNALS.map((signal) => ({
      label: 'record',
      road: 'http-json',
      signal,
      body: jsonOf(sample(signal)),
      expected: { kind: 'accepted' },
    })),
  )
  for (const signal of SIGNALS) {
    const [payload] = await exchange.newRecords(signal)
    const [judgement] = await pair.oracle().judge([{ signal, encoding: 'json', body: payload! }])
    const read = meaningOfProtobuf(signal, Buffer.from(judgement!.canonical!, 'base64'))
    expect(read).toBe(meaningOfJson(signal, sample(signal)))
    const refusal = await pair.json.post(signal, '{', JSON_TYPE)
    const status = JSON.parse(refusal.body.toString())
    expect(status).toMatchObject({ code: 3, message: expect.any(String) })
    expect(status.details[0]).toMatchObject({ '@type': 'type.googleapis.com/google.rpc.BadRequest' })
    const success = await pair.json.post(signal, '{}', JSON_TYPE)
    expect(success.body.toString()).toBe('{}')
  }
  const rejected = await pair.json.post('traces', spanText('"traceId":"abcd"'), JSON_TYPE)
  expect(JSON.parse(rejected.body.toString())).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: expect.any(String) },
  })
})
