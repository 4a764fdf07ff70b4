import { describe, expect, it } from 'vitest'
import { headerBlock, integer, readHeaderBlock } from '../../bed/hpack.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('a header block', () => {
  it('is read as it was written, upper case, repetition and long values included', () => {
    const fields = [
      ['x-A', 'b'],
      ['x-A', ''],
      [':path', '/p'],
      ['long', 'v'.repeat(300)],
    ] as const
    expect(readHeaderBlock(headerBlock(fields))).toEqual(fields)
  })

  // The examples of RFC 7541 C.4 and C.6, with fields of the static table only.
  it.each([
    [
      '82 86 84 41 8c f1e3 c2e5 f23a 6ba0 ab90 f4ff',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', '/'],
        [':authority', 'www.example.com'],
      ],
    ],
    ['88', [[':status', '200']]],
    [
      '20 48 82 64 02 58 85 ae c3 77 1a 4b',
      [
        [':status', '302'],
        ['cache-control', 'private'],
      ],
    ],
  ])('is read as RFC 7541 writes it: %s', (block, fields) => {
    expect(readHeaderBlock(hex(block))).toEqual(fields)
  })

  it('is refused when it needs a table of the peer', () => {
    expect(() => readHeaderBlock(hex('be'))).toThrow('static table')
  })
})

it.each([
  [10, '0a'],
  [1337, '1f9a0a'],
])('an integer has the form of RFC 7541 C.1: %i', (value, bytes) => {
  expect(integer(value, 5, 0).toString('hex')).toBe(bytes)
})
