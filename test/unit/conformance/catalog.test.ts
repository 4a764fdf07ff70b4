/** The catalogue is whole: leaving a row out is no way to pass it. */
import { expect, it } from 'vitest'
import { CATALOG } from '../../conformance/catalog/index.ts'

function ids(family: string, digits: number, ...ranges: readonly (readonly [from: number, to: number])[]): string[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => family + String(from + index).padStart(digits, '0')),
  )
}

const BAD_INPUT = [
  ...ids('B', 3, [1, 56], [60, 70], [74, 74], [76, 76], [78, 78], [80, 80], [82, 82], [84, 84], [86, 86], [88, 88]),
  ...ids('B', 3, [90, 115], [120, 124], [130, 135], [140, 146]),
]

it('has every row of the rules, the conditions and the bad input, once, in order', () => {
  expect(CATALOG.map(({ id }) => id)).toEqual([...ids('C', 2, [1, 136]), ...ids('H', 2, [1, 18]), ...BAD_INPUT])
})

it('says every rule, reason, limit and note in one line, and the rule without a full stop', () => {
  const texts = CATALOG.flatMap(({ rule, not = 'x', limit = 'x', note = 'x' }) => [rule, not, limit, note])
  expect(texts.filter((text) => text === '' || text.includes('\n'))).toEqual([])
  expect(CATALOG.filter(({ rule }) => rule.endsWith('.'))).toEqual([])
})
