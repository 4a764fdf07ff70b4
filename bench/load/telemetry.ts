/**
 * Realistic Export requests in OTLP/JSON form, of all four signals: what an HTTP server instrumented with an SDK sends.
 * `filler` is the text that makes items as large as asked; everything else follows from the random numbers.
 */
import type { Signal } from '../../src/otlp/signal.ts'
import type { JsonObject } from './protobuf-encode.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface TelemetryShape {
  readonly items: number
  readonly filler: string
}

const START_NS = 1_763_629_200_000_000_000n
const scope = { name: '@opentelemetry/instrumentation-http', version: '0.57.0' }

type Builder = (random: SeededRandom, shape: TelemetryShape) => JsonObject

export const BUILDERS: Readonly<Record<Signal, Builder>> = { traces, metrics, logs, profiles }

function attribute(key: string, value: string | number): JsonObject {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } }
}

function resource(random: SeededRandom): JsonObject {
  return {
    attributes: [
      attribute('service.name', 'checkout'),
      attribute('service.instance.id', random.hex(16)),
      attribute('telemetry.sdk.language', 'nodejs'),
      attribute('host.name', 'ip-10-0-12-33'),
    ],
  }
}

function times<T>(count: number, build: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => build(index))
}

function at(index: number, offsetNs = 0n): string {
  return String(START_NS + BigInt(index) * 1_000_003n + offsetNs)
}

function traces(random: SeededRandom, { items, filler }: TelemetryShape): JsonObject {
  const spans = times(items, (index) => span(random, index, filler))
  return { resourceSpans: [{ resource: resource(random), scopeSpans: [{ scope, spans }] }] }
}

function span(random: SeededRandom, index: number, filler: string): JsonObject {
  const one = {
    traceId: random.hex(16),
    spanId: random.hex(8),
    parentSpanId: random.hex(8),
    name: 'HTTP GET /api/v1/orders/{id}',
    kind: 2,
    startTimeUnixNano: at(index),
    endTimeUnixNano: at(index, 12_345_678n),
    attributes: requestAttributes(random, index, filler),
    status: { code: 1 },
  }
  return index % 10 === 0 ? { ...one, events: [exceptionEvent(index)] } : one
}

function requestAttributes(random: SeededRandom, index: number, filler: string): JsonObject[] {
  return [
    attribute('http.request.method', 'GET'),
    attribute('url.path', `/api/v1/orders/${random.below(100_000)}`),
    attribute('http.response.status_code', 200),
    attribute('server.address', 'orders.svc.cluster.local'),
    attribute('server.port', 8080),
    attribute('network.protocol.version', '1.1'),
    attribute('user_agent.original', filler),
    attribute('thread.id', index % 64),
  ]
}

/** The one text that needs escapes in JSON, as often as in real traces. */
function exceptionEvent(index: number): JsonObject {
  return {
    timeUnixNano: at(index, 2_345_678n),
    name: 'exception',
    attributes: [
      attribute('exception.type', 'java.lang.IllegalStateException'),
      attribute('exception.message', 'line1\nline2 "quoted" é'),
    ],
  }
}

function logs(random: SeededRandom, { items, filler }: TelemetryShape): JsonObject {
  const logRecords = times(items, (index) => ({
    timeUnixNano: at(index),
    observedTimeUnixNano: at(index, 1000n),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `GET /api/v1/orders/${random.below(100_000)} 200 12 ms ${filler}` },
    attributes: [attribute('http.request.method', 'GET'), attribute('thread.id', index % 64)],
    traceId: random.hex(16),
    spanId: random.hex(8),
  }))
  return { resourceLogs: [{ resource: resource(random), scopeLogs: [{ scope, logRecords }] }] }
}

/** Thirds: a sum of integers, a gauge of doubles, a histogram. */
function metrics(random: SeededRandom, { items, filler }: TelemetryShape): JsonObject {
  const third = Math.floor(items / 3)
  const point = (index: number) => ({
    attributes: [attribute('http.route', filler), attribute('thread.id', index % 64)],
    startTimeUnixNano: at(0),
    timeUnixNano: at(index),
  })
  const number = (index: number) => ({ ...point(index), asInt: String(random.uint32()) })
  const gauge = (index: number) => ({ ...point(index), asDouble: random.uint32() / 1000 })
  const all = [
    { name: 'requests', unit: '1', sum: cumulative(times(third, number), { isMonotonic: true }) },
    { name: 'process.memory', unit: 'By', gauge: { dataPoints: times(third, gauge) } },
    { name: 'duration', unit: 'ms', histogram: cumulative(histograms(random, items - 2 * third, point)) },
  ]
  return { resourceMetrics: [{ resource: resource(random), scopeMetrics: [{ scope, metrics: all }] }] }
}

function cumulative(dataPoints: JsonObject[], more: JsonObject = {}): JsonObject {
  return { dataPoints, aggregationTemporality: 2, ...more }
}

function histograms(random: SeededRandom, count: number, point: (index: number) => JsonObject): JsonObject[] {
  const explicitBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 1000]
  return times(count, (index) => {
    const bucketCounts = times(explicitBounds.length + 1, () => random.below(1000))
    const total = bucketCounts.reduce((sum, bucket) => sum + bucket, 0)
    return {
      ...point(index),
      count: String(total),
      sum: total * 7.25,
      bucketCounts: bucketCounts.map(String),
      explicitBounds,
    }
  })
}

function profiles(random: SeededRandom, { items, filler }: TelemetryShape): JsonObject {
  const all = times(items, (index) => ({
    sampleType: { typeStrindex: 1, unitStrindex: 2 },
    samples: times(4, () => ({ stackIndex: 1, values: [String(random.below(1000))], timestampsUnixNano: [at(index)] })),
    timeUnixNano: at(index),
    durationNano: '1000000000',
    profileId: random.hex(16),
    originalPayloadFormat: filler,
  }))
  return {
    resourceProfiles: [{ resource: resource(random), scopeProfiles: [{ scope, profiles: all }] }],
    dictionary: {
      mappingTable: [{}],
      locationTable: [{}, { address: '4096' }],
      functionTable: [{}],
      linkTable: [{}],
      stringTable: ['', 'cpu', 'nanoseconds'],
      attributeTable: [{}],
      stackTable: [{}, { locationIndices: [1] }],
    },
  }
}
