import { describe, expect, it } from 'vitest'
import { bestOf } from '../../../bench/row.ts'
import { formatTable } from '../../../bench/table.ts'

describe('the table', () => {
  it('shows every row in columns of one width', () => {
    const plain = { name: 'a', unit: 'items/s', value: 12_345_678, spread: 0.123, checksum: 'c0ffee' }
    const whole = {
      ...plain,
      name: 'a longer name',
      unit: 'us/item',
      value: 0.98765,
      extra: { p99Ms: 3.5, rssMb: Number.NaN },
    }
    const lines = formatTable([plain, whole]).split('\n')
    expect(lines).toHaveLength(4)
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1)
    expect(lines[2]).toMatch(/\| 12\.3 M items\/s +\| 12 % /)
    expect(lines[3]).toMatch(/\| 0\.988 us\/item .*\| 3\.5 /)
  })
})

describe('the best of several rounds', () => {
  it('is the highest or the lowest, with the distance between them', () => {
    expect(bestOf([10, 8, 9], 'higher')).toEqual({ best: 10, spread: 0.2 })
    expect(bestOf([10, 8, 9], 'lower')).toEqual({ best: 8, spread: 0.25 })
  })
})
