import { describe, expect, it } from 'vitest'
import { KERNEL_ERROR } from '../../../../src/otlp/kernel-instance.ts'
import { protobufType } from '../../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../../src/otlp/schema.ts'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'

const bed = new KernelBed(1 << 20, 1 << 20)
const scan = (signal: Signal, payload: Uint8Array): number => bed.scan(signal, payload).code
const traces = (...bytes: number[]): number => scan('traces', Uint8Array.from(bytes))

function encode(signalIndex: number, request: object): Uint8Array {
  const type = protobufType(REQUEST_MESSAGES[signalIndex]!)
  return type.encode(type.fromObject(request)).finish()
}

/** field 1 of field 1 of field 1 … : `inner` wrapped so many times */
function wrapped(inner: Uint8Array, fieldNumbers: readonly number[]): Uint8Array {
  let payload = inner
  for (const number of [...fieldNumbers].reverse()) payload = new WireWriter().tag(number, 2).sized(payload).finish()
  return payload
}

/** a resource attribute whose value is nested in arrays (two levels each) and lists of attributes (three each) */
function nestedValue(arrays: number, lists: number, inner: readonly number[]): Uint8Array {
  const path = [1, 1, 1, 2]
  for (let level = 0; level < arrays; level++) path.push(5, 1)
  for (let level = 0; level < lists; level++) path.push(6, 1, 2)
  return wrapped(Uint8Array.from(inner), path)
}

function decodes(type: ReturnType<typeof protobufType>, bytes: Uint8Array): boolean {
  try {
    type.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** the payload and a resource behind it: the kernel's short ways want a few bytes to follow */
function followed(payload: Uint8Array): Uint8Array {
  return Uint8Array.from([...payload, 0x0a, 30, 0x1a, 28, ...Array<number>(28).fill(0x73)])
}

describe('kernel scan counts', () => {
  it('nothing in an empty request', () => {
    for (const signal of ['traces', 'metrics', 'logs', 'profiles'] as const)
      expect(scan(signal, new Uint8Array())).toBe(0)
  })

  it('the spans of all scopes of all resources', () => {
    const scopeSpans = [{ spans: [{}, { name: 'a' }] }, { spans: [{}] }]
    expect(scan('traces', encode(0, { resourceSpans: [{ scopeSpans }, { scopeSpans }, {}] }))).toBe(6)
  })

  it('the data points of all five kinds, not the metrics', () => {
    const dataPoints = [{}, {}, {}]
    const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']
    const metrics = [...kinds.map((kind) => ({ [kind]: { dataPoints } })), { name: 'no data' }]
    expect(scan('metrics', encode(1, { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))).toBe(15)
  })

  it('only the points of the last kind, when a metric has two', () => {
    const point = Uint8Array.of(0x0a, 0)
    const gauge = new WireWriter().tag(5, 2).sized(point).finish()
    const sum = new WireWriter()
      .tag(7, 2)
      .sized(Uint8Array.from([...point, ...point]))
      .finish()
    const metric = (...kinds: Uint8Array[]) => wrapped(Uint8Array.from(kinds.flatMap((kind) => [...kind])), [1, 2, 2])
    expect(scan('metrics', metric(gauge, sum))).toBe(2)
    expect(scan('metrics', metric(sum, gauge))).toBe(1)
    expect(scan('metrics', metric(gauge, sum, gauge))).toBe(1)
    // pieces of one kind are one kind
    expect(scan('metrics', metric(gauge, gauge))).toBe(2)
  })

  it('log records and profiles', () => {
    expect(scan('logs', encode(2, { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] }))).toBe(2)
    const request = {
      resourceProfiles: [{ scopeProfiles: [{ profiles: [{ samples: [{}, {}] }, {}] }] }],
      dictionary: {},
    }
    expect(scan('profiles', encode(3, request))).toBe(2)
  })
})

describe('kernel scan refuses', () => {
  it('a body cut short, at every place but between resources', () => {
    const payload = encode(0, { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a span', kind: 2 }] }] }] })
    expect(scan('traces', payload)).toBe(1)
    for (let bytes = 1; bytes < payload.length; bytes++) {
      expect(scan('traces', payload.slice(0, bytes))).toBe(KERNEL_ERROR.TRUNCATED)
    }
  })

  it('a field longer than the message around it, though the body goes on', () => {
    expect(traces(0x0a, 2, 0x12, 5, 0, 0, 0, 0, 0)).toBe(KERNEL_ERROR.TRUNCATED)
  })

  it('field number 0, as a tag of any length', () => {
    // in a group, too
    expect(traces(0x1b, 0, 0, 0x1c)).toBe(KERNEL_ERROR.BAD_TAG)
    for (const tag of [0, 1, 2, 7]) expect(traces(tag, 0, 0)).toBe(KERNEL_ERROR.BAD_TAG)
    expect(traces(0x80, 0, 0)).toBe(KERNEL_ERROR.BAD_TAG)
  })

  it('wire types 6 and 7, of known and unknown fields', () => {
    for (const tag of [0x0e, 0x0f, 0x7e, 0x7f]) expect(traces(tag, 0)).toBe(KERNEL_ERROR.BAD_WIRE_TYPE)
    // field 100
    expect(traces(0xa6, 0x06, 0)).toBe(KERNEL_ERROR.BAD_WIRE_TYPE)
  })

  it('varints beyond 64 bits', () => {
    const ones = Array<number>(9).fill(0xff)
    expect(traces(0x10, ...ones, 1)).toBe(0)
    expect(traces(0x10, ...ones, 2)).toBe(KERNEL_ERROR.BAD_VARINT)
    expect(traces(0x10, ...ones, 0xff, 1)).toBe(KERNEL_ERROR.BAD_VARINT)
  })

  it('tags beyond 32 and sizes beyond 31 bits, and those of six bytes', () => {
    expect(traces(0x90, 0x80, 0x80, 0x80, 0x10, 0)).toBe(KERNEL_ERROR.BAD_VARINT)
    expect(traces(0x90, 0x80, 0x80, 0x80, 0x80, 0, 0)).toBe(KERNEL_ERROR.BAD_VARINT)
    expect(traces(0x0a, 0x80, 0x80, 0x80, 0x80, 0x08)).toBe(KERNEL_ERROR.BAD_VARINT)
    expect(traces(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07)).toBe(KERNEL_ERROR.TRUNCATED)
    expect(traces(0x0a, 0x80, 0x80, 0x80, 0x80, 0)).toBe(0)
  })

  it('an attribute that is damaged anywhere, as protobufjs does', () => {
    const type = protobufType('opentelemetry.proto.common.v1.KeyValue')
    const values = [
      { stringValue: 'a value' },
      { intValue: 7 },
      { intValue: 300 },
      { doubleValue: 1.5 },
      { boolValue: true },
    ]
    for (const value of [
      ...values,
      { stringValue: '' },
      { stringValue: 'a'.repeat(100) },
      { stringValue: 'a'.repeat(140) },
    ]) {
      const whole = type.encode(type.fromObject({ key: 'a key', value })).finish()
      for (let at = 0; at < whole.length; at++) {
        for (const byte of [0, 1, 2, 4, 5, 8, 9, 0x0a, 0x12, 0x18, 0x21, 0x61, 127, 128, 200, 255, whole.length - at]) {
          const damaged = Uint8Array.from(whole)
          damaged[at] = byte
          const isValid = decodes(type, damaged)
          const payload = followed(wrapped(damaged, [1, 1, 1]))
          const code = bed.decode('traces', payload)
          expect(code === 0, `${byte} at ${at}`).toBe(isValid)
          if (code === KERNEL_ERROR.BAD_UTF8) continue
          expect(bed.transcode('traces', payload).code > 0, `${byte} at ${at}, transcode`).toBe(isValid)
        }
      }
    }
  })

  it('text that is not UTF-8, wherever in it', () => {
    const schemaUrl = (...bytes: number[]) => wrapped(Uint8Array.from(bytes), [1, 3])
    const bad = [
      [0x80],
      [0xc0, 0x80],
      [0xc3],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xe2, 0x82],
      [0xf0, 0x80, 0x80, 0x80],
    ]
    bad.push([0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xe2, 0x28, 0xa1], [0xf0, 0x9f, 0x98])
    for (const bytes of bad) {
      for (let before = 0; before < 20; before++) {
        const text = [...Array<number>(before).fill(0x61), ...bytes]
        expect(scan('traces', schemaUrl(...text))).toBe(KERNEL_ERROR.BAD_UTF8)
        const inside = [...text, ...Array<number>(before).fill(0x62)]
        expect(scan('traces', schemaUrl(...inside))).toBe(KERNEL_ERROR.BAD_UTF8)
      }
    }
    for (const text of ['é', '中', '😀', '\u{10ffff}', '\ud7ff', '\ue000', '\u0800', '\u{10000}', '\u0000']) {
      for (let before = 0; before < 20; before++) {
        const bytes = new TextEncoder().encode('a'.repeat(before) + text.repeat(3))
        expect(scan('traces', schemaUrl(...bytes))).toBe(0)
      }
    }
  })

  it('messages more than 100 levels deep, whichever way they get there', () => {
    const verdicts = new Set<string>()
    for (let arrays = 40; arrays < 50; arrays++) {
      for (let lists = 0; lists < 4; lists++) {
        // the attribute's value is at level 4; a list in it with a common attribute adds three
        const depth = 4 + arrays * 2 + lists * 3
        const inners = [
          { bytes: [0x10, 1], levels: 0 },
          { bytes: [0x32, 10, 0x0a, 8, 0x0a, 1, 0x6b, 0x12, 3, 0x0a, 1, 0x76], levels: 3 },
        ]
        for (const { bytes, levels } of inners) {
          const payload = followed(nestedValue(arrays, lists, bytes))
          const expected = depth + levels > 100 ? KERNEL_ERROR.TOO_DEEP : 0
          expect(scan('traces', payload), `${depth} + ${levels}`).toBe(expected)
          expect(Math.min(bed.transcode('traces', payload).code, 0), `${depth} + ${levels}`).toBe(expected)
          verdicts.add(`${depth + levels}: ${expected}`)
        }
      }
    }
    expect(verdicts).toContain('100: 0')
    expect(verdicts).toContain(`101: ${KERNEL_ERROR.TOO_DEEP}`)
  })

  it('groups that do not match, and those nested more than 100 levels deep', () => {
    expect(traces(0x1b, 0x1c)).toBe(0)
    expect(traces(0x1b, 0x10, 1, 0x13, 0x14, 0x1c)).toBe(0)
    expect(traces(0x1b, 0x24)).toBe(KERNEL_ERROR.BAD_GROUP)
    expect(traces(0x1c)).toBe(KERNEL_ERROR.BAD_GROUP)
    expect(traces(0x1b)).toBe(KERNEL_ERROR.TRUNCATED)
    const groups = (levels: number) => [...Array<number>(levels).fill(0x1b), ...Array<number>(levels).fill(0x1c)]
    expect(traces(...groups(101))).toBe(0)
    expect(traces(...groups(102))).toBe(KERNEL_ERROR.TOO_DEEP)
    expect(traces(...Array<number>(100_000).fill(0x1b))).toBe(KERNEL_ERROR.TOO_DEEP)
  })

  it('packed fields that do not hold whole elements', () => {
    const bucketCounts = (...bytes: number[]) => wrapped(Uint8Array.from(bytes), [1, 2, 2, 9, 1, 6])
    expect(scan('metrics', bucketCounts(1, 2, 3, 4, 5, 6, 7, 8))).toBe(1)
    expect(scan('metrics', bucketCounts(1, 2, 3))).toBe(KERNEL_ERROR.TRUNCATED)
    const locationIndices = (...bytes: number[]) => wrapped(Uint8Array.from(bytes), [2, 7, 1])
    expect(scan('profiles', locationIndices(1, 0x80, 1))).toBe(0)
    expect(scan('profiles', locationIndices(1, 0x80))).toBe(KERNEL_ERROR.TRUNCATED)
  })
})

describe('kernel scan accepts', () => {
  it('unknown fields of every wire type', () => {
    expect(traces(0xa0, 0x06, 1, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa2, 0x06, 1, 9, 0xa5, 0x06, 1, 2, 3, 4)).toBe(0)
  })

  it('a known field of another wire type, as an unknown one', () => {
    expect(traces(0x08, 1)).toBe(0)
    expect(traces(0x09, 1, 2, 3, 4, 5, 6, 7, 8)).toBe(0)
  })
})

describe('kernel scan finds boundaries', () => {
  const request = {
    resourceSpans: [
      { resource: { droppedAttributesCount: 1 }, scopeSpans: [{ spans: [{}, {}] }, { spans: [{}] }] },
      { schemaUrl: 'x', scopeSpans: [{}] },
    ],
  }

  it('each resource before its scopes, with content and items', () => {
    const payload = encode(0, request)
    const { code, boundaries } = bed.scan('traces', payload, 10)
    expect(code).toBe(3)
    expect(boundaries.map(({ level, items }) => [level, items])).toEqual([
      [1, 3],
      [2, 2],
      [2, 1],
      [1, 0],
      [2, 0],
    ])
    const type = protobufType('opentelemetry.proto.trace.v1.ResourceSpans')
    const scope = protobufType('opentelemetry.proto.trace.v1.ScopeSpans')
    for (const { level, offset, bytes, items } of boundaries) {
      const content = payload.slice(offset, offset + bytes)
      const decoded = (level === 1 ? type : scope).decode(content) as unknown as { spans?: unknown[] }
      if (level === 2) expect(decoded.spans?.length ?? 0).toBe(items)
    }
  })

  it('no more than there is room for, though it counts them all', () => {
    const payload = encode(0, request)
    const at = 65536 * 20
    bed.bytes.fill(0xee, at, at + 100)
    const inputAt = 65536 * 18
    bed.bytes.set(payload, inputAt)
    expect(bed.kernel.scan(0, inputAt, payload.length, at, 2)).toBe(3)
    expect(bed.bytes[at]).toBe(5)
    expect([...bed.bytes.slice(at + 4 + 32, at + 100)].every((byte) => byte === 0xee)).toBe(true)
  })
})
