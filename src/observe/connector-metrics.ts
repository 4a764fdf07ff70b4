/** Family `otlp_*`: names and meaning as the runbooks and alert rules of the Connect source connector expect them. */
import type { ConnectorValues } from './connector-values.ts'
import { counter, type Family, gauge } from './prometheus.ts'

const TAKEN_IN =
  'OTLP requests (messages) taken in; refused and malformed ones are in sluice_refused_* and sluice_rejected_*.'
const DROPPED = 'Messages acknowledged and then lost. Refused messages are not dropped: their senders keep them.'
const QUEUE_SIZE = 'Messages in the queue now.'

const FACTS: Readonly<Record<keyof ConnectorValues, readonly [make: typeof counter, help: string]>> = {
  TracesReceived: [counter, `Traces: ${TAKEN_IN}`],
  MetricsReceived: [counter, `Metrics: ${TAKEN_IN}`],
  LogsReceived: [counter, `Logs: ${TAKEN_IN}`],
  TracesDropped: [counter, `Traces: ${DROPPED}`],
  MetricsDropped: [counter, `Metrics: ${DROPPED}`],
  LogsDropped: [counter, `Logs: ${DROPPED}`],
  RecordsProduced: [
    counter,
    'Records of traces, metrics and logs that Kafka confirmed. A message is one record; an empty one is none, one split by size is several.',
  ],
  TracesQueueSize: [gauge, `Traces: ${QUEUE_SIZE}`],
  MetricsQueueSize: [gauge, `Metrics: ${QUEUE_SIZE}`],
  LogsQueueSize: [gauge, `Logs: ${QUEUE_SIZE}`],
  QueueCapacity: [gauge, 'Messages that the queue of one signal takes (otlp.message.queue.size).'],
  MaxQueueUtilizationPercent: [
    gauge,
    'The fullest of the queues of traces, metrics and logs, in percent of QueueCapacity.',
  ],
  TotalMessagesReceived: [counter, 'TracesReceived + MetricsReceived + LogsReceived.'],
  TotalMessagesDropped: [counter, 'TracesDropped + MetricsDropped + LogsDropped.'],
  TotalLagCount: [
    gauge,
    'Messages on their way to Kafka: TotalMessagesReceived - RecordsProduced, where each message is one record.',
  ],
  DropRate: [gauge, 'TotalMessagesDropped in percent of TotalMessagesReceived.'],
}

export function connectorFamilies(values: ConnectorValues, connectorName: string): readonly Family[] {
  const labels = { connector_name: connectorName }
  return Object.entries(FACTS).map(([name, [make, help]]) =>
    make(`otlp_${name}`, help, [{ labels, value: values[name as keyof ConnectorValues] }]),
  )
}
