/** What otlp.validation=strict rejects besides, the default passes on as it is: rules of the data model that are no faults of form. */
import { beforeAll, it } from 'vitest'
import type { Signal } from '../../src/otlp/signal.ts'
import { Exchange, PROTOBUF_ROADS } from './bed/exchange.ts'
import { Kept, type ModelCase } from './bed/kept.ts'
import { attribute, type Model, protobufOf, requestOf } from './bed/models.ts'
import { conformanceScene } from './bed/scene.ts'

const PASS = { 'otlp.message.format': 'protobuf' }
const spec = { protobuf: conformanceScene(PASS), json: conformanceScene({ 'otlp.message.format': 'json' }) }
const strict = {
  protobuf: conformanceScene({ ...PASS, 'otlp.validation': 'strict' }, { expectsGoodAnswers: false }),
  json: conformanceScene({ 'otlp.message.format': 'json', 'otlp.validation': 'strict' }, { expectsGoodAnswers: false }),
}
const off = conformanceScene({ ...PASS, 'otlp.validation': 'off' })
let keptBySpec: Kept
let keptByStrict: Kept

beforeAll(() => {
  keptBySpec = new Kept(spec)
  keptByStrict = new Kept(strict)
})

const TIME = '1763629200123456789'
const IDS = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }

/** Good by the strictest reading. */
const GOOD: Readonly<Record<Signal, Model>> = {
  traces: { ...IDS, name: 'good', startTimeUnixNano: '1', endTimeUnixNano: '2' },
  metrics: { name: 'good', gauge: { dataPoints: [{ timeUnixNano: TIME, asInt: '1' }] } },
  logs: { timeUnixNano: TIME, body: { stringValue: 'good' } },
  profiles: { timeUnixNano: TIME, samples: [{ values: ['1'] }] },
}
const DICTIONARY: Model = {
  mappingTable: [{}],
  locationTable: [{}],
  functionTable: [{}],
  linkTable: [{}],
  stringTable: ['', 'cpu'],
  attributeTable: [{}],
  stackTable: [{}],
}

function request(signal: Signal, items: Model[], dictionary: Model = DICTIONARY): Model {
  return requestOf(signal, items, signal === 'profiles' ? { request: { dictionary } } : {})
}

/** Kept whole by default, rejected alone by strict. */
async function expectStrictOnly(signal: Signal, bad: Readonly<Record<string, Model>>): Promise<void> {
  const cases = Object.entries(bad).map(([label, one]): ModelCase => {
    return { label, signal, model: request(signal, [GOOD[signal], one]) }
  })
  await keptBySpec.expectKept(cases)
  const stored = request(signal, [GOOD[signal]])
  await keptByStrict.expectKept(
    cases.map((one) => ({ ...one, stored, expected: { kind: 'partial' as const, rejected: 1 } })),
  )
}

/** Kept whole by both. */
async function expectKept(signal: Signal, good: Readonly<Record<string, Model>>): Promise<void> {
  const cases = Object.entries(good).map(([label, one]): ModelCase => {
    return { label, signal, model: request(signal, [GOOD[signal], one]) }
  })
  await keptBySpec.expectKept(cases)
  await keptByStrict.expectKept(cases)
}

const gauge = (point: Model): Model => ({ name: 'm', gauge: { dataPoints: [point] } })
const point = (kind: string, fields: Model, temporality = 2): Model => ({
  name: 'm',
  [kind]: {
    dataPoints: [{ timeUnixNano: TIME, ...fields }],
    ...(kind !== 'summary' && { aggregationTemporality: temporality }),
  },
})

it('[C106] spans without ids, or with all-zero ids, are rejected by strict alone', async () => {
  const zero = { traceId: '00'.repeat(16), spanId: '00'.repeat(8) }
  await expectStrictOnly('traces', {
    'no ids': { name: 'x' },
    'no span id': { name: 'x', traceId: IDS.traceId },
    'no trace id': { name: 'x', spanId: IDS.spanId },
    'zero trace id': { ...IDS, traceId: zero.traceId },
    'zero span id': { ...IDS, spanId: zero.spanId },
  })
})

it('[C107] a log record without ids, or with all-zero ids, is accepted by strict too', async () => {
  await expectKept('logs', {
    absent: { timeUnixNano: TIME },
    zero: { timeUnixNano: TIME, traceId: '00'.repeat(16), spanId: '00'.repeat(8) },
  })
})

it('[C110 H04] data points of time 0 are rejected by strict alone', async () => {
  await expectStrictOnly('metrics', {
    gauge: gauge({ asInt: '1' }),
    sum: point('sum', { timeUnixNano: '0', asInt: '1' }),
    histogram: point('histogram', { timeUnixNano: '0' }),
    exponential: point('exponentialHistogram', { timeUnixNano: '0' }),
    summary: point('summary', { timeUnixNano: '0' }),
  })
})

it('[C111] number points and exemplars without a value are rejected by strict alone, unless flagged as without', async () => {
  await expectStrictOnly('metrics', {
    point: gauge({ timeUnixNano: TIME }),
    exemplar: gauge({ timeUnixNano: TIME, asInt: '1', exemplars: [{ timeUnixNano: TIME }] }),
  })
  await expectKept('metrics', { flagged: gauge({ timeUnixNano: TIME, flags: 1 }) })
})

it('[C112] temporality UNSPECIFIED is rejected by strict alone', async () => {
  await expectStrictOnly('metrics', {
    sum: point('sum', { asInt: '1' }, 0),
    histogram: point('histogram', {}, 0),
    exponential: point('exponentialHistogram', {}, 0),
  })
})

it('[C113] histograms and summaries that contradict themselves are rejected by strict alone', async () => {
  await expectStrictOnly('metrics', {
    'too few counts': point('histogram', { count: '1', bucketCounts: ['1'], explicitBounds: [1] }),
    'counts without bounds': point('histogram', { count: '2', bucketCounts: ['1', '1'] }),
    'bounds that fall': point('histogram', { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [2, 1] }),
    'equal bounds': point('histogram', { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [1, 1] }),
    'another sum': point('histogram', { count: '9', bucketCounts: ['1', '1'], explicitBounds: [1] }),
    'quantile above 1': point('summary', { quantileValues: [{ quantile: 1.5, value: 1 }] }),
    'quantile below 0': point('summary', { quantileValues: [{ quantile: -0.1, value: 1 }] }),
    'negative value': point('summary', { quantileValues: [{ quantile: 0.5, value: -1 }] }),
  })
  await expectKept('metrics', {
    'no buckets': point('histogram', { count: '5', sum: 1 }),
    'one bucket': point('histogram', { count: '5', bucketCounts: ['5'] }),
    whole: point('histogram', { count: '2', bucketCounts: ['1', '1'], explicitBounds: [0.5] }),
    summary: point('summary', { count: '1', quantileValues: [{ quantile: 0.99, value: 0 }] }),
    flagged: point('summary', { flags: 1 }),
  })
})

it('[C122] profiles without the zero elements of their dictionary are rejected by strict alone', async () => {
  const broken: Readonly<Record<string, Model>> = {
    none: {},
    'no string table': { ...DICTIONARY, stringTable: [] },
    'first string': { ...DICTIONARY, stringTable: ['cpu'] },
    'first mapping': { ...DICTIONARY, mappingTable: [{ memoryStart: '1' }] },
    'first link': { ...DICTIONARY, linkTable: [IDS] },
  }
  const cases = Object.entries(broken).map(([label, dictionary]): ModelCase => {
    return { label, signal: 'profiles', model: request('profiles', [GOOD.profiles], dictionary) }
  })
  await keptBySpec.expectKept(cases)
  const rejected = { kind: 'partial' as const, rejected: 1 }
  await keptByStrict.expectKept(cases.map((one) => ({ ...one, stored: null, expected: rejected })))
})

it('[C125 C126 C127] samples, payloads and indexes that break the rules of profiles are rejected by strict alone', async () => {
  await expectStrictOnly('profiles', {
    'no values, no timestamps': { samples: [{ stackIndex: 0 }] },
    'unequal counts': { samples: [{ values: ['1', '2'], timestampsUnixNano: ['1'] }] },
    'payload without format': { originalPayload: 'AQID' },
    'format without payload': { originalPayloadFormat: 'pprof' },
    'stack out of range': { samples: [{ stackIndex: 9, values: ['1'] }] },
    'negative string index': { sampleType: { typeStrindex: -1 } },
    'attribute out of range': { attributeIndices: [0, 1] },
  })
  await expectKept('profiles', {
    'equal counts': { samples: [{ values: ['1', '2'], timestampsUnixNano: ['1', '2'] }] },
    'both of the payload': { originalPayload: 'AQID', originalPayloadFormat: 'pprof' },
  })
})

it('[C106 C118] otlp.validation=off passes on what decodes, ids of any length included', async () => {
  const exchange = new Exchange(off)
  await exchange.mark()
  const accepted = { kind: 'accepted' as const }
  const short: Model = { name: 'x', traceId: 'ab', spanId: 'cd', attributes: [attribute('k', { intValue: '1' })] }
  const body = protobufOf('traces', requestOf('traces', [short]))
  await exchange.expectAll(
    PROTOBUF_ROADS.map((road) => ({ label: 'short', road, signal: 'traces' as const, body, expected: accepted })),
  )
  for (const payload of await exchange.newRecords('traces')) {
    if (!payload.equals(body)) throw new Error('what was sent has changed')
  }
})
