import { expect, it } from 'vitest'
import type { Joined } from '../../../../scripts/conformance/join.ts'
import { conformancePage, failedCount, terminalLines } from '../../../../scripts/conformance/page.ts'

const JOINED: Joined = {
  results: [
    { row: { id: 'C01', level: 'M', rule: 'a | b' }, verdict: 'passed', caseCount: 8, reasons: [] },
    { row: { id: 'B002', level: 'own', rule: 'two', limit: 'closed' }, verdict: 'passed', caseCount: 1, reasons: [] },
    {
      row: { id: 'C04', level: 'd', rule: 'four', not: 'a reason' },
      verdict: 'does not apply',
      caseCount: 0,
      reasons: [],
    },
    { row: { id: 'C05', level: 'd', rule: 'five', note: 'so' }, verdict: 'failed', caseCount: 0, reasons: ['no test'] },
  ],
  faults: [],
}

it('prints a line for each row, reasons below those that failed, and the count last', () => {
  expect(terminalLines(JOINED)).toEqual([
    'C01   M    passed (8 cases)  a | b',
    'B002  own  passed (1 case)  two',
    'C04   d    does not apply  four',
    'C05   d    failed  five',
    '           no test',
    '',
    '1 of those that passed have a known limit, 1 rows do not apply',
    '2 passed, 1 failed',
  ])
})

it('counts a fault that belongs to no row as one failed', () => {
  const joined = { results: JOINED.results.slice(0, 1), faults: ['a.test.ts did not load'] }
  expect(failedCount(joined)).toBe(1)
  expect(terminalLines(joined).at(-1)).toBe('1 passed, 1 failed')
})

it('writes a table of row, level, rule, verdict, cases and remarks, with bars escaped', () => {
  const page = conformancePage(JOINED)
  expect(page).toContain('| C01 | M | a \\| b | passed | 8 | |\n')
  expect(page).toContain('| B002 | own | two | passed | 1 | Known limit: closed. |\n')
  expect(page).toContain('| C04 | d | four | does not apply | | A reason. |\n')
  expect(page).toContain('| C05 | d | five | failed | | So. |\n')
  expect(page).toContain('2 rows passed, 1 of them with a known limit; 1 failed; 1 do not apply.')
})
