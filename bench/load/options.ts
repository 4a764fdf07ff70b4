/** The load generator's command line, and the same as an object for those who start it. */
import { parseArgs } from 'node:util'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'

export interface LoadOptions {
  readonly protocol: 'http' | 'grpc'
  readonly signal: Signal
  /** `http://HOST:PORT` for both protocols; the path follows from the signal. */
  readonly url: string
  /** Requests in flight at most: connections for HTTP, streams over a few connections for gRPC. */
  readonly connections: number
  readonly items: number
  readonly itemBytes: number
  readonly format: 'protobuf' | 'json'
  readonly compression: 'none' | 'gzip'
  readonly warmUpS: number
  readonly durationS: number
  /** Requests per second; 0 = closed loop. */
  readonly ratePerS: number
  readonly timeoutS: number
  /** Distinct bodies, sent in turn. */
  readonly bodies: number
  readonly seed: number
}

export const LOAD_DEFAULTS: LoadOptions = {
  protocol: 'http',
  signal: 'traces',
  url: 'http://127.0.0.1:4318',
  connections: 16,
  items: 512,
  itemBytes: 400,
  format: 'protobuf',
  compression: 'none',
  warmUpS: 2,
  durationS: 10,
  ratePerS: 0,
  timeoutS: 15,
  bodies: 8,
  seed: 1,
}

const FLAGS: Readonly<Record<keyof LoadOptions, string>> = {
  protocol: 'protocol',
  signal: 'signal',
  url: 'url',
  connections: 'connections',
  items: 'items',
  itemBytes: 'item-bytes',
  format: 'format',
  compression: 'compression',
  warmUpS: 'warm-up-s',
  durationS: 'duration-s',
  ratePerS: 'rate',
  timeoutS: 'timeout-s',
  bodies: 'bodies',
  seed: 'seed',
}

const CHOICES: Partial<Record<keyof LoadOptions, readonly string[]>> = {
  protocol: ['http', 'grpc'],
  signal: SIGNALS,
  format: ['protobuf', 'json'],
  compression: ['none', 'gzip'],
}

/** Throws with a text for the terminal on anything unknown or out of range. */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  const flags = Object.fromEntries(Object.values(FLAGS).map((flag) => [flag, { type: 'string' as const }]))
  const { values } = parseArgs({ args: [...args], options: flags })
  const options: Record<string, unknown> = { ...LOAD_DEFAULTS }
  for (const [key, flag] of Object.entries(FLAGS) as [keyof LoadOptions, string][]) {
    const text = values[flag]
    if (typeof text === 'string') options[key] = parseValue(key, flag, text)
  }
  const parsed = options as unknown as LoadOptions
  if (parsed.protocol === 'grpc' && parsed.format === 'json')
    throw new Error('--protocol grpc takes --format protobuf only')
  return parsed
}

function parseValue(key: keyof LoadOptions, flag: string, text: string): string | number {
  const choices = CHOICES[key]
  if (choices && !choices.includes(text)) throw new Error(`--${flag} ${text}: one of ${choices.join(', ')}`)
  if (typeof LOAD_DEFAULTS[key] === 'string') return text
  const number = Number(text)
  const min = key === 'ratePerS' || key === 'warmUpS' || key === 'itemBytes' || key === 'seed' ? 0 : Number.MIN_VALUE
  if (text === '' || !Number.isFinite(number) || number < min)
    throw new Error(`--${flag} ${text}: a number from ${min === 0 ? 0 : 'above 0'}`)
  return number
}

/** The inverse of parseLoadOptions. */
export function loadArguments(options: Partial<LoadOptions>): string[] {
  return Object.entries(options).flatMap(([key, value]) => [`--${FLAGS[key as keyof LoadOptions]}`, String(value)])
}
