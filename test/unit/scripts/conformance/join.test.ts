import { describe, expect, it } from 'vitest'
import type { Case } from '../../../../scripts/conformance/cases.ts'
import { joinRows } from '../../../../scripts/conformance/join.ts'
import type { Row } from '../../../conformance/catalog/row.ts'

const C01: Row = { id: 'C01', level: 'M', rule: 'one' }
const C02: Row = { id: 'C02', level: 'S', rule: 'two' }
const NOT: Row = { id: 'C04', level: 'd', rule: 'four', not: 'a reason' }

function ran(ids: string[], outcome: Case['outcome'] = 'passed'): Case {
  return { title: `[${ids.join(' ')}] a title`, ids, outcome }
}

function join(catalog: readonly Row[], cases: readonly Case[], brokenFiles: readonly string[] = []) {
  return joinRows(catalog, { cases, brokenFiles })
}

function verdicts(catalog: readonly Row[], cases: readonly Case[]): string[] {
  return join(catalog, cases).results.map(({ verdict }) => verdict)
}

describe('a row', () => {
  it('passes when every test that names it passes', () => {
    expect(join([C01, C02], [ran(['C01', 'C02']), ran(['C01'])]).results).toMatchObject([
      { verdict: 'passed', caseCount: 2, reasons: [] },
      { verdict: 'passed', caseCount: 1, reasons: [] },
    ])
  })

  it('fails with one failed test among those that passed', () => {
    expect(verdicts([C01, C02], [ran(['C01', 'C02']), ran(['C01'], 'failed')])).toEqual(['failed', 'passed'])
  })

  it('fails with a skipped test', () => {
    expect(verdicts([C01], [ran(['C01'], 'skipped'), ran(['C01'])])).toEqual(['failed'])
  })

  it('fails without a test', () => {
    const [, second] = join([C01, C02], [ran(['C01'])]).results
    expect(second).toMatchObject({ verdict: 'failed', reasons: ['there is no test of it'] })
  })

  it('does not apply with a reason and no test; with a test it fails', () => {
    expect(verdicts([NOT], [])).toEqual(['does not apply'])
    expect(verdicts([NOT], [ran(['C04'])])).toEqual(['failed'])
  })
})

describe('a fault beside the rows', () => {
  it('is a title that names an unknown row, also beside a known one', () => {
    expect(join([C01], [ran(['C01', 'C99'])]).faults).toEqual(['names C99, which is no row: [C01 C99] a title'])
  })

  it('is a title without rows', () => {
    expect(join([], [ran([])]).faults).toEqual(['names no row: [] a title'])
  })

  it('is a broken file', () => {
    expect(join([], [], ['a.test.ts']).faults).toEqual(['a.test.ts did not load, or a hook of it threw'])
  })

  it('is a row that stands twice in the catalogue', () => {
    expect(join([C01, C01], [ran(['C01'])]).faults).toEqual(['the catalogue names a row twice'])
  })
})
