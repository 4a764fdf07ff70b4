/** Entries from all sources, in rising order, become one frozen configuration, or a list of everything that is wrong. */
import { ConfigError, type Problem } from './config-error.ts'
import { isConnectKey } from './connect-keys.ts'
import { contradictions, warnings as warningsOf } from './contradictions.ts'
import { optionValueText, type ParsedValue, parseOptionValue } from './option-values.ts'
import { type Config, isOptionKey, OPTION_KEYS, type OptionKey, optionDefinition } from './options.ts'
import { type Environment, expandPlaceholders } from './placeholders.ts'
import { PRODUCER_PREFIX, type ProducerProperties, producerProperties } from './producer-properties.ts'
import type { Entry, RawEntry } from './raw-entry.ts'
import { displayUnknownValue, displayValue } from './secrets.ts'
import { nearest } from './suggest.ts'

export interface EffectiveValue {
  readonly key: string
  /** The value as it may be shown. */
  readonly shown: string
  readonly source: string
}

export interface LoadedConfig {
  readonly config: Config
  /** Allowed, but worth a line at start. */
  readonly warnings: readonly string[]
  /** Kafka Connect's own keys, accepted and without effect. */
  readonly ignoredKeys: readonly string[]
  /** Key (`kafka.producer.*` included) to where its value came from. */
  readonly sources: ReadonlyMap<string, string>
  /** Every option in the order of the table, then the producer's properties. */
  readonly effective: readonly EffectiveValue[]
}

export interface Assembly {
  readonly entries: readonly RawEntry[]
  /** Found while reading the sources. */
  readonly problems: readonly Problem[]
  readonly environment: Environment
  readonly embeddedBroker: boolean
}

/** @throws ConfigError with every problem of every source. */
export function assemble({ entries, problems, environment, embeddedBroker }: Assembly): LoadedConfig {
  const sorted = sortEntries(entries, environment)
  const parsed = parseEffective(sorted.options)
  const recordBytesMax = parsed.values['kafka.record.max.bytes']
  const producer = producerProperties(sorted.producer, typeof recordBytesMax === 'number' ? recordBytesMax : 0)
  const found = [
    ...problems,
    ...sorted.problems,
    ...parsed.problems,
    ...sorted.producer.flatMap(unresolvedProblems),
    ...producer.problems,
  ]
  // Contradictions are judged between valid values only: a wrong type would raise a second, misleading problem.
  const config = Object.freeze({
    ...parsed.values,
    producerProperties: Object.freeze(producer.properties),
    embeddedBroker,
  }) as unknown as Config
  const sources = sourcesOf(sorted)
  if (parsed.problems.length === 0) found.push(...contradictions(config, sources))
  if (found.length > 0) throw new ConfigError(found)
  return {
    config,
    warnings: [...warningsOf(config), ...producer.warnings],
    ignoredKeys: sorted.ignoredKeys,
    sources,
    effective: effectiveValues(config, sorted, producer, sources),
  }
}

interface SortedEntries {
  /** The last entry of each key: it alone counts, and it alone is judged. */
  readonly options: ReadonlyMap<OptionKey, Entry>
  readonly producer: readonly Entry[]
  readonly ignoredKeys: readonly string[]
  readonly problems: readonly Problem[]
}

function sortEntries(entries: readonly RawEntry[], environment: Environment): SortedEntries {
  const options = new Map<OptionKey, Entry>()
  const producer = new Map<string, Entry>()
  const ignoredKeys = new Set<string>()
  const problems: Problem[] = []
  for (const raw of entries) {
    if (isOptionKey(raw.key)) options.set(raw.key, expand(raw, environment))
    else if (raw.key.startsWith(PRODUCER_PREFIX)) producer.set(raw.key, expand(raw, environment))
    else if (isConnectKey(raw.key)) ignoredKeys.add(raw.key)
    else problems.push(unknownKey(raw))
  }
  return { options, producer: [...producer.values()], ignoredKeys: [...ignoredKeys], problems }
}

function expand(raw: RawEntry, environment: Environment): Entry {
  const { text, problems } = expandPlaceholders(raw.text, environment)
  // Shown is what was written: a placeholder may stand for a secret under any key.
  return { ...raw, text, shown: displayValue(raw.key, raw.text), unresolved: problems }
}

function unknownKey({ key, text, source }: RawEntry): Problem {
  const suggestion = nearest(key, OPTION_KEYS)
  const hint = suggestion === undefined ? 'see `sluice options`' : `did you mean ${suggestion}?`
  return { key, value: displayUnknownValue(key, text), source, text: `is not an option; ${hint}` }
}

function unresolvedProblems({ key, shown, source, unresolved }: Entry): Problem[] {
  return unresolved.map((text) => ({ key, value: shown, source, text }))
}

interface ParsedOptions {
  readonly values: Readonly<Record<string, ParsedValue>>
  readonly problems: readonly Problem[]
}

function parseEffective(entries: ReadonlyMap<OptionKey, Entry>): ParsedOptions {
  const values: Record<string, ParsedValue> = {}
  const problems: Problem[] = []
  for (const key of OPTION_KEYS) {
    const definition = optionDefinition(key)
    const entry = entries.get(key)
    values[key] = definition.default
    if (entry === undefined) continue
    const parsed = parseOptionValue(definition, entry.text)
    if (entry.unresolved.length > 0) problems.push(...unresolvedProblems(entry))
    else if (parsed.ok) values[key] = parsed.value
    else problems.push({ key, value: entry.shown, source: entry.source, text: parsed.text })
  }
  return { values, problems }
}

function sourcesOf(sorted: SortedEntries): Map<string, string> {
  const sources = new Map<string, string>(OPTION_KEYS.map((key) => [key, sorted.options.get(key)?.source ?? 'default']))
  for (const entry of sorted.producer) sources.set(entry.key, entry.source)
  return sources
}

function effectiveValues(
  config: Config,
  sorted: SortedEntries,
  producer: ProducerProperties,
  sources: ReadonlyMap<string, string>,
): EffectiveValue[] {
  const shownOf = new Map([...sorted.options.values(), ...sorted.producer].map((entry) => [entry.key, entry.shown]))
  const options = OPTION_KEYS.map((key) => ({ key: key as string, text: optionValueText(config[key]) }))
  const properties = Object.entries(producer.properties).map(([name, text]) => ({ key: PRODUCER_PREFIX + name, text }))
  return [...options, ...properties].map(({ key, text }) => ({
    key,
    shown: shownOf.get(key) ?? displayValue(key, text),
    source: sources.get(key) ?? 'default',
  }))
}
