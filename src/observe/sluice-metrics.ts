/** Family `sluice_*`: every counter of the catalogue by signal and thread, and what the engine holds now. */
import { SIGNALS } from '../otlp/signal.ts'
import { COUNTER_CATALOG } from '../shared-memory/counter-catalog.ts'
import { conservation } from './conservation.ts'
import { counter, type Family, gauge, type Sample, single } from './prometheus.ts'
import { ENGINE_STATE_NAMES, type SignalSnapshot, type Snapshot } from './snapshot.ts'

export function sluiceFamilies(snapshot: Snapshot, version: string): readonly Family[] {
  return [
    gauge('sluice_build_info', 'Always 1; the version is a label.', [
      { labels: { version, node_version: process.versions.node }, value: 1 },
    ]),
    ...stateFamilies(snapshot),
    ...counterFamilies(snapshot),
    ...heldFamilies(snapshot),
    ...conservationFamilies(snapshot),
  ]
}

function stateFamilies({ engineState, kafkaUp, threads, queueCapacityRequests }: Snapshot): readonly Family[] {
  return [
    gauge(
      'sluice_engine_state',
      '1 for the state that the engine is in.',
      ENGINE_STATE_NAMES.map((state) => ({ labels: { state }, value: Number(state === engineState) })),
    ),
    gauge(
      'sluice_kafka_up',
      '1 while Kafka confirms records or a broker is connected, 0 while requests are refused.',
      single(Number(kafkaUp)),
    ),
    gauge(
      'sluice_thread_heartbeat_age_seconds',
      'Time since the last sign of life of a thread.',
      threads
        .filter(({ state, role }) => role === 'main' || state !== 'absent')
        .map(({ name, heartbeatAgeMs }) => ({ labels: { thread: name }, value: heartbeatAgeMs / 1000 })),
    ),
    gauge(
      'sluice_queue_capacity_requests',
      'Requests that the queue of one signal takes (otlp.message.queue.size).',
      single(queueCapacityRequests),
    ),
  ]
}

function counterFamilies({ counters }: Snapshot): readonly Family[] {
  return COUNTER_CATALOG.map(({ name, help }) => {
    const readings = counters.filter(({ facts }) => facts.name === name)
    const samples = readings.map(({ signal, thread, value }) => ({
      labels: signal === undefined ? { thread } : { signal, thread },
      value,
    }))
    return counter(`sluice_${name}_total`, help, samples)
  })
}

const QUEUED = 'that wait in the queue for a serializer'
const IN_FLIGHT = 'that were taken from the queue and have no final outcome yet'
const LATE = 'that were answered with an error at their deadline and are still on their way: possible duplicates'

function heldFamilies(snapshot: Snapshot): readonly Family[] {
  const bySignal = (value: (facts: SignalSnapshot) => number): readonly Sample[] =>
    SIGNALS.map((signal) => ({ labels: { signal }, value: value(snapshot.signals[signal]) }))
  return [
    gauge(
      'sluice_queued_requests',
      `Requests ${QUEUED}.`,
      bySignal(({ queued }) => queued.requests),
    ),
    gauge(
      'sluice_queued_items',
      `Items of requests ${QUEUED}.`,
      bySignal(({ queued }) => queued.items),
    ),
    gauge(
      'sluice_queued_bytes',
      `Body bytes of requests ${QUEUED}.`,
      bySignal(({ queued }) => queued.bytes),
    ),
    gauge(
      'sluice_in_flight_requests',
      `Requests ${IN_FLIGHT}.`,
      bySignal(({ inFlight }) => inFlight.requests),
    ),
    gauge(
      'sluice_in_flight_items',
      `Items of requests ${IN_FLIGHT}.`,
      bySignal(({ inFlight }) => inFlight.items),
    ),
    gauge(
      'sluice_late_pending_requests',
      `Requests ${LATE}.`,
      bySignal(({ latePending }) => latePending.requests),
    ),
    gauge(
      'sluice_late_pending_items',
      `Items of requests ${LATE}.`,
      bySignal(({ latePending }) => latePending.items),
    ),
    gauge(
      'sluice_undelivered_items',
      'Items acknowledged and not confirmed by Kafka: lost if the process dies now (otlp.ack=queue only).',
      bySignal(({ undelivered }) => undelivered.items),
    ),
    gauge(
      'sluice_held_bytes',
      'Bodies in memory, from the first byte received on, each rounded up to a KiB; otlp.queue.max.bytes limits it.',
      bySignal(({ heldBytes }) => heldBytes),
    ),
  ]
}

function conservationFamilies(snapshot: Snapshot): readonly Family[] {
  const errors = conservation(snapshot)
  const help = 'received - delivered - rejected - refused - dropped - queued - in flight: 0 whenever nothing moves.'
  return (['items', 'requests'] as const).map((unit) =>
    gauge(
      `sluice_conservation_error_${unit}`,
      `In ${unit}: ${help}`,
      SIGNALS.map((signal) => ({ labels: { signal }, value: errors[signal][unit] })),
    ),
  )
}
