import { LOG_LEVELS } from '../base/log.ts'
import type { IntegerOption, OptionTable } from './option-types.ts'
import { isAddress } from './options-otlp.ts'

/** How the process itself behaves: threads, drain, admin ports, log. */
export const ENGINE_OPTIONS = {
  'engine.ingest.threads': {
    kind: 'auto',
    default: 'auto',
    min: 1,
    max: 16,
    unit: 'threads',
    meaning: 'Threads that read requests. `auto`: three tenths of the cores, 1 to 8.',
  },
  'engine.serializer.threads': {
    kind: 'auto',
    default: 'auto',
    min: 1,
    max: 32,
    unit: 'threads',
    meaning: 'Threads that turn requests into records. `auto`: about a third of the cores, 1 to 12.',
  },
  'engine.drain.timeout.ms': {
    kind: 'integer',
    default: 30_000,
    min: 0,
    max: 3_600_000,
    unit: 'ms',
    meaning: 'Time after SIGTERM to deliver and answer what was taken in; then the process ends and says what is left.',
  },
  'metrics.port': adminPort(8888, 'the metrics page (`GET /metrics`)'),
  'health.port': adminPort(13_133, 'the health page'),
  'admin.bind.address': {
    kind: 'text',
    default: '127.0.0.1',
    accepts: isAddress,
    allowed: 'an IP address or a host name',
    meaning: 'Address of the metrics and health ports.',
  },
  'log.level': {
    kind: 'choice',
    default: 'info',
    values: LOG_LEVELS,
    meaning: 'The least severe level that is written.',
  },
  'log.format': {
    kind: 'choice',
    default: 'logfmt',
    values: ['logfmt', 'json'],
    meaning: 'Form of the log lines on standard output.',
  },
} as const satisfies OptionTable

function adminPort(port: number, what: string): IntegerOption {
  return {
    kind: 'integer',
    default: port,
    min: -1,
    max: 65_535,
    unit: 'port',
    meaning: `Port of ${what}; 0 = off, -1 = any free port.`,
  }
}
