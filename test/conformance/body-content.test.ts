/** Valid bodies of unusual content: kept as they are, in both forms and from all encodings. */
import { beforeAll, expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import type { Json } from '../generator/reference-json.ts'
import { WireWriter } from '../generator/wire-writer.ts'
import { Exchange, PROTOBUF_ROADS } from './bed/exchange.ts'
import { Kept, type ModelCase } from './bed/kept.ts'
import { attribute, item, jsonOf, type Model, protobufOf, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'
import { everywhere, type WireCase, withBytes } from './bed/wire-requests.ts'

const { protobuf, json, official } = conformancePair()
let kept: Kept
beforeAll(() => {
  kept = new Kept({ protobuf, json })
})

/** An item with this value as an attribute; profiles have theirs in the dictionary. */
function withAttribute(signal: Signal, value: Json, key = 'key'): Model {
  const one = attribute(key, value)
  if (signal !== 'profiles') return requestOf(signal, [item(signal, 'x', { attributes: [one] })])
  return requestOf(signal, [item(signal, 'x', { attributeIndices: [0] })], {
    request: { dictionary: { stringTable: ['', key], attributeTable: [{ keyStrindex: 1, value }] } },
  })
}

const forSignals = (
  label: string,
  modelOf: (signal: Signal) => Model,
  signals: readonly Signal[] = SIGNALS,
): ModelCase[] => signals.map((signal) => ({ label, signal, model: modelOf(signal) }))

const points = (fields: Model, kind = 'gauge', more: Model = {}): Model =>
  requestOf('metrics', [{ name: 'm', [kind]: { dataPoints: [{ timeUnixNano: '1', ...fields }], ...more } }])

it('[B013] packed and unpacked forms of one field are both read', async () => {
  const wire = () => new WireWriter()
  const unpacked = wire().tag(6, 1).fixed64(1n).tag(6, 1).fixed64(2n).tag(7, 1).double(0.5)
  const packed = wire()
    .tag(6, 2)
    .sized(wire().fixed64(3n).fixed64(4n).finish())
    .tag(7, 2)
    .sized(wire().double(1).finish())
  const point = wire().tag(3, 1).fixed64(1n).raw(unpacked.finish()).raw(packed.finish()).finish()
  const histogram = wire().tag(9, 2).sized(wire().tag(1, 2).sized(point).finish())
  const sample = wire().tag(4, 0).varint(5).tag(4, 2).sized(wire().varint(6).varint(7).finish()).tag(4, 0).varint(8)
  const samples = wire()
    .tag(2, 2)
    .sized(sample.finish())
    .tag(11, 0)
    .varint(1)
    .tag(11, 2)
    .sized(wire().varint(300).finish())
  const cases: WireCase[] = [
    { label: 'histogram', signal: 'metrics', body: withBytes('metrics', 'item', histogram.finish()) },
    { label: 'sample', signal: 'profiles', body: withBytes('profiles', 'item', samples.finish()) },
  ]
  const judged = await official().expectAgreement(cases)
  expect(judged.map(({ judgement }) => judgement.verdict)).toEqual(['accepted', 'accepted'])
})

it('[B015] NUL, U+FFFE, U+10FFFF, separators and a string of 900 kB are kept', async () => {
  const texts = {
    NUL: 'a\u0000b',
    nonCharacter: '\ufffe\uffff',
    last: '\u{10ffff}',
    lines: '\u2028\u2029\u0085\r\n',
    bom: '\ufeff',
  }
  const cases = Object.entries(texts).flatMap(([label, text]) => [
    ...forSignals(label, (signal) => withAttribute(signal, { stringValue: text })),
    ...forSignals(`${label} as key`, (signal) => withAttribute(signal, { stringValue: 'v' }, text)),
  ])
  await kept.expectKept(cases)
  await kept.expectKept(forSignals('900 kB', (signal) => withAttribute(signal, { stringValue: 'é'.repeat(450_000) })))
})

it('[B017 C114] times of 0 and 2^64-1, and ends before starts, are accepted', async () => {
  const last = '18446744073709551615'
  const span = (fields: Model) => requestOf('traces', [item('traces', 'x', fields)])
  await kept.expectKept([
    { label: 'zero', signal: 'traces', model: span({ startTimeUnixNano: '0', endTimeUnixNano: '0' }) },
    { label: 'end before start', signal: 'traces', model: span({ startTimeUnixNano: '2', endTimeUnixNano: '1' }) },
    { label: 'last', signal: 'traces', model: span({ startTimeUnixNano: last, endTimeUnixNano: last }) },
    { label: 'zero', signal: 'logs', model: requestOf('logs', [{ timeUnixNano: '0', observedTimeUnixNano: '0' }]) },
    { label: 'last', signal: 'logs', model: requestOf('logs', [{ timeUnixNano: last, observedTimeUnixNano: last }]) },
    { label: 'last', signal: 'metrics', model: points({ startTimeUnixNano: last, timeUnixNano: last, asInt: '1' }) },
    {
      label: 'start after',
      signal: 'metrics',
      model: points({ startTimeUnixNano: '9', timeUnixNano: '1', asInt: '1' }),
    },
    { label: 'zero', signal: 'profiles', model: requestOf('profiles', [{ timeUnixNano: '0', durationNano: last }]) },
  ])
})

it('[B018 C91] NaN, infinities, -0, subnormals and the extremes of integers are kept exactly', async () => {
  const doubles = [
    'NaN',
    'Infinity',
    '-Infinity',
    -0,
    5e-324,
    2.225073858507201e-308,
    1.7976931348623157e308,
    0.1,
    1 / 3,
  ]
  const integers = ['9223372036854775807', '-9223372036854775808', '-1', '9007199254740993']
  const counts = ['18446744073709551615', '9223372036854775808', '9007199254740993']
  await kept.expectKept([
    ...doubles.flatMap((value) => [
      ...forSignals(`double ${value}`, (signal) => withAttribute(signal, { doubleValue: value })),
      { label: `point ${value}`, signal: 'metrics' as const, model: points({ asDouble: value }) },
      {
        label: `histogram ${value}`,
        signal: 'metrics' as const,
        model: points(
          { sum: value, min: value, max: value, explicitBounds: [value], bucketCounts: ['1', '2'] },
          'histogram',
        ),
      },
    ]),
    ...integers.flatMap((value) => [
      ...forSignals(`integer ${value}`, (signal) => withAttribute(signal, { intValue: value })),
      { label: `point ${value}`, signal: 'metrics' as const, model: points({ asInt: value }) },
    ]),
    ...counts.map((value) => ({
      label: `count ${value}`,
      signal: 'metrics' as const,
      model: points({ count: value, bucketCounts: [value] }, 'histogram'),
    })),
    {
      label: 'sint32',
      signal: 'metrics',
      model: points(
        { scale: -2147483648, positive: { offset: 2147483647, bucketCounts: counts } },
        'exponentialHistogram',
      ),
    },
    { label: 'uint32', signal: 'metrics', model: points({ flags: 4294967295, asInt: '1' }) },
  ])
})

it('[B019 C109 C108] enum numbers 99, -1 and 2^31-1 are kept, and 0 stays 0', async () => {
  const cases = [99, -1, 2147483647, -2147483648, 0].flatMap((number): ModelCase[] => [
    {
      label: `${number}`,
      signal: 'traces',
      model: requestOf('traces', [item('traces', 'x', { kind: number, status: { code: number } })]),
    },
    { label: `${number}`, signal: 'logs', model: requestOf('logs', [item('logs', 'x', { severityNumber: number })]) },
    { label: `${number}`, signal: 'metrics', model: points({ asInt: '1' }, 'sum', { aggregationTemporality: number }) },
  ])
  await kept.expectKept(cases)
})

it('[B020 C102] duplicate and empty attribute keys are kept, 10 thousand attributes too', async () => {
  const same = [
    attribute('k', { stringValue: '1' }),
    attribute('k', { stringValue: '2' }),
    attribute('k', { intValue: '3' }),
  ]
  const many = Array.from({ length: 10_000 }, (_, index) => attribute(`key.${index}`, { intValue: `${index}` }))
  const inResource = (attributes: Model[]) => (signal: Signal) =>
    requestOf(signal, [item(signal, 'x')], { resource: { attributes } })
  await kept.expectKept([
    ...forSignals('duplicate', inResource(same)),
    ...forSignals('empty key', inResource([attribute('', { stringValue: 'v' }), {}])),
    ...forSignals('10 thousand', inResource(many)),
    ...forSignals('in a map', inResource([attribute('m', { kvlistValue: { values: same } })])),
  ])
})

it('[B020] a million attributes are more than a record takes: the item is rejected alone', async () => {
  const scene = new Exchange(protobuf)
  const attributes = Buffer.alloc(5_000_000)
  for (let at = 0; at < attributes.length; at += 5) attributes.set([0x0a, 3, 0x0a, 1, 0x6b], at)
  const body = withBytes('traces', 'resource', attributes)
  const expected = { kind: 'partial' as const, rejected: 1 }
  const sendings = PROTOBUF_ROADS.map((road) => ({
    label: 'a million',
    road,
    signal: 'traces' as const,
    body,
    expected,
  }))
  await scene.expectAll(sendings)
})

it('[B021 C08 C22] envelopes without items are a success and no record', async () => {
  const nothing = (signal: Signal, model: Model, label: string): ModelCase => ({ label, signal, model, stored: null })
  await kept.expectKept([
    ...SIGNALS.flatMap((signal) => [
      nothing(signal, {}, 'no resource'),
      nothing(signal, requestOf(signal, []), 'scope without items'),
      nothing(
        signal,
        requestOf(signal, [], { resource: { attributes: [attribute('a', { intValue: '1' })] } }),
        'resource only',
      ),
    ]),
    nothing('metrics', requestOf('metrics', [{ name: 'no data' }]), 'metric without data'),
    nothing('metrics', requestOf('metrics', [{ name: 'empty', sum: { dataPoints: [] } }]), 'sum without points'),
    nothing('profiles', { dictionary: { stringTable: ['', 'x'] } }, 'a dictionary alone'),
  ])
})

it('[B022 C103 H03 C28] string indexes outside profiles are kept with a warning that rejects nothing', async () => {
  const warned = { kind: 'partial' as const, rejected: 0 }
  const signals = SIGNALS.filter((signal) => signal !== 'profiles')
  const cases = [
    ...forSignals('value', (signal) => withAttribute(signal, { stringValueStrindex: 7 }), signals),
    ...forSignals(
      'key',
      (signal) => requestOf(signal, [item(signal, 'x')], { resource: { attributes: [{ keyStrindex: 3 }] } }),
      signals,
    ),
  ].map((one) => ({ ...one, expected: warned }))
  await kept.expectKept(cases)
  const before = (await protobuf.engine.metrics()).sum('sluice_warned_requests_total')
  const exchange = new Exchange(protobuf)
  const { signal, model } = cases[0]!
  const [answer] = await exchange.expectAll([{ label: 'text', road: 'grpc', signal, body: protobufOf(signal, model) }])
  expect(answer!.message).toMatch(/strindex|string index/i)
  expect((await protobuf.engine.metrics()).sum('sluice_warned_requests_total')).toBeGreaterThan(before)
})

it("[B023] another signal's body crashes nothing: the official decoder decides", async () => {
  const bodies = SIGNALS.map((signal) => protobufOf(signal, requestOf(signal, [item(signal, 'another')])))
  const cases = SIGNALS.flatMap((signal): WireCase[] =>
    bodies.map((body, index) => ({ label: `body of ${SIGNALS[index]}`, signal, body })),
  )
  await official().expectAgreement(cases)
})

it('[B024 C75 H12] JSON called protobuf and protobuf called JSON are malformed', async () => {
  const sendings = SIGNALS.flatMap((signal) => {
    const model = requestOf(signal, [item(signal, 'x')])
    const one = { label: 'mistaken', signal, expected: { kind: 'invalid' as const } }
    return [
      ...PROTOBUF_ROADS.map((road) => ({ ...one, road, body: jsonOf(model) })),
      { ...one, road: 'http-json' as const, body: protobufOf(signal, model) },
    ]
  })
  for (const scene of [protobuf, json]) {
    const exchange = new Exchange(scene)
    await exchange.expectAll(sendings)
  }
})

it('[B002] bytes behind what a level knows are kept at every level together', async () => {
  await official().expectAgreement(
    everywhere('two unknown fields', Uint8Array.from([0xa0, 0x06, 1, 0xa2, 0x06, 2, 0xff, 0x00])),
  )
})
