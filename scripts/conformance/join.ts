/**
 * The catalogue beside what ran. A row's verdict is the conjunction of the tests that name it; nothing passes by absence:
 * a row without a test, a skipped test, a title that names no row or an unknown one, a file that did not load are faults.
 */
import type { Row } from '../../test/conformance/catalog/row.ts'
import type { Case, Cases } from './cases.ts'

export interface RowResult {
  readonly row: Row
  readonly verdict: 'passed' | 'failed' | 'does not apply'
  readonly caseCount: number
  /** Why it failed; empty otherwise. */
  readonly reasons: readonly string[]
}

export interface Joined {
  /** In the order of the catalogue. */
  readonly results: readonly RowResult[]
  /** Faults that belong to no row. */
  readonly faults: readonly string[]
}

export function joinRows(catalog: readonly Row[], { cases, brokenFiles }: Cases): Joined {
  const casesById = new Map<string, Case[]>(catalog.map(({ id }) => [id, []]))
  const faults = brokenFiles.map((name) => `${name} did not load, or a hook of it threw`)
  if (casesById.size < catalog.length) faults.push('the catalogue names a row twice')
  for (const found of cases) {
    if (found.ids.length === 0) faults.push(`names no row: ${found.title}`)
    for (const id of found.ids) {
      const named = casesById.get(id)
      if (named === undefined) faults.push(`names ${id}, which is no row: ${found.title}`)
      else named.push(found)
    }
  }
  return { results: catalog.map((row) => judge(row, casesById.get(row.id)!)), faults }
}

function judge(row: Row, cases: readonly Case[]): RowResult {
  const caseCount = cases.length
  const reasons = cases
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ title, outcome }) => `${outcome}: ${title}`)
  if (row.not !== undefined) {
    if (caseCount > 0) reasons.push('said not to apply, and yet there are tests of it')
    return { row, verdict: reasons.length > 0 ? 'failed' : 'does not apply', caseCount, reasons }
  }
  if (caseCount === 0) reasons.push('there is no test of it')
  return { row, verdict: reasons.length > 0 ? 'failed' : 'passed', caseCount, reasons }
}
