import { describe, expect, it } from 'vitest'
import { itemsIn } from '../../bed/otlp-json.ts'

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
const attributes = [{ key: 'item', value: { stringValue: 'item-1' } }]

describe('items in OTLP/JSON', () => {
  it('are spans, by name', () => {
    const request = { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ name: 'a' }, {}] }, {}] }, {}] }
    expect(itemsIn('traces', request)).toEqual([
      { service: 'shop', name: 'a' },
      { service: 'shop', name: '' },
    ])
  })

  it('are log records, by body', () => {
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'b' } }] }] }] }
    expect(itemsIn('logs', request)).toEqual([{ service: '', name: 'b' }])
  })

  it.each(['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'])(
    'are data points of a %s, not metrics',
    (kind) => {
      const metric = { name: 'm', [kind]: { dataPoints: [{ attributes }, { attributes }] } }
      const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric, { name: 'empty' }] }] }] }
      const item = { service: 'shop', name: 'item-1' }
      expect(itemsIn('metrics', request)).toEqual([item, item])
    },
  )

  it('are profiles', () => {
    expect(itemsIn('profiles', { resourceProfiles: [{ resource, scopeProfiles: [{ profiles: [{}] }] }] })).toHaveLength(
      1,
    )
  })
})
