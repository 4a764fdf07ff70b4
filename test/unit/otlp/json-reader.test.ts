import { describe, expect, it } from 'vitest'
import { JsonReadError } from '../../../src/otlp/json-read-error.ts'
import { emptyRequestWarning, readJson } from '../../../src/otlp/json-reader.ts'
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../src/otlp/schema.ts'

const TRACES = 0
const METRICS = 1
const LOGS = 2
const PROFILES = 3

function decoded(signalIndex: number, text: string): Record<string, unknown> {
  const type = protobufType(REQUEST_MESSAGES[signalIndex]!)
  return type.toObject(type.decode(readJson(signalIndex, Buffer.from(text))), { longs: String, bytes: String })
}

/** The one span, log record … that the members make, decoded. */
function span(members: string): Record<string, unknown> {
  const request = decoded(TRACES, `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`) as Loose
  return request.resourceSpans[0].scopeSpans[0].spans[0]
}

function point(members: string): Record<string, unknown> {
  const metric = `{"histogram":{"dataPoints":[{${members}}]}}`
  const request = decoded(METRICS, `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`) as Loose
  return request.resourceMetrics[0].scopeMetrics[0].metrics[0].histogram.dataPoints[0]
}

function body(anyValue: string): Record<string, unknown> {
  const request = decoded(LOGS, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${anyValue}}]}]}]}`) as Loose
  return request.resourceLogs[0].scopeLogs[0].logRecords[0].body
}

function profile(members: string): Record<string, unknown> {
  const request = decoded(PROFILES, `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{${members}}]}]}]}`) as Loose
  return request.resourceProfiles[0].scopeProfiles[0].profiles[0]
}

/** What a decoded request holds at any path; a wrong path is undefined and fails the expectation. */
// biome-ignore lint/suspicious/noExplicitAny: a typed path into a decoded request would be longer than the tests
type Loose = any

const hex = (text: string) => Buffer.from(text, 'hex').toString('base64')

describe('ids', () => {
  it.each(['0af7651916cd43dd8448eb211c80319c', '0AF7651916CD43DD8448EB211C80319C', '0aF7651916Cd43dD8448eB211c80319C'])(
    'reads %s as hex, whatever the case',
    (id) => {
      expect(span(`"traceId":"${id}"`).traceId).toBe(hex(id))
      expect(span(`"links":[{"traceId":"${id}"}]`).links).toEqual([{ traceId: hex(id) }])
      expect(point(`"exemplars":[{"traceId":"${id}"}]`).exemplars).toEqual([{ traceId: hex(id) }])
    },
  )

  it('takes an empty id and null as unset', () => {
    expect(span('"traceId":"","spanId":null,"name":"n"')).toEqual({ name: 'n' })
  })

  it.each(['"abc"', '"zz"', '"CvdlGRbNQ92ESOshHIAxnA=="', '7', 'true', '["00"]'])('refuses %s', (id) => {
    expect(() => span(`"parentSpanId":${id}`)).toThrow(/spans\[0\]\.parentSpanId .*hex digits/)
  })

  it('reads a profile id of 32 hex digits as hex and any other as base64', () => {
    const id = '0af7651916cd43dd8448eb211c80319c'
    expect(profile(`"profileId":"${id}"`).profileId).toBe(hex(id))
    expect(profile('"profileId":"CvdlGRbNQ92ESOshHIAxnA=="').profileId).toBe('CvdlGRbNQ92ESOshHIAxnA==')
    expect(() => profile('"profileId":"@"')).toThrow(/profileId .*32 hex digits, or base64/)
  })
})

describe('numbers', () => {
  it.each(['"1544712660300000001"', '1544712660300000001', '1544712660300000001.0', '"1.544712660300000001e18"'])(
    'keeps all 64 bits of %s',
    (time) => expect(span(`"startTimeUnixNano":${time}`).startTimeUnixNano).toBe('1544712660300000001'),
  )

  it.each([
    ['1e2', '100'],
    ['"1e2"', '100'],
    ['1E+2', '100'],
    ['1.0', '1'],
    ['1000e-3', '1'],
    ['-0', '0'],
    ['0e999999999999', '0'],
    ['"9223372036854775807"', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('reads int64 %s as %s', (text, value) => expect(body(`{"intValue":${text}}`)).toEqual({ intValue: value }))

  it.each([
    '1.5',
    '1e-1',
    '""',
    '" 1"',
    '"1 "',
    '"0x10"',
    '"+1"',
    '"01"',
    '"٣"',
    '"1_0"',
    '9223372036854775808',
    '"-9223372036854775809"',
    '1e999999999',
    '"NaN"',
    'true',
    '{}',
    '[]',
  ])('refuses %s for int64', (text) => {
    expect(() => body(`{"intValue":${text}}`)).toThrow(
      /body\.intValue .*from -9223372036854775808 to 9223372036854775807/,
    )
  })

  it.each([
    ['droppedAttributesCount', '4294967296'],
    ['droppedAttributesCount', '-1'],
    ['flags', '4294967296'],
    ['flags', '-1'],
    ['startTimeUnixNano', '-1'],
    ['startTimeUnixNano', '18446744073709551616'],
  ])('refuses %s beyond its range: %s', (field, text) => {
    expect(() => span(`"${field}":${text}`)).toThrow(/must be an integer from 0 to/)
  })

  it('reads both ends of 32-bit types, zigzag included', () => {
    expect(span('"flags":4294967295,"droppedLinksCount":"4294967295"')).toEqual({
      flags: 4294967295,
      droppedLinksCount: 4294967295,
    })
    const scale = (text: string): unknown => {
      const metric = `{"exponentialHistogram":{"dataPoints":[{"scale":${text}}]}}`
      const request = decoded(METRICS, `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`) as Loose
      return request.resourceMetrics[0].scopeMetrics[0].metrics[0].exponentialHistogram.dataPoints[0]
    }
    for (const value of [-2147483648, -1, 1, 2147483647]) expect(scale(String(value))).toEqual({ scale: value })
    expect(() => scale('2147483648')).toThrow(/from -2147483648 to 2147483647/)
  })

  it.each([
    ['1.5', 1.5],
    ['"1.5"', 1.5],
    ['"NaN"', Number.NaN],
    ['"Infinity"', Number.POSITIVE_INFINITY],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
    ['-0.0', -0],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('reads double %s', (text, value) => {
    expect(body(`{"doubleValue":${text}}`).doubleValue).toBe(value)
  })

  it('keeps the sign of a zero that has no presence', () => {
    expect(sumBytes('-0.0')).toBe('0000000000000080')
    expect(sumBytes('0.0')).toBe('')
  })

  it.each(['1e400', '-1e400', '""', '"nan"', '"inf"', '" 1"', '"1,5"', 'true', '{}'])(
    'refuses %s for a double',
    (text) => {
      expect(() => body(`{"doubleValue":${text}}`)).toThrow(/body\.doubleValue .*a double/)
    },
  )

  it.each(['NaN', 'Infinity', '-Infinity', '+1', '.5', '1.', '01', '0x1', '1e', "'1'"])(
    'refuses %s, which is not JSON',
    (text) => {
      expect(() => body(`{"doubleValue":${text}}`)).toThrow(JsonReadError)
    },
  )
})

/** A summary point, whose sum has no presence: hex of the eight bytes, '' when nothing is written. */
function sumBytes(sum: string): string {
  const metric = `{"summary":{"dataPoints":[{"sum":${sum}}]}}`
  const bytes = readJson(METRICS, Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`))
  return bytes.length > 10 ? bytes.subarray(-8).toString('hex') : ''
}

describe('enums', () => {
  it.each(['2', '2.0', '0.2e1'])('reads the integer %s', (text) => expect(span(`"kind":${text}`)).toEqual({ kind: 2 }))

  it('keeps a number that the enum does not name', () => expect(span('"kind":77')).toEqual({ kind: 77 }))

  it.each(['"SPAN_KIND_SERVER"', '"2"', '2.5', '2147483648', 'true'])('refuses %s', (text) => {
    expect(() => span(`"kind":${text}`)).toThrow(/kind .*integer of an enum value/)
  })
})

describe('bytes', () => {
  it.each(['"+/8="', '"-_8="', '"+/8"', '"-_8"'])('reads %s, standard or URL-safe, padded or not', (text) => {
    expect(body(`{"bytesValue":${text}}`)).toEqual({ bytesValue: '+/8=' })
  })

  it.each(['"+/8=="', '"+/8=8"', '"A"', '"A==="', '"===="', '"@@@@"', '"+_8="', '"AA AA"', '"AA\\nAA"', '1', '[1]'])(
    'refuses %s',
    (text) => expect(() => body(`{"bytesValue":${text}}`)).toThrow(/base64/),
  )
})

describe('booleans and strings', () => {
  it('reads true, false and strings with every escape', () => {
    expect(body('{"boolValue":true}')).toEqual({ boolValue: true })
    expect(body('{"boolValue":false}')).toEqual({ boolValue: false })
    expect(body('{"stringValue":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀\\u0000"}')).toEqual({
      stringValue: '"\\/\b\f\n\r\té😀é😀\0',
    })
  })

  it.each(['"true"', '1', '0', '"false"', 'True'])('refuses %s for a boolean', (text) => {
    expect(() => body(`{"boolValue":${text}}`)).toThrow(/boolValue .*true or false/)
  })

  it.each(['1', 'true', '{}', '[]'])('refuses %s for a string', (text) => {
    expect(() => body(`{"stringValue":${text}}`)).toThrow(/stringValue .*a string/)
  })
})

describe('members', () => {
  it.each([
    '"unknown":1',
    '"__proto__":{"polluted":1}',
    '"constructor":null',
    '"toString":[]',
    '"hasOwnProperty":"x"',
    '"dropped_attributes_count":7',
    `"deep":${'[{"a":'.repeat(25)}1${'}]'.repeat(25)}`,
  ])('passes over %s at every level', (unknown) => {
    const text = `{${unknown},"resourceSpans":[{${unknown},"scopeSpans":[{"spans":[{"name":"n",${unknown}}]}]}]}`
    expect(decoded(TRACES, text)).toEqual({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'n' }] }] }] })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('leaves null unset, in any field', () => {
    expect(span('"name":null,"attributes":null,"status":null,"kind":null,"flags":3')).toEqual({ flags: 3 })
    expect(body('{"stringValue":null,"intValue":"1"}')).toEqual({ intValue: '1' })
  })

  it.each(['"attributes":[null]', '"events":[{},null]'])('refuses null as an element: %s', (members) => {
    expect(() => span(members)).toThrow(/\[\d\] .*must be an object, found null/)
  })

  it('lets the last of equal keys win, whatever the field', () => {
    const first = '"name":"first","attributes":[{"key":"x"}],"status":{"message":"message"},"kind":1'
    expect(span(`${first},"attributes":[{"key":"y"}],"name":"second","status":{"code":2},"name":"third"`)).toEqual({
      name: 'third',
      attributes: [{ key: 'y' }],
      status: { code: 2 },
      kind: 1,
    })
    expect(span('"name":"first","name":null,"kind":1')).toEqual({ kind: 1 })
    expect(body('{"stringValue":"a","stringValue":null,"intValue":1}')).toEqual({ intValue: '1' })
    expect(point('"bucketCounts":[1,2],"sum":1,"bucketCounts":["300"]')).toEqual({ bucketCounts: ['300'], sum: 1 })
  })

  it('refuses two members of one oneof', () => {
    expect(() => body('{"stringValue":"a","intValue":1}')).toThrow(/body\.intValue .*only member of its oneof/)
    expect(() =>
      decoded(METRICS, '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]}'),
    ).toThrow(/metrics\[0\]\.sum/)
  })

  it('keeps defaults where absent is another thing', () => {
    expect(body('{"stringValue":""}')).toEqual({ stringValue: '' })
    expect(point('"sum":0,"count":0,"min":0')).toEqual({ sum: 0, min: 0 })
    expect(span('"status":{}')).toEqual({ status: {} })
  })

  it.each([
    ['{"resourceSpans":{}}', /resourceSpans .*an array/],
    ['{"resourceSpans":[[]]}', /resourceSpans\[0\] .*an object/],
    ['{"resourceSpans":[{"resource":[]}]}', /resourceSpans\[0\]\.resource .*an object/],
  ])('refuses another shape: %s', (text, message) => expect(() => decoded(TRACES, text)).toThrow(message))

  it('moves lengths as contents grow past every size of a varint', () => {
    for (const length of [0, 1, 126, 127, 128, 16_000, 17_000, 3_000_000]) {
      expect(span(`"name":"${'x'.repeat(length)}","flags":1`)).toEqual(
        length === 0 ? { flags: 1 } : { name: 'x'.repeat(length), flags: 1 },
      )
    }
  })
})

describe('depth', () => {
  const nested = (levels: number) => `${'{"arrayValue":{"values":['.repeat(levels)}{}${']}}'.repeat(levels)}`

  it('reads 100 levels of messages below the request and refuses more', () => {
    // resourceLogs, scopeLogs, logRecords and body are four levels; each array in an array is two more.
    expect(() => body(nested(48))).not.toThrow()
    expect(() => body(nested(49))).toThrow(/at most 100 messages deep/)
  })

  it('bounds what it passes over', () => {
    expect(() => decoded(TRACES, `{"a":${'['.repeat(100)}${']'.repeat(100)}}`)).not.toThrow()
    expect(() => decoded(TRACES, `{"a":${'['.repeat(1_000_000)}`)).toThrow(/at most 100 objects and arrays/)
  })
})

describe('a wholly snake_case request', () => {
  it('is empty and gets a warning that names the key', () => {
    const text = Buffer.from('{"x":{},"resource_spans":[{"scope_spans":[]}]}')
    expect(readJson(TRACES, text)).toHaveLength(0)
    expect(emptyRequestWarning(TRACES, text)).toMatch(/use resourceSpans instead of resource_spans/)
    expect(emptyRequestWarning(LOGS, text)).toBeUndefined()
    expect(emptyRequestWarning(TRACES, Buffer.from('{"resourceSpans":[]}'))).toBeUndefined()
    expect(emptyRequestWarning(TRACES, Buffer.from('{}'))).toBeUndefined()
  })
})
