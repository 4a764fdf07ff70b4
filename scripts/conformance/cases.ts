/** The tests of one vitest JSON report, with the rows their titles name: `[C13 B028] gRPC traces: ...`. */

export interface Case {
  readonly title: string
  /** Rows named in the brackets at the start of the title. */
  readonly ids: readonly string[]
  readonly outcome: 'passed' | 'failed' | 'skipped'
}

export interface Cases {
  readonly cases: readonly Case[]
  /** Files that could not be loaded or whose hooks threw: their tests prove nothing, whatever else passed. */
  readonly brokenFiles: readonly string[]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

const BRACKETS = /^\[([^\]]*)\]/

/** @param text what vitest's reporter `json` wrote */
export function readCases(text: string): Cases {
  const { testResults }: Report = JSON.parse(text)
  const cases = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status }): Case => ({ title, ids: idsOf(title), outcome: outcomeOf(status) })),
  )
  const brokenFiles = testResults
    .filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed))
    .map(({ name }) => name)
  return { cases, brokenFiles }
}

export function idsOf(title: string): string[] {
  const inside = BRACKETS.exec(title)?.[1] ?? ''
  return inside.split(/[\s,]+/).filter((id) => id !== '')
}

function outcomeOf(status: string): Case['outcome'] {
  if (status === 'passed' || status === 'failed') return status
  return 'skipped'
}

function isFailed({ status }: { readonly status: string }): boolean {
  return status === 'failed'
}
