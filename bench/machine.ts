/** What a figure depends on besides the code: kept with every result. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly node: string
  readonly librdkafka: string
  readonly commit: string
  /** Files differ from the commit. */
  readonly modified: boolean
  /** Of the minute before the bench: above 0.5 the machine was not quiet. */
  readonly loadAverage: number
}

export function readMachine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.version,
    librdkafka: librdkafkaVersion(),
    commit: git('rev-parse', '--short=12', 'HEAD'),
    modified: git('status', '--porcelain', '--untracked-files=no') !== '',
    loadAverage: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
  }
}

/** From the package's own description: loading the addon only to ask it would start its threads. */
function librdkafkaVersion(): string {
  const path = new URL('../node_modules/node-rdkafka/package.json', import.meta.url)
  return JSON.parse(readFileSync(path, 'utf8')).librdkafka
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: new URL('..', import.meta.url), encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
