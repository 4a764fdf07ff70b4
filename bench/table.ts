import type { BenchRow } from './row.ts'

interface Column {
  readonly title: string
  readonly text: (row: BenchRow) => string
}

const COLUMNS: readonly Column[] = [
  { title: 'bench', text: ({ name }) => name },
  { title: 'best', text: ({ value, unit }) => `${compact(value)} ${unit}` },
  { title: 'spread', text: ({ spread }) => `${(spread * 100).toFixed(0)} %` },
  { title: 'items/s', text: (row) => extra(row, 'itemsPerS') },
  { title: 'cpu us/item', text: (row) => extra(row, 'cpuUsPerItem') },
  { title: 'p50 ms', text: (row) => extra(row, 'p50Ms') },
  { title: 'p99 ms', text: (row) => extra(row, 'p99Ms') },
  { title: 'p99.9 ms', text: (row) => extra(row, 'p999Ms') },
  { title: 'in MB/s', text: (row) => extra(row, 'inMbPerS') },
  { title: 'out MB/s', text: (row) => extra(row, 'outMbPerS') },
  { title: 'rss MB', text: (row) => extra(row, 'rssMb') },
  { title: 'checksum', text: ({ checksum }) => checksum },
]

/** As a Markdown table: it reads in a terminal and can be put into docs/performance.md as it is. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = [COLUMNS.map(({ title }) => title), ...rows.map((row) => COLUMNS.map(({ text }) => text(row)))]
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function extra(row: BenchRow, key: string): string {
  const value = row.extra?.[key]
  return typeof value === 'number' && Number.isFinite(value) ? compact(value) : ''
}

/** Three significant digits, or whole above 1000. */
function compact(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
