import { MIB } from '../base/units.ts'
import type { OptionTable, TextOption } from './option-types.ts'

const FORMATS = ['json', 'protobuf'] as const

/** Where it goes and in what form. Properties of the producer itself are in producer-properties.ts. */
export const KAFKA_OPTIONS = {
  'otlp.message.format': {
    kind: 'choice',
    default: 'json',
    values: FORMATS,
    meaning:
      "`json`: a record is OTLP/JSON. `protobuf`: a record is the Export request in protobuf. The Collector's kafka receiver reads both.",
  },
  'otlp.message.format.traces': formatOf('traces'),
  'otlp.message.format.metrics': formatOf('metrics'),
  'otlp.message.format.logs': formatOf('logs'),
  'otlp.message.format.profiles': formatOf('profiles'),
  'kafka.bootstrap.servers': {
    kind: 'list',
    default: [],
    accepts: (server) =>
      /^(?:[A-Za-z_]+:\/\/)?(?:\[[0-9A-Fa-f:.%]+\]|[0-9A-Za-z][0-9A-Za-z._-]*)(?::\d{1,5})?$/.test(server),
    allowed: '`host:port`, several separated by commas',
    meaning: 'Kafka brokers to ask first. Required, unless `--embedded-broker` is given.',
  },
  'kafka.topic.traces': topic('otlp-traces', 'traces'),
  'kafka.topic.metrics': topic('otlp-metrics', 'metrics'),
  'kafka.topic.logs': topic('otlp-logs', 'logs'),
  'kafka.topic.profiles': topic('otlp-profiles', 'profiles'),
  'kafka.topic.create': { kind: 'boolean', default: false, meaning: 'Whether missing topics are created at start.' },
  'kafka.topic.partitions': {
    kind: 'integer',
    default: 6,
    min: 1,
    max: 10_000,
    unit: 'partitions',
    meaning: 'Partitions of a topic that Sluice creates.',
  },
  'kafka.topic.replication.factor': {
    kind: 'integer',
    default: 1,
    min: 1,
    max: 1000,
    unit: 'replicas',
    meaning: 'Copies of a topic that Sluice creates.',
  },
  'kafka.record.max.bytes': {
    kind: 'integer',
    default: 1_000_000,
    min: 1000,
    max: 64 * MIB,
    unit: 'bytes',
    meaning:
      'Largest record. A request becomes one record; one whose record would be larger is refused for good, as a partial success. Keep it at or below the `max.message.bytes` of the topics.',
  },
} as const satisfies OptionTable

/** Kafka's own rule. A template of later versions (`{attribute}`) is refused by the same rule and named in the text. */
function topic(name: string, signal: string): TextOption {
  return {
    kind: 'text',
    default: name,
    accepts: (value) => /^[A-Za-z0-9._-]{1,249}$/.test(value) && value !== '.' && value !== '..',
    allowed:
      '1 to 249 letters, digits, `.`, `_` or `-`, and not `.` or `..` (`{attribute}` templates are not supported)',
    meaning: `Topic that takes ${signal}.`,
  }
}

function formatOf(signal: string) {
  return {
    kind: 'choice',
    default: '',
    values: ['', ...FORMATS],
    meaning: `Format for ${signal}; empty = \`otlp.message.format\`.`,
  } as const
}
