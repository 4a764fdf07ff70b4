import { describe, expect, it } from 'vitest'
import { body, JsonRefused, METRICS, point, profile, readJson, span } from '../../../bed/json-request.ts'

const hex = (text: string) => Buffer.from(text, 'hex').toString('base64')

describe('ids', () => {
  it.each(['0af7651916cd43dd8448eb211c80319c', '0AF7651916CD43DD8448EB211C80319C', '0aF7651916Cd43dD8448eB211c80319C'])(
    'reads %s as hex, whatever the case',
    (id) => {
      expect(span(`"traceId":"${id}"`).traceId).toBe(hex(id))
      expect(span(`"links":[{"traceId":"${id}"}]`).links).toEqual([{ traceId: hex(id) }])
      expect(point('histogram', `"exemplars":[{"traceId":"${id}"}]`).exemplars).toEqual([{ traceId: hex(id) }])
    },
  )

  it('takes an empty id and null as unset', () => {
    expect(span('"traceId":"","spanId":null,"name":"n"')).toEqual({ name: 'n' })
  })

  it('reads ids written with escapes', () => {
    expect(span('"spanId":"\\u0030\\u0041f7651916cd43dd"').spanId).toBe(hex('0af7651916cd43dd'))
  })

  it('keeps whole bytes of another length, which the validation of items judges', () => {
    for (const id of ['ab', '0AF7651916cd43', '0af7651916cd43dd8448eb211c80319c', 'ff'.repeat(200)]) {
      expect(span(`"spanId":"${id}","name":"n"`)).toEqual({ spanId: hex(id), name: 'n' })
    }
    expect(span('"traceId":"0af7651916cd43dd"').traceId).toBe(hex('0af7651916cd43dd'))
  })

  const tooShort = '0af7651916cd43d'
  it.each([
    `"${tooShort}"`,
    `"${tooShort}"`.padEnd(40),
    `"${tooShort}d8"`,
    '"\\u0030"',
    `"${tooShort}g"`,
    '"CvdlGRbNQ92ESOshHIAxnA=="',
    '7',
    'true',
    '["00"]',
  ])('refuses %s', (id) => {
    expect(() => span(`"parentSpanId":${id}`)).toThrow(/field parentSpanId: must be a string of 16 hex digits/)
    expect(() => span(`"parentSpanId":${id}, "name":"${'n'.repeat(50)}"`)).toThrow(JsonRefused)
  })

  it('refuses every character that is no hex digit, at every place', () => {
    const id = '0af7651916cd43dd8448eb211c80319c'
    for (let code = 32; code < 127; code++) {
      const char = String.fromCharCode(code)
      if (/[0-9a-fA-F"\\]/.test(char)) continue
      const at = code % id.length
      const wrong = id.slice(0, at) + char + id.slice(at + 1)
      expect(() => span(`"traceId":"${wrong}","name":"${'n'.repeat(40)}"`), char).toThrow(
        /field traceId.*32 hex digits/,
      )
    }
  })

  it('reads a profile id of 32 hex digits as hex and any other as base64', () => {
    const id = '0af7651916cd43dd8448eb211c80319c'
    expect(profile(`"profileId":"${id}"`).profileId).toBe(hex(id))
    expect(profile('"profileId":"CvdlGRbNQ92ESOshHIAxnA=="').profileId).toBe('CvdlGRbNQ92ESOshHIAxnA==')
    expect(() => profile('"profileId":"@"')).toThrow(/field profileId: must be a string of 32 hex digits, or of base64/)
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
    expect(() => body(`{"intValue":${text}}`)).toThrow(/field intValue: must be an integer in the range/)
    expect(() => body(`{"intValue":${text} ,"x":"${'x'.repeat(50)}"}`)).toThrow(JsonRefused)
  })

  it.each([
    ['droppedAttributesCount', '4294967296'],
    ['droppedAttributesCount', '-1'],
    ['flags', '4294967296'],
    ['flags', '-1'],
    ['startTimeUnixNano', '-1'],
    ['startTimeUnixNano', '18446744073709551616'],
  ])('refuses %s beyond its range: %s', (field, text) => {
    expect(() => span(`"${field}":${text}`)).toThrow(/must be an integer in the range/)
  })

  it('reads both ends of 32-bit types, zigzag included', () => {
    expect(span('"flags":4294967295,"droppedLinksCount":"4294967295"')).toEqual({
      flags: 4294967295,
      droppedLinksCount: 4294967295,
    })
    const scale = (text: string) => point('exponentialHistogram', `"scale":${text}`)
    for (const value of [-2147483648, -1, 1, 2147483647]) expect(scale(String(value))).toEqual({ scale: value })
    expect(() => scale('2147483648')).toThrow(/field scale: must be an integer in the range/)
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
      expect(() => body(`{"doubleValue":${text}}`)).toThrow(
        /field doubleValue: must be a number in the range of a double/,
      )
    },
  )

  it.each(['NaN', 'Infinity', '-Infinity', '+1', '.5', '1.', '01', '0x1', '1e', "'1'"])(
    'refuses %s, which is not JSON',
    (text) => {
      expect(() => body(`{"doubleValue":${text}}`)).toThrow(JsonRefused)
    },
  )
})

/** A summary point, whose sum has no presence: hex of the eight bytes, '' when nothing is written. */
function sumBytes(sum: string): string {
  const metric = `{"summary":{"dataPoints":[{"sum":${sum}}]}}`
  const bytes = readJson(METRICS, `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`)
  return bytes.length > 10 ? bytes.subarray(-8).toString('hex') : ''
}

describe('enums', () => {
  it.each(['2', '2.0', '0.2e1', '"2"'])('reads the integer %s', (text) =>
    expect(span(`"kind":${text}`)).toEqual({ kind: 2 }),
  )

  it('keeps a number that the enum does not name', () => expect(span('"kind":77')).toEqual({ kind: 77 }))

  it.each(['"SPAN_KIND_SERVER"', '"2.5"', '""', '2.5', '-2147483649', '2147483648', 'true'])('refuses %s', (text) => {
    expect(() => span(`"kind":${text}`)).toThrow(/field kind: must be the integer of an enum value/)
  })
})

describe('bytes', () => {
  it.each(['"+/8="', '"-_8="', '"+/8"', '"-_8"', '"+_8"'])('reads %s, standard or URL-safe, padded or not', (text) => {
    expect(body(`{"bytesValue":${text}}`)).toEqual({ bytesValue: '+/8=' })
  })

  it('reads escapes, and every length', () => {
    expect(body('{"bytesValue":"+\\/8="}')).toEqual({ bytesValue: '+/8=' })
    for (let length = 0; length < 300; length += 7) {
      const text = Buffer.alloc(length, 0xfb).toString('base64')
      expect(body(`{"bytesValue":"${text}"}`)).toEqual({ bytesValue: text })
      expect(body(`{"bytesValue":"${text.replaceAll('/', '\\/')}"}`)).toEqual({ bytesValue: text })
    }
  })

  it.each(['"+/8=="', '"+/8=8"', '"A"', '"A==="', '"===="', '"@@@@"', '"AA AA"', '"AA\\nAA"', '1', '[1]'])(
    'refuses %s',
    (text) => expect(() => body(`{"bytesValue":${text}}`)).toThrow(/field bytesValue: must be a base64 string/),
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
    expect(() => body(`{"boolValue":${text}}`)).toThrow(/field boolValue: must be true or false/)
  })

  it.each(['1', 'true', '{}', '[]'])('refuses %s for a string', (text) => {
    expect(() => body(`{"stringValue":${text}}`)).toThrow(/field stringValue: must be a string/)
  })
})
