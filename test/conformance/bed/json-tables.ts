/** Tables of values of one member, in OTLP/JSON and as what they mean. */
import { type JsonCase, logModel, logText, pointModel, pointText, spanModel, spanText } from './json-cases.ts'
import type { Model } from './models.ts'

export type Meaning = Model | 'invalid'
/** A member's value as text, and the fields it makes. */
export type Table = readonly (readonly [value: string, means: Meaning, isOracleAsked?: boolean])[]

export const TRACE_ID = '5b8efff798038103d269b633813fc60c'
export const SPAN_ID = 'eee19b7ec3c1b174'

export function table(
  label: string,
  rows: Table,
  caseOf: (value: string) => Pick<JsonCase, 'signal' | 'text'>,
  model: (fields: Model) => Model,
): JsonCase[] {
  return rows.map(([value, means, isOracleAsked = true]) => {
    return { label, ...caseOf(value), means: means === 'invalid' ? means : model(means), isOracleAsked }
  })
}

export const spans = (label: string, member: string, rows: Table): JsonCase[] =>
  table(
    label,
    rows,
    (value) => ({ signal: 'traces', text: spanText(`"name":"x","${member}":${value}`) }),
    (fields) => spanModel({ name: 'x', ...fields }),
  )

export const bodies = (label: string, rows: Table): JsonCase[] =>
  table(
    label,
    rows,
    (value) => ({ signal: 'logs', text: logText(`"severityText":"x","body":${value}`) }),
    (fields) => logModel({ severityText: 'x', ...fields }),
  )

export const points = (label: string, kind: string, member: string, rows: Table): JsonCase[] =>
  table(
    label,
    rows,
    (value) => ({ signal: 'metrics', text: pointText(`"timeUnixNano":"1","${member}":${value}`, kind) }),
    (fields) => pointModel({ timeUnixNano: '1', ...fields }, kind),
  )

/** The same meaning for every text. */
export const each = (texts: readonly string[], means: Meaning): Table => texts.map((text) => [text, means])
