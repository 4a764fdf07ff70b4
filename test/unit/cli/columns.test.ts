import { expect, test } from 'vitest'
import { alignColumns } from '../../../src/cli/columns.ts'

test('columns are as wide as their widest cell and lines have no trailing blanks', () => {
  expect(
    alignColumns([
      ['a', 'bbb', 'c'],
      ['aaaa', '', ''],
    ]),
  ).toEqual(['a     bbb  c', 'aaaa'])
})
