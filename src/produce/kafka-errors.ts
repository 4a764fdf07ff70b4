/**
 * Delivery-report errors by librdkafka's text, because node-rdkafka loses the code. What is not listed is taken as
 * "may be in Kafka, may succeed when sent again": the careful reading of an unknown error.
 */
export type DeliveryVerdict = 'too_large' | 'permanent' | 'retry'

const TOO_LARGE = ['Broker: Message size too large', 'Broker: Message batch larger than configured server segment size']

/** Refused by the broker for what the record is; sending the same bytes again gets the same answer. */
const PERMANENT = [
  'Broker: Invalid message',
  'Broker: Invalid message size',
  'Broker: Broker failed to validate record',
  'Broker: Invalid timestamp',
  'Broker: Unsupported compression type',
]

export function deliveryVerdict(text: string): DeliveryVerdict {
  if (TOO_LARGE.includes(text)) return 'too_large'
  return PERMANENT.includes(text) ? 'permanent' : 'retry'
}
