/** The configuration of a run, from its sources: default < file(s) < environment < `--set`. The only reader of process.env. */
import { readFileSync } from 'node:fs'
import { assemble, type LoadedConfig } from './assemble.ts'
import type { Problem } from './config-error.ts'
import { readEnvironment } from './environment.ts'
import { readConnectJson } from './json-file.ts'
import type { Environment } from './placeholders.ts'
import { type ReadEntries, readProperties } from './properties-file.ts'
import type { RawEntry } from './raw-entry.ts'

export type { EffectiveValue, LoadedConfig } from './assemble.ts'

/** One `--set key=value`. */
export interface Setting {
  readonly key: string
  readonly value: string
}

export interface ConfigSources {
  /** Later files win. */
  readonly files?: readonly string[]
  readonly sets?: readonly Setting[]
  /** The process's own unless given. */
  readonly environment?: Environment
  readonly embeddedBroker?: boolean
}

/** @throws ConfigError with every problem found in every source. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { files = [], sets = [], environment = process.env, embeddedBroker = false } = sources
  const fromSets = sets.map(({ key, value }) => ({ key, text: value, source: '--set' }))
  const layers: ReadEntries[] = [
    ...files.map(readFile),
    readEnvironment(environment),
    { entries: fromSets, problems: [] },
  ]
  return assemble({
    entries: layers.flatMap((layer) => layer.entries),
    problems: layers.flatMap((layer) => layer.problems),
    environment,
    embeddedBroker,
  })
}

/** Options of the library: values of code. The environment serves only `${env:NAME}`, it sets nothing. */
export type Options = Readonly<Record<string, string | number | boolean>>

/** @throws ConfigError */
export function configFromOptions(options: Options, { embeddedBroker = false } = {}): LoadedConfig {
  const entries: RawEntry[] = []
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(options)) {
    if (['string', 'number', 'boolean'].includes(typeof value))
      entries.push({ key, text: String(value), source: 'options' })
    else problems.push({ key, source: 'options', text: 'must be a string, a number or a boolean' })
  }
  return assemble({ entries, problems, environment: process.env, embeddedBroker })
}

function readFile(file: string): ReadEntries {
  try {
    const content = readFileSync(file, 'utf8')
    return isJson(file, content) ? readConnectJson(content, file) : readProperties(content, file)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    return { entries: [], problems: [{ key: '', source: file, text: `cannot be read (${reason})` }] }
  }
}

/** By the name where it says so; a mounted file often has no ending, and no .properties starts with a brace. */
function isJson(file: string, content: string): boolean {
  if (/\.json$/i.test(file)) return true
  return !/\.(?:properties|conf|cfg)$/i.test(file) && content.trimStart().startsWith('{')
}
