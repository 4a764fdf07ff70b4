/** OTLP/JSON: bytes, null, types, duplicates, oneofs. */
import { beforeAll, it } from 'vitest'
import { type JsonCase, JsonWitnesses, logModel, logText, pointText, spanModel, spanText } from './bed/json-cases.ts'
import { bodies, each, type Meaning, points, SPAN_ID, spans, type Table } from './bed/json-tables.ts'
import type { Model } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'

const pair = conformancePair()
let witnesses: JsonWitnesses
beforeAll(() => {
  witnesses = new JsonWitnesses(pair)
})

it('[C92 B043] bytes: both alphabets of base64, with padding or without; wrong padding, other characters and blanks are refused', async () => {
  const value = (bytesValue: string): Meaning => ({ body: { bytesValue } })
  const good: Table = [
    ['"+/+/AA=="', value('+/+/AA==')],
    ['"-_-_AA=="', value('+/+/AA==')],
    ['"+/+/AA"', value('+/+/AA==')],
    ['"-_-_AA"', value('+/+/AA==')],
    ['"AAE="', value('AAE=')],
    ['"AAE"', value('AAE=')],
    ['""', value('')],
  ]
  const bad = [
    '"AA="',
    '"A"',
    '"AAEC="',
    '"=AAE"',
    '"@@@"',
    '"AA E"',
    '" AAE="',
    '"AAE=\\n"',
    '"AA\\nEC"',
    '"A==="',
    '"AAAAA"',
    '5',
    'true',
    '[]',
  ]
  await witnesses.expectRead(
    bodies('bytes', [
      ...good.map(([text, means]): [string, Meaning] => [`{"bytesValue":${text}}`, means]),
      ...bad.map((text): [string, Meaning] => [`{"bytesValue":${text}}`, 'invalid']),
    ]),
  )
})

it('[C93 B044] null leaves any member unset, and is refused inside a list', async () => {
  await witnesses.expectRead([
    ...spans('scalar', 'startTimeUnixNano', [['null', {}]]),
    ...spans('string', 'traceState', [['null', {}]]),
    ...spans('message', 'status', [['null', {}]]),
    ...spans('list', 'attributes', [['null', {}]]),
    ...spans('list of messages', 'attributes', [
      ['[null]', 'invalid'],
      ['[{"key":"k","value":null}]', { attributes: [{ key: 'k' }] }],
    ]),
    ...points('list of numbers', 'histogram', 'bucketCounts', [
      ['[1,null]', 'invalid'],
      ['null', {}],
    ]),
    ...points('optional', 'histogram', 'sum', [
      ['null', {}],
      ['0', { sum: 0 }],
    ]),
    ...bodies('oneof', [
      ['{"stringValue":null}', { body: {} }],
      ['{"stringValue":null,"intValue":"5"}', { body: { intValue: '5' } }],
      ['{"intValue":"5","stringValue":null}', { body: { intValue: '5' } }],
      ['{"arrayValue":{"values":[null]}}', 'invalid'],
      ['null', {}],
    ]),
    {
      label: 'resource',
      signal: 'traces',
      text: '{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"spans":[{}],"schemaUrl":null}]}]}',
      means: spanModel({}),
    },
    { label: 'envelope', signal: 'traces', text: '{"resourceSpans":null}', means: null },
    { label: 'envelope in a list', signal: 'traces', text: '{"resourceSpans":[null]}', means: 'invalid' },
  ])
})

it('[C95 B046] a boolean is true or false, a string a JSON string, a message an object, a list an array', async () => {
  await witnesses.expectRead([
    ...bodies('bool', [
      ['{"boolValue":true}', { body: { boolValue: true } }],
      ['{"boolValue":false}', { body: { boolValue: false } }],
      ...['"true"', '"false"', '1', '0', '""', '[]', '{}'].map((text): [string, Meaning] => [
        `{"boolValue":${text}}`,
        'invalid',
      ]),
    ]),
    ...bodies(
      'string',
      ['5', 'true', '[]', '{}', '["x"]'].map((text): [string, Meaning] => [`{"stringValue":${text}}`, 'invalid']),
    ),
    ...spans(
      'name',
      'traceState',
      ['5', 'false', '{}', '[]'].map((text): [string, Meaning] => [text, 'invalid']),
    ),
    ...spans(
      'message',
      'status',
      ['5', '"x"', 'true', '[]', '[{}]'].map((text): [string, Meaning] => [text, 'invalid']),
    ),
    ...spans(
      'list',
      'attributes',
      ['{}', '"x"', '5', '{"key":"k"}', '[5]', '["k"]', '[[]]'].map((text): [string, Meaning] => [text, 'invalid']),
    ),
    ...points(
      'list of numbers',
      'histogram',
      'bucketCounts',
      ['{}', '5', '[{}]', '[[1]]', '[true]'].map((text): [string, Meaning] => [text, 'invalid']),
    ),
  ])
})

it('[C96 B045] two members of one oneof in an object are refused', async () => {
  const bad = [
    '{"stringValue":"a","intValue":"1"}',
    '{"intValue":"1","stringValue":"a"}',
    '{"boolValue":false,"doubleValue":0}',
    '{"arrayValue":{},"kvlistValue":{}}',
  ]
  const metric = '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]}'
  await witnesses.expectRead([
    ...bodies('value', each(bad, 'invalid')),
    { label: 'point', signal: 'metrics', text: pointText('"asInt":1,"asDouble":1'), means: 'invalid' },
    { label: 'metric', signal: 'metrics', text: metric, means: 'invalid' },
  ])
})

it('[C94 B045] of duplicate keys the last wins, whatever they hold', async () => {
  const spanCases: Readonly<Record<string, Model>> = {
    '"name":"a","kind":1,"name":"b","kind":2': { name: 'b', kind: 2 },
    '"kind":1,"name":"a","kind":0': { name: 'a' },
    '"name":"a","n\\u0061me":"b"': { name: 'b' },
    '"status":{"code":1},"status":{"message":"m"}': { status: { message: 'm' } },
    '"attributes":[{"key":"a"}],"attributes":[{"key":"b"}]': { attributes: [{ key: 'b' }] },
    '"name":"x","attributes":[{"key":"a"}],"attributes":[]': { name: 'x' },
    '"name":"x","traceState":"a","traceState":null': { name: 'x' },
    '"events":[{"name":"a"}],"status":{},"events":[{"name":"b"},{}]': { status: {}, events: [{ name: 'b' }, {}] },
    [`"spanId":"${'0'.repeat(16)}","spanId":"${SPAN_ID}"`]: { spanId: SPAN_ID },
  }
  const logs = '{"resourceLogs":[{}],"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"x"}]}]}]}'
  await witnesses.expectRead([
    ...Object.entries(spanCases).map(([members, fields]): JsonCase => {
      return { label: 'span', signal: 'traces', text: spanText(members), means: spanModel(fields) }
    }),
    ...bodies('oneof', [['{"stringValue":"a","stringValue":"b"}', { body: { stringValue: 'b' } }]]),
    ...points('packed', 'histogram', 'bucketCounts', [['[1,2],"bucketCounts":[3]', { bucketCounts: ['3'] }]]),
    // A bad value is refused even where a later one replaces it; the oracle never sees the first.
    {
      label: 'bad first',
      signal: 'traces',
      text: spanText('"kind":"x","kind":1'),
      means: 'invalid',
      isOracleAsked: false,
    },
    { label: 'envelope', signal: 'logs', text: logs, means: logModel({ severityText: 'x' }) },
    {
      label: 'unknown',
      signal: 'logs',
      text: logText('"severityText":"x","u":1,"u":2'),
      means: logModel({ severityText: 'x' }),
    },
  ])
})
