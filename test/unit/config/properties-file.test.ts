import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readProperties } from '../../../src/config/properties-file.ts'

function pairs(content: string): [string, string][] {
  return readProperties(content, 'f').entries.map(({ key, text }) => [key, text])
}

test('a key ends at =, : or blanks, and one separator is dropped', () => {
  expect(pairs('a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf==6\ng\n')).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['d', '4'],
    ['e', '5'],
    ['f', '=6'],
    ['g', ''],
  ])
})

test('comments and blank lines are no settings', () => {
  expect(pairs('# a=1\n  ! b=2\n\n \t \nc=3#4')).toEqual([['c', '3#4']])
})

test('a backslash at the end of a line continues it without the leading blanks of the next', () => {
  expect(pairs('a=x,\\\n    y,\\\r\n\tz\nb=1\\\\\nc=2\\')).toEqual([
    ['a', 'x,y,z'],
    ['b', '1\\'],
    ['c', '2'],
  ])
})

test('escapes stand for their characters, in keys too', () => {
  expect(pairs('a\\:b\\ c=\\t\\n\\u00e9\\q\\\\')).toEqual([['a:b c', '\t\né' + 'q\\']])
})

test('a malformed \\u escaped is a problem with its line', () => {
  const { entries, problems } = readProperties('a=1\n\nb=\\u12g4\nc=\\\\u12', 'f')
  expect(entries.map(({ key }) => key)).toEqual(['a', 'c'])
  expect(problems.map(({ source }) => source)).toEqual(['f line 3'])
})

test('the source is the first line of a continued setting', () => {
  expect(readProperties('\n#x\na=1\\\n2\nb=3', 'f').entries.map(({ source }) => source)).toEqual([
    'f line 3',
    'f line 5',
  ])
})

/** UTF-16 code units, as Java writes them: lone surrogates included. */
const anyUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit))

test('what is escaped as Java does it comes back unchanged', () => {
  const escaped = (text: string) =>
    text.replace(/[^A-Za-z0-9]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: anyUnit }), fc.string({ unit: anyUnit }), (key, value) => {
      expect(pairs(`${escaped(key)}=${escaped(value)}`)).toEqual([[key, value]])
    }),
  )
})
