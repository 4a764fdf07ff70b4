/**
 * Command-line words of `run` and `check`:  ( -c FILE | --config FILE | --set KEY=VALUE | --embedded-broker )...
 * A long flag also takes its value after `=`.
 */
import { parseArgs } from 'node:util'
import type { ConfigSources, Setting } from '../config/load.ts'
import { UsageError } from './usage.ts'

export type ConfigArguments = Required<Pick<ConfigSources, 'files' | 'sets' | 'embeddedBroker'>>

const FLAGS = {
  config: { type: 'string', short: 'c', multiple: true },
  set: { type: 'string', multiple: true },
  'embedded-broker': { type: 'boolean' },
} as const

/** @throws UsageError for what is not in the grammar above */
export function parseConfigArguments(argv: readonly string[]): ConfigArguments {
  const { config = [], set = [], 'embedded-broker': embeddedBroker = false } = parseFlags(argv, FLAGS)
  return { files: config, sets: set.map(parseSetting), embeddedBroker }
}

type Flags = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/** @throws UsageError for a flag that is not named, a value that is missing, a word that is no flag */
export function parseFlags<F extends Flags>(argv: readonly string[], options: F) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function parseSetting(text: string): Setting {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--set takes key=value, got ${at < 0 ? text : 'an empty key'}`)
  return { key: text.slice(0, at).trim(), value: text.slice(at + 1) }
}
