import { describe, expect, it } from 'vitest'
import { fieldPath } from '../../../src/otlp/field-path.ts'
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../src/otlp/schema.ts'
import { WireWriter } from '../../generator/wire-writer.ts'

const NEEDLE = 'needle'

function body(signalIndex: number, request: object): Buffer {
  const type = protobufType(REQUEST_MESSAGES[signalIndex]!)
  return Buffer.from(type.encode(type.fromObject(request)).finish())
}

/** path of the value that holds the needle */
function path(signalIndex: number, request: object): string {
  const bytes = body(signalIndex, request)
  return fieldPath(signalIndex, bytes, bytes.indexOf(NEEDLE))
}

describe('a field path', () => {
  it('names every message on the way, with the place of those that repeat', () => {
    const attributes = [{ key: 'a' }, { key: 'b', value: { stringValue: NEEDLE } }]
    const spans = [{}, {}, { attributes }]
    expect(path(0, { resourceSpans: [{}, { scopeSpans: [{}, { spans }] }] })).toBe(
      'resource_spans[1].scope_spans[1].spans[2].attributes[1].value.string_value',
    )
  })

  it('counts a field by itself, whatever stands between', () => {
    const scopeMetrics = [{ metrics: [{ name: 'a' }, { unit: NEEDLE }] }]
    expect(path(1, { resourceMetrics: [{ resource: {}, scopeMetrics }] })).toBe(
      'resource_metrics[0].scope_metrics[0].metrics[1].unit',
    )
  })

  it('ends at a message when that is what stands there', () => {
    const bytes = body(2, { resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'x' }] }] }] })
    // tags and sizes of three messages, then the content of the record
    expect(fieldPath(2, bytes, 6)).toBe('resource_logs[0].scope_logs[0].log_records[0]')
    expect(fieldPath(2, bytes, 0)).toBe('')
  })

  it('steps over what it does not know', () => {
    const unknown = new WireWriter().tag(100, 3).tag(7, 2).sized(Buffer.from('in a group')).tag(100, 4)
    unknown
      .tag(101, 1)
      .fixed64(1n)
      .tag(102, 5)
      .fixed32(1)
      .tag(103, 0)
      .varint(1n << 63n)
    const bytes = Buffer.concat([unknown.finish(), body(2, { resourceLogs: [{ schemaUrl: NEEDLE }] })])
    expect(fieldPath(2, bytes, bytes.indexOf(NEEDLE))).toBe('resource_logs[0].schema_url')
  })
})
