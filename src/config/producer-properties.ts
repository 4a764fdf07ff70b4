/**
 * `kafka.producer.*`: any librdkafka property passes through; librdkafka itself refuses unknown names and bad values
 * when the producer is made. Here are only the defaults, the names that Sluice sets itself, and the promises that a
 * setting weakens. The one file outside src/produce that knows librdkafka's names.
 */
import type { Problem } from './config-error.ts'
import type { Entry } from './raw-entry.ts'

export const PRODUCER_PREFIX = 'kafka.producer.'

export const PRODUCER_DEFAULTS: Readonly<Record<string, string>> = {
  acks: 'all',
  'enable.idempotence': 'true',
  'linger.ms': '5',
  'compression.type': 'none',
}

/** librdkafka takes two names for one property and applies both in an order of its own: only one may be left. */
const ALIASES: Readonly<Record<string, string>> = {
  'request.required.acks': 'acks',
  'queue.buffering.max.ms': 'linger.ms',
  'compression.codec': 'compression.type',
}

const OWNED: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'is set by kafka.bootstrap.servers',
  'metadata.broker.list': 'is set by kafka.bootstrap.servers',
  'test.mock.num.brokers': 'is set by --embedded-broker',
  'transactional.id': 'is not supported: Sluice does not use transactions',
}

export interface ProducerProperties {
  readonly properties: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]
  readonly warnings: readonly string[]
}

/** Later entries win, as everywhere. */
export function producerProperties(entries: readonly Entry[], recordBytesMax: number): ProducerProperties {
  const given = new Map<string, Entry>()
  const problems: Problem[] = []
  for (const entry of entries) {
    const name = entry.key.slice(PRODUCER_PREFIX.length)
    const refusal = refusalOf(name)
    if (refusal === undefined) given.set(ALIASES[name] ?? name, entry)
    else problems.push(problemOf(entry, refusal))
  }
  const properties: Record<string, string> = { ...PRODUCER_DEFAULTS }
  for (const [name, entry] of given) properties[name] = entry.text.trim()
  // As in Kafka's own producer, weaker acks switch off the idempotence that nobody asked for.
  if (!isAcksAll(properties.acks) && !given.has('enable.idempotence')) properties['enable.idempotence'] = 'false'
  problems.push(...contradictions(properties, given, recordBytesMax))
  return { properties, problems, warnings: weakenedPromises(properties) }
}

function refusalOf(name: string): string | undefined {
  if (name === '') return 'must be followed by the name of a librdkafka property'
  if (name.endsWith('_cb')) return 'is a callback, which Sluice sets itself'
  return OWNED[name]
}

function contradictions(
  properties: Readonly<Record<string, string>>,
  given: ReadonlyMap<string, Entry>,
  recordBytesMax: number,
): Problem[] {
  const problems: Problem[] = []
  const acks = given.get('acks')
  if (acks !== undefined && !isAcksAll(acks.text.trim()) && properties['enable.idempotence'] === 'true') {
    problems.push(problemOf(acks, 'must be all while kafka.producer.enable.idempotence is true'))
  }
  const messageBytesMax = given.get('message.max.bytes')
  if (messageBytesMax !== undefined && Number(messageBytesMax.text) < recordBytesMax) {
    problems.push(problemOf(messageBytesMax, `must not be below kafka.record.max.bytes (${recordBytesMax})`))
  }
  return problems
}

function weakenedPromises(properties: Readonly<Record<string, string>>): string[] {
  const warnings: string[] = []
  if (!isAcksAll(properties.acks)) {
    warnings.push(
      `kafka.producer.acks=${properties.acks}: what was acknowledged can be lost with a broker; all keeps it`,
    )
  }
  if (properties['enable.idempotence'] !== 'true') {
    warnings.push(
      `kafka.producer.enable.idempotence=${properties['enable.idempotence']}: a retry can put a record into Kafka twice or out of order`,
    )
  }
  return warnings
}

function isAcksAll(acks: string): boolean {
  return acks === 'all' || acks === '-1'
}

function problemOf({ key, shown, source }: Entry, text: string): Problem {
  return { key, value: shown, source, text }
}
