import { describe, expect, it } from 'vitest'
import { SignalHeaders } from '../../../src/produce/record-headers.ts'

describe('the headers of a record', () => {
  it('name signal, format, count and content type, one object each as node-rdkafka wants them', () => {
    expect(new SignalHeaders(2, 'json').withItems(3)).toEqual([
      { 'otlp.signal': 'logs' },
      { 'otlp.format': 'json' },
      { 'otlp.items': '3' },
      { 'content-type': 'application/json' },
    ])
    expect(new SignalHeaders(3, 'protobuf').withItems(1)).toContainEqual({ 'content-type': 'application/x-protobuf' })
  })

  it('count exactly, beyond the cached texts too', () => {
    const headers = new SignalHeaders(0, 'json')
    for (const items of [0, 1, 16_383, 16_384, 1_000_000]) {
      expect(headers.withItems(items)).toContainEqual({ 'otlp.items': String(items) })
    }
  })

  it('of two signals do not share the count', () => {
    const traces = new SignalHeaders(0, 'json')
    const logs = new SignalHeaders(2, 'json')
    const headers = traces.withItems(1)
    logs.withItems(2)
    expect(headers).toContainEqual({ 'otlp.items': '1' })
  })
})
