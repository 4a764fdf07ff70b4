/**
 * Delivery-report errors by librdkafka's text, because node-rdkafka loses the code, and the case of letters. What is not listed is taken as
 * "may be in Kafka, may succeed when sent again": the careful reading of an unknown error.
 */
export type DeliveryVerdict = 'too_large' | 'permanent' | 'retry'

const TOO_LARGE = lowerCase([
  'Broker: Message size too large',
  'Broker: Message batch larger than configured server segment size',
])

/** Refused by the broker for what the record is; sending the same bytes again gets the same answer. */
const PERMANENT = lowerCase([
  'Broker: Invalid message',
  'Broker: Invalid message size',
  'Broker: Broker failed to validate record',
  'Broker: Invalid timestamp',
  'Broker: Unsupported compression type',
])

const UNKNOWN_TOPIC = lowerCase(['Local: Unknown topic', 'Broker: Unknown topic or partition'])

/** Whether Kafka may lack the topic. @param text of the error, in any case of letters */
export function isUnknownTopic(text: string): boolean {
  return UNKNOWN_TOPIC.has(text.toLowerCase())
}

/** @param text of the error, in any case of letters */
export function deliveryVerdict(text: string): DeliveryVerdict {
  const lower = text.toLowerCase()
  if (TOO_LARGE.has(lower)) return 'too_large'
  return PERMANENT.has(lower) ? 'permanent' : 'retry'
}

function lowerCase(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()))
}
