/** `sluice check`: the configuration as it takes effect, the memory it needs, and what Kafka says to it. */
import { availableParallelism } from 'node:os'
import { ConfigError } from '../config/config-error.ts'
import { type Limits, type MemoryShare, resolveLimits } from '../config/limits.ts'
import { type EffectiveValue, type LoadedConfig, loadConfig } from '../config/load.ts'
import { producerProblems, producerQueueBytes } from '../engine-kafka.ts'
import { checkKafka, type KafkaFinding } from '../kafka-check.ts'
import { parseConfigArguments } from './arguments.ts'
import { alignColumns } from './columns.ts'
import { refuseStart } from './refuse-start.ts'
import { EXIT } from './usage.ts'

export type KafkaProbe = typeof checkKafka

/** @returns the exit code; every problem is on standard error, one a line */
export async function checkCommand(argv: readonly string[], probe: KafkaProbe = checkKafka): Promise<number> {
  const sources = parseConfigArguments(argv)
  try {
    const loaded = loadConfig(sources)
    const limits = resolveLimits(loaded.config, availableParallelism())
    const problems = await producerProblems(loaded)
    if (problems.length > 0) throw new ConfigError(problems)
    process.stdout.write(checkText(loaded, limits))
    return reportKafka(await probe(loaded.config))
  } catch (error) {
    if (error instanceof ConfigError) return refuseStart(error)
    throw error
  }
}

export function checkText(loaded: LoadedConfig, limits: Limits): string {
  return [
    'Effective values',
    ...valueLines(loaded.effective),
    '',
    `Threads: ${limits.ingestThreads} ingest, ${limits.serializerThreads} serializer, 1 main`,
    '',
    'Shared memory (address space; resident only where used)',
    ...memoryLines(limits.memorySum),
    '',
    'Beside it, at most (the process itself takes about 150 MB more)',
    ...memoryLines([...limits.besideSum, { what: 'producer queue', bytes: producerQueueBytes(loaded.config) }]),
    ...noteLines(loaded, limits),
    '',
  ].join('\n')
}

function valueLines(values: readonly EffectiveValue[]): string[] {
  return alignColumns(values.map(({ key, shown, source }) => [`  ${key}`, shown === '' ? '(empty)' : shown, source]))
}

function memoryLines(shares: readonly MemoryShare[]): string[] {
  const total = shares.reduce((sum, { bytes }) => sum + bytes, 0)
  const rows = [...shares, { what: '= total', bytes: total }]
  const width = String(total).length
  return alignColumns(rows.map(({ what, bytes }) => [`  ${what}`, `${String(bytes).padStart(width)} bytes`]))
}

function noteLines({ warnings, ignoredKeys }: LoadedConfig, limits: Limits): string[] {
  const lines = [...warnings, ...limits.warnings].map((warning) => `warning: ${warning}`)
  if (ignoredKeys.length > 0) lines.push(`ignored (Kafka Connect's own): ${ignoredKeys.join(', ')}`)
  return lines.length > 0 ? ['', ...lines] : []
}

function reportKafka(findings: readonly KafkaFinding[]): number {
  if (findings.length > 0) process.stdout.write('\nKafka\n')
  for (const { ok, text } of findings) process.stdout.write(`  ${ok ? 'ok' : 'PROBLEM'}  ${text}\n`)
  return findings.every(({ ok }) => ok) ? EXIT.CLEAN : EXIT.COULD_NOT_START
}
