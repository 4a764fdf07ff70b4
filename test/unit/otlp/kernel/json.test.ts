import { describe, expect, it } from 'vitest'
import { FROM_JSON } from '../../../../src/otlp/kernel-instance.ts'
import { body, decoded, METRICS, originalName, point, readJson, span, TRACES } from '../../../bed/json-request.ts'

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
    expect(() => span(members)).toThrow(/field (attributes|events): must be an element \(null is none\), found null/)
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

  it('takes out what an equal key wrote before, from between other fields, at every depth', () => {
    const inner = (name: string) => `{"attributes":[{"key":"${name}"}],"droppedAttributesCount":1}`
    const events = `"events":[${inner('a')},${inner('b')}],"name":"n","events":[${inner('c')}],"kind":2`
    expect(span(events)).toEqual({
      name: 'n',
      events: [{ attributes: [{ key: 'c' }], droppedAttributesCount: 1 }],
      kind: 2,
    })
    expect(span('"events":[{"name":"a","name":"b"},{"name":"c","name":null}],"events":[]')).toEqual({})
  })

  it('refuses a text whose equal keys would cost more than its length', () => {
    const links = `"links":[${'{},'.repeat(20_000)}{}]`
    expect(() => span(`${links}${',"name":"a"'.repeat(20_000)}`)).toThrow(/field name: must be there once/)
    // one walk over the densest of texts, and no second one: all of them together stay below one pass
    const dense = `"links":[${'{},'.repeat(200_000)}{}]`
    expect(span(`${dense},"name":"a","name":"b"`)).toMatchObject({ name: 'b' })
    expect(() => span(`${dense}${',"name":"a"'.repeat(3)}`)).toThrow(
      /field name: must be there once: equal keys repeat too often behind too many values/,
    )
    // of usual values many
    const usual = `"links":[${`{"traceId":"${'01'.repeat(16)}","spanId":"${'02'.repeat(8)}"},`.repeat(2000)}{}]`
    expect(span(`${usual}${',"name":"a"'.repeat(30)}`)).toMatchObject({ name: 'a' })
    expect(span(`"kind":1,"flags":2${',"name":"a"'.repeat(100_000)}`)).toEqual({ name: 'a', kind: 1, flags: 2 })
  })

  it('refuses two members of one oneof', () => {
    expect(() => body('{"stringValue":"a","intValue":1}')).toThrow(
      /field intValue: must be the only member of its oneof/,
    )
    expect(() =>
      decoded(METRICS, '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]}'),
    ).toThrow(/field sum: must be the only member/)
  })

  it('keeps defaults where absent is another thing', () => {
    expect(body('{"stringValue":""}')).toEqual({ stringValue: '' })
    expect(point('histogram', '"sum":0,"count":0,"min":0')).toEqual({ sum: 0, min: 0 })
    expect(span('"status":{}')).toEqual({ status: {} })
  })

  it.each([
    ['{"resourceSpans":{}}', /field resourceSpans: must be an array/],
    ['{"resourceSpans":[[]]}', /field resourceSpans: must be an object/],
    ['{"resourceSpans":[{"resource":[]}]}', /field resource: must be an object/],
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
    // a list of keys and values is three
    const listed = (inner: string) => `{"kvlistValue":{"values":[{"value":${inner}}]}}`
    expect(() => body(listed(nested(46)))).not.toThrow()
    expect(() => body(listed(nested(47)))).toThrow(/at most 100 messages deep/)
    expect(() => body(nested(49))).toThrow(/at most 100 messages deep/)
  })

  it('bounds what it passes over', () => {
    expect(() => decoded(TRACES, `{"a":${'['.repeat(100)}${']'.repeat(100)}}`)).not.toThrow()
    expect(() => decoded(TRACES, `{"a":${'['.repeat(101)}${']'.repeat(101)}}`)).toThrow(/at most 100 objects/)
    expect(() => decoded(TRACES, `{"a":${'['.repeat(1_000_000)}`)).toThrow(/at most 100 objects and arrays/)
  })
})

describe('keys in snake_case', () => {
  it('are unknown, but remembered: a request of nothing else is empty', () => {
    expect(readJson(TRACES, '{"x":{},"resource_spans":[{"scope_spans":[]}]}')).toHaveLength(0)
    expect(originalName()).toEqual({ original: 'resource_spans', name: 'resourceSpans' })
    expect(readJson(TRACES, '{"resourceSpans":[],"resource_logs":[]}')).toHaveLength(0)
    expect(originalName()).toBeUndefined()
  })

  it('are taken when lenient', () => {
    const text = '"trace_id":"0AF7651916CD43DD8448EB211C80319C","dropped_attributes_count":7,"kind":"SPAN_KIND_SERVER"'
    expect(span(text, FROM_JSON.LENIENT)).toMatchObject({ droppedAttributesCount: 7, kind: 2 })
    expect(span('"start_time_unix_nano":1,"startTimeUnixNano":2', FROM_JSON.LENIENT)).toEqual({
      startTimeUnixNano: '2',
    })
  })
})

describe('names of enum values', () => {
  it('are taken when lenient', () => {
    expect(span('"status":{"code":"STATUS_CODE_ERROR"}', FROM_JSON.LENIENT)).toEqual({ status: { code: 2 } })
    expect(span('"kind":"SPAN_KIND_UNSPECIFIED"', FROM_JSON.LENIENT)).toEqual({})
    expect(span('"kind":"3"', FROM_JSON.LENIENT)).toEqual({ kind: 3 })
  })

  it.each(['SPAN_KIND_SERVE', 'SPAN_KIND_SERVERS', 'span_kind_server', 'STATUS_CODE_OK', ''])(
    'are refused when the enum has none of them: %s',
    (name) => {
      expect(() => span(`"kind":"${name}"`, FROM_JSON.LENIENT)).toThrow(/field kind: must be the integer/)
    },
  )
})
