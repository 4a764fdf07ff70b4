/** What otlp.validation looks at, made from the schema for the kernel's tables. */
import type { Field, Message } from './schema.ts'
import { ANY_VALUE, KEY_VALUE } from './schema-common.ts'

/** Same numbers in kernel/tables.ts; by the last part of a message's name. */
export const RULE = {
  Span: 1,
  NumberDataPoint: 2,
  HistogramDataPoint: 3,
  ExponentialHistogramDataPoint: 4,
  SummaryDataPoint: 5,
  ValueAtQuantile: 6,
  Exemplar: 7,
  Sample: 8,
  Profile: 9,
  Metric: 10,
} as const
const RULE_TEMPORAL_KIND = 11

/** @returns 0 for messages that have no rule */
export function ruleOf({ name, fields }: Message): number {
  if (fields.some((field) => field.name === 'aggregationTemporality')) return RULE_TEMPORAL_KIND
  const short = name.slice(name.lastIndexOf('.') + 1)
  return short in RULE ? RULE[short as keyof typeof RULE] : 0
}

/** @returns the bytes of an id that is set, 0 for fields that are no id */
export function idBytes({ hexId, name }: Field): number {
  if (!hexId) return 0
  return name.toLowerCase().endsWith('spanid') ? 8 : 16
}

/** Is it an index in a message that all signals have, though only profiles have a dictionary? */
export function isStrindex(message: Message, { name }: Field): boolean {
  return (message.name === ANY_VALUE || message.name === KEY_VALUE) && name.endsWith('Strindex')
}

/** Field numbers of ProfilesDictionary, by what an index into one of its tables is called. */
const INDEXED: readonly (readonly [end: RegExp, table: number])[] = [
  [/^mappingIndex$/, 1],
  [/^locationIndices$/, 2],
  [/^functionIndex$/, 3],
  [/^linkIndex$/, 4],
  [/Strindex$/, 5],
  [/^attributeIndices$/, 6],
  [/^stackIndex$/, 7],
]

/** @returns the table of the profiles dictionary that the field is an index of, or 0 */
export function indexedTable({ type, name }: Field): number {
  if (type !== 'int32') return 0
  return INDEXED.find(([end]) => end.test(name))?.[1] ?? 0
}
