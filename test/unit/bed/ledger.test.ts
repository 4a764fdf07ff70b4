import { describe, expect, it } from 'vitest'
import { Ledger } from '../../bed/ledger.ts'

function ledgerOf(answers: readonly boolean[]): { ledger: Ledger; names: string[] } {
  const ledger = new Ledger()
  const names = answers.map((isAccepted) => {
    const name = ledger.next()
    ledger.answered(name, 'http', isAccepted ? 200 : 503, isAccepted)
    return name
  })
  return { ledger, names }
}

describe('the ledger', () => {
  it('misses what was acknowledged and is nowhere', () => {
    const { ledger, names } = ledgerOf([true, true])
    expect(ledger.judge([names[1]!])).toMatchObject({ missing: [names[0]], duplicates: [] })
  })

  it('sees what is there twice, in one record or two', () => {
    const { ledger, names } = ledgerOf([true, true, true])
    const [a, b, c] = names as [string, string, string]
    expect(ledger.judge([a, `{"x":"${b}"} "${b}"`, c, a])).toMatchObject({
      missing: [],
      duplicates: [a, b],
      records: 4,
    })
  })

  it('counts what is there though nobody was told so', () => {
    const { ledger, names } = ledgerOf([true, false])
    expect(ledger.judge(names)).toMatchObject({ missing: [], unacknowledged: 1 })
    expect(ledger.count('http 200', 'http 503', 'grpc 0')).toBe(2)
  })

  it('finds its names in a request as it is sent', () => {
    const { ledger, names } = ledgerOf([true])
    expect(ledger.judge([Ledger.body(names[0]!, 100).toString('latin1')])).toMatchObject({ missing: [], records: 1 })
  })
})
