import { describe, expect, it } from 'vitest'
import { KERNEL_ERROR } from '../../../../src/otlp/kernel-instance.ts'
import { protobufType } from '../../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../../src/otlp/schema.ts'
import { REASON } from '../../../../src/otlp/sift-report.ts'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { SIGNALS } from '../../../../src/otlp/signal.ts'
import { BAD_TEXT, type Decoded } from '../../../generator/sift-reference.ts'
import { encodeSpoiled } from '../../../generator/spoil.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'
import { bed, metricsOf, recordsOf, SPAN_ID, SPEC, STRICT, sift, spansOf, TRACE_ID, verdict } from './sift-requests.ts'

function decoded(signal: Signal, bytes: Uint8Array): Decoded {
  const type = protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
  return type.toObject(type.decode(bytes), { longs: String }) as Decoded
}

describe('sift rejects alone', () => {
  it.each([
    ['name', { name: BAD_TEXT }],
    ['trace_state', { traceState: BAD_TEXT }],
    ['attribute key', { attributes: [{ key: BAD_TEXT }] }],
    ['attribute value', { attributes: [{ key: 'k', value: { stringValue: BAD_TEXT } }] }],
    ['nested value', { attributes: [{ key: 'k', value: { arrayValue: { values: [{ stringValue: BAD_TEXT }] } } }] }],
    ['event', { events: [{ name: BAD_TEXT }] }],
    ['link', { links: [{ traceState: BAD_TEXT }] }],
    ['status', { status: { message: BAD_TEXT } }],
  ])('[B014] a span whose %s is not UTF-8', (_, bad) => {
    const good = [{ name: 'a', flags: 0xffffffff }, { name: 'z' }]
    const result = sift('traces', spansOf(good[0]!, bad, good[1]!), SPEC)
    expect(verdict(result)).toEqual([2, [REASON.UTF8]])
    expect(decoded('traces', result.rest)).toEqual(spansOf(...good))
  })

  it.each([1, 7, 8, 15, 17])('[B016] a span with a trace_id of %i bytes', (bytes) => {
    expect(verdict(sift('traces', spansOf({ traceId: Buffer.alloc(bytes, 3) }, {}), SPEC))).toEqual([
      1,
      [REASON.ID_LENGTH],
    ])
  })

  it.each([
    ['span_id', { spanId: Buffer.alloc(7, 1) }],
    ['parent_span_id', { parentSpanId: Buffer.alloc(9, 1) }],
    ['trace_id of a link', { links: [{ traceId: Buffer.alloc(8, 1) }] }],
  ])('[B016] a span with a %s of a wrong length', (_, bad) => {
    expect(verdict(sift('traces', spansOf({}, bad), SPEC))).toEqual([1, [REASON.ID_LENGTH]])
  })

  it('[B004] not a span whose wrong id is replaced by a right or an empty one: the last one counts', () => {
    const span = (...ids: number[]): Uint8Array => {
      const writer = new WireWriter()
      for (const bytes of ids) writer.tag(1, 2).sized(Buffer.alloc(bytes, 1))
      return new WireWriter().tag(2, 2).sized(writer.finish()).finish()
    }
    const scope = Buffer.concat([span(3, 16), span(16, 3), span(9, 0), span(3)])
    const payload = new WireWriter().tag(1, 2).sized(new WireWriter().tag(2, 2).sized(scope).finish()).finish()
    expect(verdict(bed.sift('traces', payload, SPEC))).toEqual([2, [REASON.ID_LENGTH, REASON.ID_LENGTH]])
  })

  it('[C106] not a span whose ids are absent or all zero, unless strict', () => {
    const spans = [{}, { traceId: Buffer.alloc(16), spanId: Buffer.alloc(8) }, { traceId: TRACE_ID, spanId: SPAN_ID }]
    expect(verdict(sift('traces', spansOf(...spans), SPEC))).toEqual([3, []])
    expect(verdict(sift('traces', spansOf(...spans), STRICT))).toEqual([1, [REASON.ID_ABSENT, REASON.ID_ABSENT]])
  })

  it('[C107] a log record whose ids have a wrong length, and none whose ids are absent or zero', () => {
    const records = [{ traceId: Buffer.alloc(16) }, { spanId: Buffer.alloc(3, 1) }, { body: { stringValue: BAD_TEXT } }]
    expect(verdict(sift('logs', recordsOf(...records), STRICT))).toEqual([1, [REASON.UTF8, REASON.ID_LENGTH].sort()])
  })

  it('[C26] data points, not their metrics', () => {
    const exemplars = [{ spanId: Buffer.alloc(4, 1), asInt: '1' }]
    const dataPoints = [{ asInt: '1' }, { asInt: '2', attributes: [{ key: BAD_TEXT }] }, { exemplars, asInt: '3' }]
    const result = sift('metrics', metricsOf({ name: 'm', gauge: { dataPoints } }, { name: 'n' }), SPEC)
    expect(verdict(result)).toEqual([1, [REASON.UTF8, REASON.ID_LENGTH]])
    const left = metricsOf({ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }, { name: 'n' })
    expect(decoded('metrics', result.rest)).toEqual(left)
  })

  it('a profile whose id has a wrong length', () => {
    const profiles = [{ profileId: Buffer.alloc(8, 1) }, { profileId: Buffer.alloc(16, 1) }]
    const result = sift('profiles', { resourceProfiles: [{ scopeProfiles: [{ profiles }] }] }, SPEC)
    expect(verdict(result)).toEqual([1, [REASON.ID_LENGTH]])
  })

  it('[B027] an item larger than the limit', () => {
    const payload = encodeSpoiled(
      'logs',
      recordsOf({ severityText: 'x'.repeat(500) }, { severityText: 'y' }) as Decoded,
    )
    const result = bed.sift('logs', payload, 0, 400)
    expect(verdict(result)).toEqual([1, [REASON.TOO_LARGE]])
    expect(decoded('logs', result.rest)).toEqual(recordsOf({ severityText: 'y' }))
  })
})

describe('sift rejects together', () => {
  const scopeLogs = (scope: object): object => ({ scope, logRecords: [{ severityText: 'a' }, { severityText: 'b' }] })

  it('what shares a resource, a scope or a schema URL that is not UTF-8', () => {
    const good = { resource: { attributes: [{ key: 'k' }] }, scopeLogs: [scopeLogs({ name: 'good' })] }
    const badScope = { scopeLogs: [scopeLogs({ name: BAD_TEXT }), scopeLogs({ name: 'other' })] }
    const badResource = { resource: { attributes: [{ key: BAD_TEXT }] }, scopeLogs: [scopeLogs({}), scopeLogs({})] }
    const badUrl = { scopeLogs: [scopeLogs({})], schemaUrl: BAD_TEXT }
    const result = sift('logs', { resourceLogs: [good, badScope, badResource, badUrl] }, SPEC)
    expect([result.items, result.report.rejectedItems]).toEqual([4, 8])
    const left = { resourceLogs: [good, { scopeLogs: [scopeLogs({ name: 'other' })] }] }
    expect(decoded('logs', result.rest)).toEqual(left)
  })

  it('the points of a metric whose name is not UTF-8, those with a fault of their own under that', () => {
    const dataPoints = [{}, { attributes: [{ key: BAD_TEXT }] }, {}]
    const metric = { name: 'good', sum: { dataPoints: [{ asInt: '5' }] } }
    const result = sift('metrics', metricsOf({ name: BAD_TEXT, gauge: { dataPoints } }, metric), SPEC)
    expect([result.items, result.report.rejectedItems]).toEqual([1, 3])
    expect(decoded('metrics', result.rest)).toEqual(metricsOf(metric))
  })

  it('all profiles of a request whose dictionary is not UTF-8', () => {
    const resourceProfiles = [{ scopeProfiles: [{ profiles: [{}, {}] }] }]
    const result = sift('profiles', { resourceProfiles, dictionary: { stringTable: ['', BAD_TEXT] } }, SPEC)
    expect([result.items, result.report.rejectedItems, result.rest.length]).toEqual([0, 2, 0])
  })

  it('nothing, but leaves out what is faulty and holds no item', () => {
    const request = { resourceSpans: [{ schemaUrl: BAD_TEXT }, { scopeSpans: [{ spans: [{ name: 'a' }] }] }] }
    const { items, report, rest } = sift('traces', request, SPEC)
    expect([items, report.rejectedItems, report.firstReason]).toEqual([1, 0, REASON.UTF8])
    expect(decoded('traces', rest)).toEqual(spansOf({ name: 'a' }))
  })
})

describe('sift keeps', () => {
  it('[C116 C117] unknown fields and the order of what stays', () => {
    const unknown = new WireWriter().tag(1000, 2).sized(Buffer.from('kept')).finish()
    const span = (name: string): Uint8Array => new WireWriter().tag(5, 2).sized(Buffer.from(name)).raw(unknown).finish()
    const bad = new WireWriter().tag(1, 2).sized(Buffer.from('short')).finish()
    const scope = (...spans: Uint8Array[]): Uint8Array => {
      const writer = new WireWriter().raw(unknown)
      for (const each of spans) writer.tag(2, 2).sized(each)
      return writer.tag(3, 2).sized(Buffer.from('url')).finish()
    }
    const request = (...spans: Uint8Array[]): Uint8Array =>
      new WireWriter()
        .tag(1, 2)
        .sized(
          new WireWriter()
            .tag(2, 2)
            .sized(scope(...spans))
            .finish(),
        )
        .raw(unknown)
        .finish()
    // Long enough that the size of what is around them gets shorter.
    const [first, last] = [span('a'.repeat(90)), span('b')]
    const result = bed.sift('traces', request(first, bad, bad, bad, last), SPEC)
    expect(Buffer.from(result.rest)).toEqual(Buffer.from(request(first, last)))
  })

  it('a kind that a later one has replaced from coming to life', () => {
    const point = (extra: Uint8Array): Uint8Array => new WireWriter().tag(1, 2).sized(extra).finish()
    const bad = new WireWriter()
      .tag(7, 2)
      .sized(new WireWriter().tag(1, 2).sized(Uint8Array.of(0xff)).finish())
      .finish()
    const metric = new WireWriter()
      .tag(5, 2)
      .sized(Buffer.concat([point(Uint8Array.of()), point(bad)]))
      .tag(7, 2)
      .sized(point(bad))
      .finish()
    const scope = new WireWriter().tag(2, 2).sized(metric).finish()
    const request = new WireWriter().tag(1, 2).sized(new WireWriter().tag(2, 2).sized(scope).finish()).finish()
    const { items, report, rest } = bed.sift('metrics', request, SPEC)
    expect([items, report.rejectedItems, rest.length]).toEqual([0, 1, 0])
  })

  it('a piece of a kind that has lost its points: the temporality of the others stands in it', () => {
    const bad = new WireWriter()
      .tag(7, 2)
      .sized(new WireWriter().tag(1, 2).sized(Uint8Array.of(0xff)).finish())
      .finish()
    const temporality = new WireWriter().tag(2, 0).varint(2).finish()
    const first = (...points: Uint8Array[]): Buffer =>
      Buffer.concat([...points.map((point) => new WireWriter().tag(1, 2).sized(point).finish()), temporality])
    const request = (...points: Uint8Array[]): Uint8Array => {
      const second = new WireWriter().tag(1, 2).sized(Uint8Array.of()).finish()
      const metric = new WireWriter()
        .tag(7, 2)
        .sized(first(...points))
        .tag(7, 2)
        .sized(second)
        .finish()
      const scope = new WireWriter().tag(2, 2).sized(metric).finish()
      return new WireWriter().tag(1, 2).sized(new WireWriter().tag(2, 2).sized(scope).finish()).finish()
    }
    const result = bed.sift('metrics', request(bad), SPEC)
    expect(verdict(result)).toEqual([1, [REASON.UTF8]])
    expect(Buffer.from(result.rest)).toEqual(Buffer.from(request()))
  })

  it('everything when nothing is checked', () => {
    const request = spansOf({ name: BAD_TEXT, traceId: Buffer.alloc(3, 1) }, {})
    const { items, report } = sift('traces', request, 0)
    expect([items, report.firstReason]).toEqual([2, 0])
  })

  it('a fault of the encoding behind a reason to reject a fault of the whole request', () => {
    const payload = encodeSpoiled('traces', spansOf({ name: BAD_TEXT }, { name: 'abc' }) as Decoded)
    const { items } = bed.sift('traces', payload.subarray(0, -1), SPEC)
    expect(items).toBe(KERNEL_ERROR.TRUNCATED)
  })
})

describe('sift warns of', () => {
  it('[C103 B022] indexes into a dictionary, in every signal but profiles', () => {
    const attributes = [{ key: 'k', value: { stringValueStrindex: 3 } }, { keyStrindex: 2 }]
    const { items, report } = sift(
      'traces',
      { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [{}] }] }] },
      SPEC,
    )
    expect([items, report.strindexCount, report.firstReason]).toEqual([1, 2, 0])
    expect(bed.scan('logs', encodeSpoiled('logs', recordsOf({ attributes }) as Decoded)).code).toBe(
      KERNEL_ERROR.STRINDEX,
    )
    const bad = { name: BAD_TEXT, attributes }
    const behind = sift('traces', spansOf(bad, { attributes }, bad), SPEC).report
    expect([behind.strindexCount, behind.rejectedItems], 'of a rejected item none counts').toEqual([2, 2])
    const shared = { resourceSpans: [{ schemaUrl: BAD_TEXT, scopeSpans: [{ spans: [{ attributes }] }] }] }
    const left = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [bad] }] }] }
    expect(sift('traces', left, SPEC).report.strindexCount, 'nor of what goes with its last item').toBe(0)
    const none = sift('traces', shared, SPEC).report
    expect([none.strindexCount, none.strindexPosition], 'nor of a rejected resource').toEqual([0, 0])
    const profiles = { resourceProfiles: [{ resource: { attributes }, scopeProfiles: [{ profiles: [{}] }] }] }
    expect(bed.scan('profiles', encodeSpoiled('profiles', profiles as Decoded)).code).toBe(1)
    expect(sift('profiles', profiles, SPEC).report.strindexCount).toBe(0)
  })
})
