/**
 * The values of the Connect source connector (its JMX attributes), from our counters.
 *
 * - A message is an OTLP request, as there: it makes one record, so that messages, records and places in a queue can be
 *   compared. Traces, metrics and logs only; the connector has no profiles.
 * - Received are the requests that were taken in. Refused and malformed ones are not: no record of theirs will ever be
 *   produced, and the difference that runbooks watch would grow with each.
 * - TotalLagCount is what that difference is there for: messages on their way to Kafka. It equals TotalMessagesReceived -
 *   RecordsProduced as long as each message made one record; an empty request makes none.
 * - Dropped means acknowledged and then lost (CONTRACT section 5), whatever the connector's own text says of full queues.
 */
import type { Signal } from '../otlp/signal.ts'
import type { SignalSnapshot, Snapshot } from './snapshot.ts'

const CONNECTOR_SIGNALS = ['traces', 'metrics', 'logs'] as const satisfies readonly Signal[]
type ConnectorSignal = (typeof CONNECTOR_SIGNALS)[number]

export interface ConnectorValues {
  readonly TracesReceived: number
  readonly MetricsReceived: number
  readonly LogsReceived: number
  readonly TracesDropped: number
  readonly MetricsDropped: number
  readonly LogsDropped: number
  readonly RecordsProduced: number
  readonly TracesQueueSize: number
  readonly MetricsQueueSize: number
  readonly LogsQueueSize: number
  readonly QueueCapacity: number
  readonly MaxQueueUtilizationPercent: number
  readonly TotalMessagesReceived: number
  readonly TotalMessagesDropped: number
  readonly TotalLagCount: number
  readonly DropRate: number
}

export class ConnectorCounters {
  /** A request that is given up leaves the sum it is part of; what was once shown as a counter never goes back. */
  readonly #received: Record<ConnectorSignal, number> = { traces: 0, metrics: 0, logs: 0 }

  values({ signals, queueCapacityRequests }: Snapshot): ConnectorValues {
    const { traces, metrics, logs } = signals
    for (const signal of CONNECTOR_SIGNALS) {
      this.#received[signal] = Math.max(this.#received[signal], takenIn(signals[signal]))
    }
    const received = this.#received
    const of = (name: string): number => sum(CONNECTOR_SIGNALS.map((signal) => signals[signal].counters[name]!))
    const receivedInAll = sum(Object.values(received))
    const droppedInAll = of('dropped_requests')
    const deepest = Math.max(...CONNECTOR_SIGNALS.map((signal) => signals[signal].queueDepthRequests))
    return {
      TracesReceived: received.traces,
      MetricsReceived: received.metrics,
      LogsReceived: received.logs,
      TracesDropped: traces.counters.dropped_requests!,
      MetricsDropped: metrics.counters.dropped_requests!,
      LogsDropped: logs.counters.dropped_requests!,
      RecordsProduced: of('produced_records'),
      TracesQueueSize: traces.queueDepthRequests,
      MetricsQueueSize: metrics.queueDepthRequests,
      LogsQueueSize: logs.queueDepthRequests,
      QueueCapacity: queueCapacityRequests,
      MaxQueueUtilizationPercent: (deepest / queueCapacityRequests) * 100,
      TotalMessagesReceived: receivedInAll,
      TotalMessagesDropped: droppedInAll,
      TotalLagCount: sum(CONNECTOR_SIGNALS.map((signal) => onTheWay(signals[signal]))),
      DropRate: receivedInAll === 0 ? 0 : (droppedInAll / receivedInAll) * 100,
    }
  }
}

/** Requests that are in Kafka, on their way there, or lost on it. */
function takenIn(facts: SignalSnapshot): number {
  const { counters } = facts
  return counters.delivered_requests! + counters.late_requests! + counters.dropped_requests! + onTheWay(facts)
}

function onTheWay({ queued, inFlight, latePending }: SignalSnapshot): number {
  return queued.requests + inFlight.requests + latePending.requests
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
