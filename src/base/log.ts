import { writeSync } from 'node:fs'

/**
 * One line per event, on standard output, written synchronously: a line said before a crash is a line seen after it.
 * Lines are rare by design (per-request events are rate-limited or DEBUG), so the blocking write costs nothing that counts.
 */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = 'logfmt' | 'json'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void

export interface LogOptions {
  readonly level: LogLevel
  readonly format: LogFormat
}

export function createLog(options: LogOptions, write: (line: string) => void = writeLine): Log {
  const threshold = LOG_LEVELS.indexOf(options.level)
  const format = options.format === 'json' ? jsonLine : logfmtLine
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < threshold) return
    write(format({ ts: new Date().toISOString(), level, event, ...fields }))
  }
}

function writeLine(line: string): void {
  try {
    writeSync(1, `${line}\n`)
  } catch {
    // Standard output is closed or its pipe is full: there is nobody to tell, and a log line must not stop delivery.
  }
}

function jsonLine(fields: LogFields): string {
  return JSON.stringify(fields)
}

function logfmtLine(fields: LogFields): string {
  const parts: string[] = []
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${key}=${logfmtValue(String(value))}`)
  }
  return parts.join(' ')
}

/** Quoted when a parser would otherwise split it; control characters never reach the terminal raw. */
function logfmtValue(value: string): string {
  return /^[^\s"=\\\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value)
}
