import { describe, expect, it } from 'vitest'
import { attributesIn, itemsIn } from '../../bed/otlp-json.ts'

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

describe('attributes in OTLP/JSON', () => {
  it("are those of one service's items, by name", () => {
    const spans = [{ name: 'a', attributes: [{ key: 'n', value: { intValue: '1' } }] }, { name: 'b' }]
    const request = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }, { scopeSpans: [{ spans }] }] }
    expect(attributesIn('traces', request, 'shop')).toEqual([
      ['a', { n: { intValue: '1' } }],
      ['b', {}],
    ])
  })

  it('come with the value of a data point', () => {
    const metrics = [{ sum: { dataPoints: [{ attributes, asInt: '7' }] } }]
    const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }
    expect(attributesIn('metrics', request, 'shop')).toEqual([
      ['item-1', { item: { stringValue: 'item-1' }, asInt: '7' }],
    ])
  })
})
