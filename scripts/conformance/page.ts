/** How the rows are shown: lines for the terminal, docs/conformance.md for readers. No times, nothing that varies by run. */
import type { Joined, RowResult } from './join.ts'

export function terminalLines({ results, faults }: Joined): string[] {
  const idWidth = Math.max(0, ...results.map(({ row }) => row.id.length))
  const lines = results.flatMap(({ row, verdict, caseCount, reasons }) => [
    `${row.id.padEnd(idWidth)}  ${row.level.padEnd(3)}  ${verdict}${casesText(caseCount)}  ${row.rule}`,
    ...reasons.map((reason) => `${' '.repeat(idWidth)}       ${reason}`),
  ])
  const { limited, notApplicable } = countResults(results)
  const failed = failedCount({ results, faults })
  const passed = results.filter(({ verdict }) => verdict === 'passed').length
  return [
    ...lines,
    ...faults.map((fault) => `fault: ${fault}`),
    '',
    `${limited} of those that passed have a known limit, ${notApplicable} rows do not apply`,
    `${passed} passed, ${failed} failed`,
  ]
}

export function failedCount({ results, faults }: Joined): number {
  return results.filter(({ verdict }) => verdict === 'failed').length + faults.length
}

const HEAD = `# Conformance

Made by \`npm run test:conformance\`; do not edit. Each row is proved by tests against the engine as a process and a real Kafka, for
the four signals and for gRPC, HTTP with protobuf and HTTP with JSON where the row applies to them. A row passes when
every test that names it passes.

- Rows: C are rules of OTLP, of gRPC and of what they build on; H are conditions, each with its one answer; B are bad input.
- Levels: M must, R recommended, S should, m may, d described without a key word, own: a promise of this project.
- A known limit says what happens instead; the tests of the row assert exactly that.
`

export function conformancePage({ results }: Joined): string {
  const { limited, notApplicable } = countResults(results)
  const passed = results.filter(({ verdict }) => verdict === 'passed').length
  const failed = results.filter(({ verdict }) => verdict === 'failed').length
  const summary = `${passed} rows passed, ${limited} of them with a known limit; ${failed} failed; ${notApplicable} do not apply.`
  const rows = results.map(pageRow)
  return [
    HEAD,
    summary,
    '',
    '| row | level | rule | verdict | cases | remarks |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function pageRow({ row, verdict, caseCount }: RowResult): string {
  const limit = row.limit === undefined ? undefined : `known limit: ${row.limit}`
  const remarks = [row.not, limit, row.note]
    .map((text) => (text === undefined ? '' : sentence(text)))
    .filter(Boolean)
    .join(' ')
  const cells = [row.id, row.level, row.rule, verdict, caseCount === 0 ? '' : String(caseCount), remarks]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |')
}

function countResults(results: readonly RowResult[]): { limited: number; notApplicable: number } {
  return {
    limited: results.filter(({ row, verdict }) => verdict === 'passed' && row.limit !== undefined).length,
    notApplicable: results.filter(({ verdict }) => verdict === 'does not apply').length,
  }
}

function casesText(caseCount: number): string {
  if (caseCount === 0) return ''
  return caseCount === 1 ? ' (1 case)' : ` (${caseCount} cases)`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
