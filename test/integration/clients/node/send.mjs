/**
 * The OpenTelemetry SDK for Node as an application uses it.
 *   node send.mjs traces|metrics|logs proto|http|grpc HOST:PORT SERVICE COUNT     (http is the SDK's OTLP/JSON)
 * Sends COUNT items named item-0 ... of the service; ends with 1 when the exporter reports a failure.
 */
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

const [signal, protocol, endpoint, service, countText] = process.argv.slice(2)
const count = Number(countText)
const resource = resourceFromAttributes({ 'service.name': service })
const paths = { traces: '/v1/traces', metrics: '/v1/metrics', logs: '/v1/logs' }
const url = `http://${endpoint}${protocol === 'grpc' ? '' : paths[signal]}`

function complain(...words) {
  process.stderr.write(`${words.join(' ')}\n`)
  process.exitCode = 1
}
diag.setLogger({ error: complain, warn: complain, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN)

const send = {
  async traces() {
    const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${protocol}`)
    const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), maxQueueSize: count + 2048 })
    const provider = new TracerProvider({ resource, spanProcessors: [processor] })
    const tracer = provider.getTracer('client', '1.0')
    for (let index = 0; index < count; index++) tracer.startSpan(`item-${index}`, { attributes: { index } }).end()
    return provider
  },
  async metrics() {
    const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${protocol}`)
    const exporter = new OTLPMetricExporter({ url })
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ resource, readers: [reader] })
    const counter = provider.getMeter('client').createCounter('client.items')
    for (let index = 0; index < count; index++) counter.add(index, { item: `item-${index}` })
    return provider
  },
  async logs() {
    const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${protocol}`)
    const processor = new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url }), maxQueueSize: count + 2048 })
    const provider = new LoggerProvider({ resource, processors: [processor] })
    const logger = provider.getLogger('client')
    for (let index = 0; index < count; index++) logger.emit({ body: `item-${index}`, severityText: 'INFO' })
    return provider
  },
}

const provider = await send[signal]()
await provider.forceFlush()
// The last collection of metrics would send every point a second time: shutdown exports once more by design.
if (signal !== 'metrics') await provider.shutdown()
process.exit(process.exitCode ?? 0)
