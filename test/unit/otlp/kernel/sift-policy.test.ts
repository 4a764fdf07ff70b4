import { describe, expect, it } from 'vitest'
import { REASON } from '../../../../src/otlp/sift-report.ts'
import type { Decoded } from '../../../generator/sift-reference.ts'
import { encodeSpoiled } from '../../../generator/spoil.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'
import { bed, metricsOf, SPAN_ID, SPEC, STRICT, sift, spansOf, TRACE_ID, verdict } from './sift-requests.ts'

const TIME = '1763629200000000000'

describe('strict rejects', () => {
  const histogram = { timeUnixNano: TIME, count: '3', bucketCounts: ['1', '2'], explicitBounds: [5] }
  const exponential = { timeUnixNano: TIME, count: '6', zeroCount: '1', positive: { bucketCounts: ['2', '3'] } }
  const summary = { timeUnixNano: TIME, quantileValues: [{ quantile: 0.5, value: 1 }] }
  const delta = { aggregationTemporality: 1 }
  const kind = (name: string, point: object, rest: object = {}): object => ({
    [name]: { dataPoints: [point], ...rest },
  })

  it.each<[row: string, name: string, metric: object, reason: number]>([
    ['C110', 'time 0', kind('gauge', { asInt: '1' }), REASON.TIME],
    ['C110', 'time 0 of a histogram', kind('histogram', { ...histogram, timeUnixNano: '0' }, delta), REASON.TIME],
    ['C111', 'no value', kind('gauge', { timeUnixNano: TIME }), REASON.VALUE],
    [
      'C111',
      'an exemplar without value',
      kind('gauge', { timeUnixNano: TIME, asInt: '1', exemplars: [{}] }),
      REASON.VALUE,
    ],
    ['C112', 'no temporality of a sum', kind('sum', { timeUnixNano: TIME, asInt: '1' }), REASON.TEMPORALITY],
    ['C112', 'no temporality of a histogram', kind('histogram', histogram), REASON.TEMPORALITY],
    ['C113', 'too many bounds', kind('histogram', { ...histogram, explicitBounds: [5, 6] }, delta), REASON.HISTOGRAM],
    [
      'C113',
      'bounds that do not increase',
      kind('histogram', { ...histogram, bucketCounts: ['1', '1', '1'], explicitBounds: [5, 5] }, delta),
      REASON.HISTOGRAM,
    ],
    ['C113', 'another count', kind('histogram', { ...histogram, count: '4' }, delta), REASON.HISTOGRAM],
    ['C113', 'bounds without buckets', kind('histogram', { ...histogram, bucketCounts: [] }, delta), REASON.HISTOGRAM],
    [
      'C113',
      'another exponential count',
      kind('exponentialHistogram', { ...exponential, count: '5' }, delta),
      REASON.HISTOGRAM,
    ],
    ['C113', 'quantile 2', kind('summary', { ...summary, quantileValues: [{ quantile: 2 }] }), REASON.SUMMARY],
    ['C113', 'negative value', kind('summary', { ...summary, quantileValues: [{ value: -1 }] }), REASON.SUMMARY],
  ])('[%s] a point with %s', (_, _name, metric, reason) => {
    const good = kind('gauge', { timeUnixNano: TIME, asDouble: 0 })
    expect(verdict(sift('metrics', metricsOf(good, metric), STRICT))).toEqual([1, [reason]])
    expect(verdict(sift('metrics', metricsOf(good, metric), SPEC))).toEqual([2, []])
  })

  it.each([
    ['a histogram', kind('histogram', histogram, delta)],
    ['a histogram without buckets', kind('histogram', { timeUnixNano: TIME, count: '9' }, delta)],
    ['an exponential histogram', kind('exponentialHistogram', exponential, delta)],
    ['a summary without observations', kind('summary', { ...summary, quantileValues: [{ value: Number.NaN }] })],
    ['a point that says it has no value', kind('gauge', { timeUnixNano: TIME, flags: 1 })],
    [
      'a histogram that says it has no value',
      kind('histogram', { timeUnixNano: TIME, flags: 1, bucketCounts: ['7'] }, delta),
    ],
  ])('[C113] not %s', (_, metric) => {
    expect(verdict(sift('metrics', metricsOf(metric), STRICT))).toEqual([1, []])
  })
})

describe('strict', () => {
  it('[C106] wants both ids of a span', () => {
    const spans = [{ traceId: TRACE_ID }, { spanId: SPAN_ID }, { traceId: TRACE_ID, spanId: SPAN_ID }]
    expect(verdict(sift('traces', spansOf(...spans), STRICT))).toEqual([1, [REASON.ID_ABSENT, REASON.ID_ABSENT]])
  })

  it('[C110] takes a time of 0 that is sent for none', () => {
    const point = (time: bigint): Uint8Array => {
      const inner = new WireWriter().tag(3, 1).fixed64(time).tag(6, 1).fixed64(1n).finish()
      return new WireWriter().tag(1, 2).sized(inner).finish()
    }
    const metric = new WireWriter()
      .tag(5, 2)
      .sized(Buffer.concat([point(0n), point(1n)]))
      .finish()
    const scope = new WireWriter().tag(2, 2).sized(metric).finish()
    const request = new WireWriter().tag(1, 2).sized(new WireWriter().tag(2, 2).sized(scope).finish()).finish()
    expect(verdict(bed.sift('metrics', request, STRICT))).toEqual([1, [REASON.TIME]])
  })
})

describe('an aggregation temporality', () => {
  const point = new WireWriter().tag(3, 1).fixed64(1n).tag(6, 1).fixed64(1n).finish()
  const request = (...temporalities: number[]): Uint8Array => {
    const sum = new WireWriter().tag(1, 2).sized(point)
    for (const each of temporalities) sum.tag(2, 0).varint(each)
    const metric = new WireWriter().tag(7, 2).sized(sum.finish()).finish()
    const scope = new WireWriter().tag(2, 2).sized(metric).finish()
    return new WireWriter().tag(1, 2).sized(new WireWriter().tag(2, 2).sized(scope).finish()).finish()
  }

  it.each([
    [[1], []],
    [[0, 2], []],
    [[1, 0], [REASON.TEMPORALITY]],
    [[0], [REASON.TEMPORALITY]],
    // an enum has 32 bits: this is 0, and the next one 1
    [[2 ** 32], [REASON.TEMPORALITY]],
    [[2 ** 32 + 1], []],
  ])('[C112] that comes as %j: the last one counts', (temporalities, reasons) => {
    expect(verdict(bed.sift('metrics', request(...temporalities), STRICT))).toEqual([1 - reasons.length, reasons])
  })
})

describe('strict rejects profiles', () => {
  const dictionary = {
    mappingTable: [{}],
    locationTable: [{}],
    functionTable: [{}],
    linkTable: [{}],
    stringTable: ['', 'cpu'],
    attributeTable: [{}],
    stackTable: [{}, { locationIndices: [0] }],
  }
  const sample = { stackIndex: 1, values: ['1'] }
  const request = (profile: object, table: object = dictionary): object => ({
    resourceProfiles: [{ scopeProfiles: [{ profiles: [{ samples: [sample] }, profile] }] }],
    dictionary: table,
  })

  it.each<[row: string, name: string, profile: object, reason: number]>([
    ['C125', 'with a sample of nothing', { samples: [{}] }, REASON.SAMPLE],
    ['C125', 'with unequal counts', { samples: [{ values: ['1', '2'], timestampsUnixNano: ['1'] }] }, REASON.SAMPLE],
    ['C126', 'with a payload of no format', { originalPayload: Buffer.from('x') }, REASON.ORIGINAL],
    ['C126', 'with a format of no payload', { originalPayloadFormat: 'pprof' }, REASON.ORIGINAL],
    ['C127 B025', 'with a stack outside', { samples: [{ ...sample, stackIndex: 2 }] }, REASON.INDEX],
    ['C127 B025', 'with a negative index', { sampleType: { typeStrindex: -1 } }, REASON.INDEX],
    ['C127 B025', 'with an attribute outside', { attributeIndices: [0, 1] }, REASON.INDEX],
    ['C129', 'with an id of zeros', { profileId: Buffer.alloc(16) }, REASON.ID_ABSENT],
  ])('[%s] one %s', (_, _name, profile, reason) => {
    expect(verdict(sift('profiles', request(profile), STRICT))).toEqual([1, [reason]])
    expect(verdict(sift('profiles', request(profile), SPEC))).toEqual([2, []])
  })

  it.each<[row: string, name: string, table: object, reason: number]>([
    ['C122 B025', 'a table is empty', { ...dictionary, linkTable: [] }, REASON.DICTIONARY],
    ['C122 B025', 'the first entry is not zero', { ...dictionary, stringTable: ['x', 'cpu'] }, REASON.DICTIONARY],
    ['C122', 'the first location is not zero', { ...dictionary, locationTable: [{ address: '1' }] }, REASON.DICTIONARY],
    [
      'C127 B025',
      'a stack names no location',
      { ...dictionary, stackTable: [{}, { locationIndices: [1] }] },
      REASON.INDEX,
    ],
  ])('[%s] all when %s', (_, _name, table, reason) => {
    expect(verdict(sift('profiles', request({ samples: [sample] }, table), STRICT))).toEqual([0, [reason, reason]])
    expect(verdict(sift('profiles', request({ samples: [sample] }, table), SPEC))).toEqual([2, []])
  })

  it.each([
    ['an int32 of more bits, of which the lower 32 are 0', 1, 2 ** 32, true],
    ['an int32 that is not 0 in its lower 32 bits', 1, 2 ** 32 + 1, false],
    ['an address of more than 32 bits', 2, 2 ** 32, false],
  ])('[C122] none for a first location that is zero: %s', (_, field, value, isZero) => {
    const location = new WireWriter().tag(field, 0).varint(value).finish()
    const tables = encodeSpoiled('profiles', {
      dictionary: { ...dictionary, mappingTable: [{}, {}], locationTable: [] },
    })
    const first = new WireWriter().tag(2, 2).sized(new WireWriter().tag(2, 2).sized(location).finish()).finish()
    const profiles = encodeSpoiled('profiles', {
      resourceProfiles: [{ scopeProfiles: [{ profiles: [{ samples: [{ values: ['1'] }] }] }] }],
    })
    const [items, reasons] = verdict(bed.sift('profiles', Buffer.concat([profiles, tables, first]), STRICT))
    expect([items, reasons]).toEqual(isZero ? [1, []] : [0, [REASON.DICTIONARY]])
  })

  it('none that keep the rules, wherever the dictionary stands', () => {
    const { resourceProfiles } = request({ samples: [sample] }) as { resourceProfiles: object }
    const first = encodeSpoiled('profiles', { dictionary })
    const payload = Buffer.concat([first, encodeSpoiled('profiles', { resourceProfiles } as Decoded)])
    expect(verdict(bed.sift('profiles', payload, STRICT))).toEqual([2, []])
  })
})
