import { describe, expect, it } from 'vitest'
import { emptyRequestWarning, readJson } from '../../../src/otlp/json-reader.ts'
import { body, decoded, LOGS, METRICS, point, span, TRACES } from '../../bed/json-request.ts'

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
    expect(point('histogram', '"bucketCounts":[1,2],"sum":1,"bucketCounts":["300"]')).toEqual({
      bucketCounts: ['300'],
      sum: 1,
    })
  })

  it('refuses two members of one oneof', () => {
    expect(() => body('{"stringValue":"a","intValue":1}')).toThrow(/body\.intValue .*only member of its oneof/)
    expect(() =>
      decoded(METRICS, '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]}'),
    ).toThrow(/metrics\[0\]\.sum/)
  })

  it('keeps defaults where absent is another thing', () => {
    expect(body('{"stringValue":""}')).toEqual({ stringValue: '' })
    expect(point('histogram', '"sum":0,"count":0,"min":0')).toEqual({ sum: 0, min: 0 })
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
