import type { LogFields } from '../base/log.ts'
import { SIGNALS } from '../otlp/signal.ts'
import { conservation } from './conservation.ts'
import type { Snapshot } from './snapshot.ts'

/** Fields of event=task_metrics: totals since the start and depths now, in requests and items, all signals. */
export function taskMetricsFields(snapshot: Snapshot): LogFields {
  const facts = SIGNALS.map((signal) => snapshot.signals[signal])
  const sum = (value: (signal: (typeof facts)[number]) => number): number =>
    facts.reduce((all, each) => all + value(each), 0)
  const count = (name: string): number => sum(({ counters }) => counters[name]!)
  const errors = conservation(snapshot)
  return {
    engine: snapshot.engineState,
    kafka: snapshot.kafkaUp ? 'up' : 'down',
    received_requests: count('received_requests'),
    received_items: count('received_items'),
    delivered_items: count('delivered_items'),
    rejected_items: count('rejected_items'),
    refused_requests: count('refused_requests'),
    refused_items: count('refused_items'),
    dropped_items: count('dropped_items'),
    records_produced: count('produced_records'),
    delivery_errors: count('delivery_errors'),
    ...Object.fromEntries(SIGNALS.map((signal, index) => [`${signal}_queue_size`, facts[index]!.queueDepthRequests])),
    queue_capacity: snapshot.queueCapacityRequests,
    queued_items: sum(({ queued }) => queued.items),
    in_flight_items: sum(({ inFlight }) => inFlight.items),
    undelivered_items: sum(({ undelivered }) => undelivered.items),
    held_bytes: sum(({ heldBytes }) => heldBytes),
    conservation_error_items: SIGNALS.reduce((all, signal) => all + errors[signal].items, 0),
  }
}
