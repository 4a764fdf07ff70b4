/** Keys of Kafka Connect's framework that a connector's JSON carries and that mean nothing here. Ignored, with one log line. */
const CONNECT_KEYS = new Set([
  'connector.class',
  'tasks.max',
  'tasks.max.enforce',
  'config.action.reload',
  'offsets.storage.topic',
  'exactly.once.support',
])

const CONNECT_PREFIXES = [
  'key.converter',
  'value.converter',
  'header.converter',
  'transforms',
  'predicates',
  'errors.',
  'topic.creation.',
  'transaction.boundary',
] as const

export function isConnectKey(key: string): boolean {
  return CONNECT_KEYS.has(key) || CONNECT_PREFIXES.some((prefix) => key.startsWith(prefix))
}
