import { describe, expect, it } from 'vitest'
import { assertConservation } from '../../bed/conservation.ts'
import { parseLogLine } from '../../bed/log-line.ts'
import { Metrics } from '../../bed/prometheus.ts'

describe('the Prometheus text', () => {
  const metrics = new Metrics(
    [
      '# HELP a_total what it is',
      '# TYPE a_total counter',
      'a_total{signal="traces",thread="0"} 3',
      'a_total{signal="traces",thread="1"} 4.5',
      'a_total{signal="logs"} 1 1700000000000',
      'plain 7e3',
      'odd{text="a,b=\\"c\\"\\n}"} +Inf',
    ].join('\n'),
  )

  it('sums the samples whose labels match', () => {
    expect(metrics.sum('a_total', { signal: 'traces' })).toBe(7.5)
    expect(metrics.sum('a_total')).toBe(8.5)
    expect(metrics.sum('plain')).toBe(7000)
  })

  it('does not take an absent metric for zero', () => {
    expect(() => metrics.sum('a_total', { signal: 'metrics' })).toThrow('no metric a_total')
  })

  it('reads escapes in label values', () => {
    expect(metrics.samples.at(-1)).toEqual({ name: 'odd', labels: { text: 'a,b="c"\n}' }, value: Infinity })
  })

  it('refuses what is no sample', () => {
    expect(() => new Metrics('<html>')).toThrow('not a line')
  })
})

describe('conservation', () => {
  function metricsOf(traces: Record<string, number>, requests: Record<string, number> = {}): Metrics {
    const lines = ['traces', 'metrics', 'logs', 'profiles'].flatMap((signal) => [
      ...linesOf(signal, 'items', signal === 'traces' ? traces : {}),
      ...linesOf(signal, 'requests', signal === 'logs' ? requests : {}),
    ])
    return new Metrics(lines.join('\n'))
  }

  function linesOf(signal: string, unit: string, values: Record<string, number>): string[] {
    const counted = ['received', 'delivered', 'rejected', 'refused', 'dropped'].map((place) => [place, '_total'])
    return [...counted, ['queued', ''], ['in_flight', '']].map(
      ([place, suffix]) => `sluice_${place}_${unit}${suffix}{signal="${signal}"} ${values[place] ?? 0}`,
    )
  }

  it('holds when every received item is in one place', () => {
    const traces = { received: 21, delivered: 1, rejected: 2, refused: 3, dropped: 4, queued: 5, in_flight: 6 }
    expect(() => assertConservation(metricsOf(traces))).not.toThrow()
  })

  it('is broken, with every term named, when an item is missing', () => {
    expect(() => assertConservation(metricsOf({ received: 2, delivered: 1 }))).toThrow(
      'items are not conserved: traces {"received":2,"delivered":1',
    )
  })

  it('is broken when a request is in two places', () => {
    expect(() => assertConservation(metricsOf({}, { received: 1, delivered: 1, refused: 1 }))).toThrow(
      'requests are not conserved: logs',
    )
  })
})

describe('a log line', () => {
  it('is read into its fields, quoted values included', () => {
    expect(
      parseLogLine('ts=2026-01-01T00:00:00Z level=info event=engine_ready http=127.0.0.1:1 why="a \\"b\\" c=d"'),
    ).toEqual({
      ts: '2026-01-01T00:00:00Z',
      level: 'info',
      event: 'engine_ready',
      http: '127.0.0.1:1',
      why: 'a "b" c=d',
    })
  })
})
