import { describe, expect, it } from 'vitest'
import { counter, gauge, prometheusText, single } from '../../../src/observe/prometheus.ts'
import { readPrometheusText } from '../../bed/prometheus-text.ts'

describe('prometheusText', () => {
  it('writes HELP and TYPE before the samples of a family', () => {
    const text = prometheusText([
      counter('a_total', 'What.', [{ labels: { x: '1' }, value: 2 }]),
      gauge('b', 'Other.', single(-0.5)),
    ])
    expect(text).toBe(
      '# HELP a_total What.\n# TYPE a_total counter\na_total{x="1"} 2\n# HELP b Other.\n# TYPE b gauge\nb -0.5\n',
    )
  })

  it('escapes what would end a label or a line', () => {
    const value = 'a"b\\c\nd}'
    const text = prometheusText([gauge('g', 'one\ntwo\\', [{ labels: { name: value }, value: 1 }])])
    expect(text.split('\n')).toHaveLength(4)
    expect(readPrometheusText(text)[0]!.samples[0]!.labels).toEqual({ name: value })
  })

  it.each([
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1e+21'],
  ])('writes %d as %s', (value, text) =>
    expect(prometheusText([gauge('g', 'h', single(value))])).toMatch(
      new RegExp(`^g ${text.replace('+', '\\+')}$`, 'm'),
    ),
  )

  it('leaves out a family that has no sample', () =>
    expect(prometheusText([gauge('g', 'h', []), gauge('k', 'h', single(1))])).not.toContain('g h'))
})
