/**
 * Every counter of the engine: name, unit, help and which threads write it. All only grow.
 *
 * Conservation, per signal, in requests and in items, at every quiescent moment:
 *   received = delivered + rejected + refused + dropped + held
 * where `held` (queued and in flight) is not a counter but read from the request table, so that the sum can be wrong
 * and a test can see it. The ingress thread that owns a request decides its one final class; main and the serializers
 * only count work.
 */
export type CounterWriter = 'ingest' | 'serializer' | 'main'
export interface CounterFacts {
  readonly name: string
  readonly unit: 'requests' | 'items' | 'bytes' | 'records' | 'events'
  readonly help: string
  readonly writer: CounterWriter
  /** One word per signal, or one in all. */
  readonly perSignal: boolean
}

function counter(
  writer: CounterWriter,
  name: string,
  unit: CounterFacts['unit'],
  help: string,
  perSignal = true,
): CounterFacts {
  return { name, unit, help, writer, perSignal }
}

export const COUNTER_CATALOG = [
  counter('ingest', 'received_requests', 'requests', 'Export requests that got a verdict or entered the queue.'),
  counter('ingest', 'received_items', 'items', 'Items of requests that decoded.'),
  counter('ingest', 'received_bytes', 'bytes', 'Bytes of decoded request bodies, after decompression.'),
  counter(
    'ingest',
    'delivered_requests',
    'requests',
    'Requests whose every record Kafka confirmed before they were answered with an error.',
  ),
  counter('ingest', 'delivered_items', 'items', 'Items of delivered requests.'),
  counter(
    'ingest',
    'rejected_requests',
    'requests',
    'Requests refused for good: malformed, too large, or refused by Kafka.',
  ),
  counter('ingest', 'rejected_items', 'items', 'Items rejected for good.'),
  counter('ingest', 'rejected_items_text', 'items', 'Items rejected alone: text that is not valid UTF-8.'),
  counter('ingest', 'rejected_items_id', 'items', 'Items rejected alone: an id of a wrong length.'),
  counter('ingest', 'rejected_items_too_large', 'items', 'Items rejected alone: larger than a Kafka record.'),
  counter('ingest', 'rejected_items_policy', 'items', 'Items rejected alone by a rule of otlp.validation=strict.'),
  counter('ingest', 'warned_requests', 'requests', 'Requests accepted with a warning in the answer.'),
  counter('ingest', 'refused_requests', 'requests', 'Requests answered with a retryable error.'),
  counter('ingest', 'refused_items', 'items', 'Items of requests answered with a retryable error after they decoded.'),
  counter('ingest', 'dropped_requests', 'requests', 'Requests acknowledged and then lost (otlp.ack=queue only).'),
  counter('ingest', 'dropped_items', 'items', 'Items acknowledged and then lost.'),
  counter(
    'ingest',
    'late_requests',
    'requests',
    'Refused requests whose records Kafka confirmed afterwards: the source of duplicates.',
  ),
  counter('ingest', 'late_items', 'items', 'Items of late requests.'),
  counter(
    'ingest',
    'refused_queue_full',
    'events',
    'Refusals because the queue of the signal was full by count or bytes.',
  ),
  counter(
    'ingest',
    'refused_memory_full',
    'events',
    'Refusals because the arena, the request table or the inflating line of the thread was full.',
  ),
  counter('ingest', 'refused_kafka_down', 'events', 'Refusals because Kafka is known to be unreachable.'),
  counter('ingest', 'refused_not_running', 'events', 'Refusals while starting, paused or draining.'),
  counter(
    'ingest',
    'refused_deadline',
    'events',
    'Requests answered at their deadline, the outcome unknown or the request not taken yet.',
  ),
  counter(
    'ingest',
    'refused_kafka_error',
    'events',
    'Requests answered with an error because Kafka did not take their records.',
  ),
  counter(
    'ingest',
    'refused_kafka_misconfigured',
    'events',
    'Requests refused because Kafka lacks the topic or forbids to write to it: an operator has to act.',
  ),
  counter('ingest', 'disconnected', 'events', 'Clients that went away before they were answered.'),
  counter(
    'ingest',
    'http_invalid',
    'events',
    'HTTP requests outside the OTLP paths, methods and media types, or with headers that contradict one another.',
    false,
  ),
  counter('ingest', 'grpc_invalid', 'events', 'Calls over gRPC of unknown methods or of another content type.', false),
  counter('serializer', 'serialized_requests', 'requests', 'Requests serialized.'),
  counter('serializer', 'serialized_bytes', 'bytes', 'Bytes of serialized records.'),
  counter('main', 'produced_records', 'records', 'Records Kafka confirmed.'),
  counter('main', 'produced_bytes', 'bytes', 'Payload bytes of records handed to the producer.'),
  counter('main', 'delivery_errors', 'events', 'Delivery reports with an error.'),
  counter('main', 'retried_requests', 'requests', 'Requests sent again after a failed delivery or a dead serializer.'),
  counter('main', 'producer_queue_full', 'events', 'Times the producer queue had no room; the record waited.', false),
  counter('main', 'producers_created', 'events', 'Producer instances created, the first included.', false),
  counter('main', 'serializers_replaced', 'events', 'Serializer threads that died and were replaced.', false),
] as const satisfies readonly CounterFacts[]

type Catalog = typeof COUNTER_CATALOG
export type CounterName = string & Catalog[number]['name']
