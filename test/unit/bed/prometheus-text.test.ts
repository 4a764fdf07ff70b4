import { describe, expect, it } from 'vitest'
import { lintNames, readPrometheusText } from '../../bed/prometheus-text.ts'

const HEAD = '# HELP a_total what\n# TYPE a_total counter\n'

describe('readPrometheusText', () => {
  it('reads families, labels with escapes, and every form of number', () => {
    const text = `${HEAD}a_total{x="1",y="a\\"b\\\\c\\n,}"} 3\na_total{x="2"} 1e+21\n# HELP g g\n# TYPE g gauge\ng -Inf\n`
    expect(readPrometheusText(text)).toEqual([
      {
        name: 'a_total',
        type: 'counter',
        help: 'what',
        samples: [
          { labels: { x: '1', y: 'a"b\\c\n,}' }, value: 3 },
          { labels: { x: '2' }, value: 1e21 },
        ],
      },
      { name: 'g', type: 'gauge', help: 'g', samples: [{ labels: {}, value: Number.NEGATIVE_INFINITY }] },
    ])
  })

  it.each([
    ['a last line without a line feed', `${HEAD}a_total 1`],
    ['a family without HELP', '# TYPE a_total counter\na_total 1\n'],
    ['an unknown type', '# HELP a a\n# TYPE a count\na 1\n'],
    ['a family twice', `${HEAD}a_total 1\n${HEAD}a_total{x="1"} 1\n`],
    ['a sample without a family', 'a 1\n'],
    ['a sample of another family', `${HEAD}b 1\n`],
    ['equal labels twice', `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
    ['a label twice', `${HEAD}a_total{x="1",x="2"} 1\n`],
    ['a raw quote in a value', `${HEAD}a_total{x="a"b"} 1\n`],
    ['a label name with a hyphen', `${HEAD}a_total{x-y="a"} 1\n`],
    ['a name with a hyphen', '# HELP a-b a\n# TYPE a-b gauge\na-b 1\n'],
    ['no number', `${HEAD}a_total undefined\n`],
    ['an empty number', `${HEAD}a_total \n`],
    ['a family without samples', HEAD],
    ['an empty line in between', `${HEAD}\na_total 1\n`],
  ])('refuses %s', (_, text) => expect(() => readPrometheusText(text)).toThrow())
})

describe('lintNames', () => {
  it('finds counters without _total, gauges with it, camelCase and units that are no base units', () => {
    const family = (name: string, type: string) => ({ name, type, help: 'h', samples: [] })
    const bad = [family('a', 'counter'), family('b_total', 'gauge'), family('aB', 'gauge'), family('c_ms', 'gauge')]
    expect(lintNames(bad)).toHaveLength(4)
    expect(lintNames([family('a_total', 'counter'), family('c_seconds', 'gauge')])).toEqual([])
  })
})
