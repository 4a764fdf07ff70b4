/**
 * Requests as SDKs send them, of a fixed size: for benches and load. Same seed, same bytes.
 *
 *   traces    spans of about 401 bytes with 8 attributes; one in ten has an exception event
 *   metrics   a gauge and a counter point per series, and a histogram of 12 buckets for each ten
 *   logs      records of about 300 bytes: a body, severity, trace context, 5 attributes
 *   profiles  samples of 4 values over a dictionary of locations, functions and strings
 */
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../src/otlp/schema.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'

const START_NANOS = 1763629200000000000n

type Value = string | number

/** bytes of a span without padding; what is asked for beyond goes into one attribute */
const SPAN_BYTES = 401

export function tracesRequest(spans: number, bytesPerSpan = SPAN_BYTES, seed = 1): Uint8Array {
  const random = createRandom(seed)
  const padding = bytesPerSpan > SPAN_BYTES + 20 ? 'x'.repeat(bytesPerSpan - SPAN_BYTES - 20) : ''
  return encode('traces', {
    resourceSpans: [
      {
        resource: resource(random),
        scopeSpans: [
          {
            scope: { name: '@opentelemetry/instrumentation-http', version: '0.57.0' },
            spans: Array.from({ length: spans }, (_, index) => span(index, random, padding)),
          },
        ],
      },
    ],
  })
}

function span(index: number, random: Random, padding: string): object {
  const startNanos = START_NANOS + BigInt(index) * 1_000_000n
  const attributes = [
    attribute('http.request.method', 'GET'),
    attribute('url.path', `/api/v1/orders/${index}`),
    attribute('http.response.status_code', 200),
    attribute('server.address', 'orders.svc.cluster.local'),
    attribute('server.port', 8080),
    attribute('network.protocol.version', '1.1'),
    attribute('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'),
    attribute('thread.id', index % 64),
  ]
  if (padding !== '') attributes.push(attribute('padding', padding))
  return {
    traceId: random.bytes(16),
    spanId: random.bytes(8),
    parentSpanId: random.bytes(8),
    name: 'HTTP GET /api/v1/orders/{id}',
    kind: 2,
    startTimeUnixNano: String(startNanos),
    endTimeUnixNano: String(startNanos + 12_345_678n),
    attributes,
    events: index % 10 === 0 ? [exceptionEvent(startNanos)] : [],
    status: { code: 1 },
  }
}

function exceptionEvent(startNanos: bigint): object {
  return {
    timeUnixNano: String(startNanos + 2_345_678n),
    name: 'exception',
    attributes: [
      attribute('exception.type', 'java.lang.IllegalStateException'),
      attribute('exception.message', 'line1\nline2 "quoted" é'),
    ],
  }
}

export function metricsRequest(series: number, seed = 1): Uint8Array {
  const random = createRandom(seed)
  const metrics: object[] = []
  for (let first = 0; first < series; first += 10) {
    const indexes = Array.from({ length: Math.min(10, series - first) }, (_, step) => first + step)
    const name = `http.server.${first / 10}`
    const gauge = {
      dataPoints: indexes.map((index) => ({ ...point(index), asDouble: random.below(1_000_000) / 1000 })),
    }
    const sum = {
      dataPoints: indexes.map((index) => ({ ...point(index), asInt: String(random.below(1_000_000_000)) })),
      aggregationTemporality: 2,
      isMonotonic: true,
    }
    metrics.push({ name: `${name}.utilization`, description: 'share of the pool in use', unit: '1', gauge })
    metrics.push({ name: `${name}.requests`, description: 'requests answered', unit: '{request}', sum })
    const histogram = { dataPoints: [histogramPoint(first, random)], aggregationTemporality: 2 }
    metrics.push({ name: `${name}.duration`, description: 'time to answer', unit: 's', histogram })
  }
  const scopeMetrics = [{ scope: { name: '@opentelemetry/sdk-metrics', version: '2.0.0' }, metrics }]
  return encode('metrics', { resourceMetrics: [{ resource: resource(random), scopeMetrics }] })
}

function point(index: number): object {
  return {
    startTimeUnixNano: String(START_NANOS),
    timeUnixNano: String(START_NANOS + 60_000_000_000n),
    attributes: [
      attribute('http.request.method', 'GET'),
      attribute('http.route', `/api/v1/orders/${index}`),
      attribute('http.response.status_code', 200 + (index % 5)),
    ],
  }
}

const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5]

function histogramPoint(index: number, random: Random): object {
  const bucketCounts = Array.from({ length: BOUNDS_SECONDS.length + 1 }, () => random.below(5000))
  return {
    ...point(index),
    count: bucketCounts.reduce((sum, count) => sum + count, 0),
    sum: random.below(10_000_000) / 997,
    bucketCounts,
    explicitBounds: BOUNDS_SECONDS,
    min: 0.00123,
    max: 4.56789,
  }
}

export function logsRequest(records: number, seed = 1): Uint8Array {
  const random = createRandom(seed)
  const logRecords = Array.from({ length: records }, (_, index) => logRecord(index, random))
  const scopeLogs = [{ scope: { name: 'com.example.orders.OrderService' }, logRecords }]
  return encode('logs', { resourceLogs: [{ resource: resource(random), scopeLogs }] })
}

function logRecord(index: number, random: Random): object {
  const nanos = START_NANOS + BigInt(index) * 250_000n
  return {
    timeUnixNano: String(nanos),
    observedTimeUnixNano: String(nanos + 1_000_000n),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `order ${index} accepted for customer ${random.below(100000)}, "express" delivery` },
    attributes: [
      attribute('thread.name', `http-nio-8080-exec-${index % 32}`),
      attribute('thread.id', index % 32),
      attribute('code.function.name', 'com.example.orders.OrderService.accept'),
      attribute('code.line.number', 128),
      attribute('order.total', random.below(100000) / 100),
    ],
    flags: 1,
    traceId: random.bytes(16),
    spanId: random.bytes(8),
  }
}

export function profilesRequest(samples: number, seed = 1): Uint8Array {
  const random = createRandom(seed)
  const functions = 256
  const indexes = Array.from({ length: functions }, (_, index) => index)
  const profile = {
    sampleType: { typeStrindex: 1, unitStrindex: 2 },
    samples: Array.from({ length: samples }, (_, index) => sample(index, random)),
    timeUnixNano: String(START_NANOS),
    durationNano: '10000000000',
    periodType: { typeStrindex: 1, unitStrindex: 2 },
    period: '10000000',
    profileId: random.bytes(16),
  }
  const dictionary = {
    stringTable: ['', 'cpu', 'nanoseconds', ...indexes.map((index) => `com.example.orders.Service${index}.handle`)],
    functionTable: indexes.map((index) => ({ nameStrindex: index + 3, filenameStrindex: 0, startLine: index * 7 })),
    locationTable: indexes.map((index) => ({ address: String(0x7f0000000000 + index * 64), lines: [line(index)] })),
    stackTable: indexes.map(() => ({ locationIndices: Array.from({ length: 20 }, () => random.below(functions)) })),
    linkTable: [{ traceId: random.bytes(16), spanId: random.bytes(8) }],
  }
  const scopeProfiles = [{ scope: { name: 'profiler' }, profiles: [profile] }]
  return encode('profiles', { resourceProfiles: [{ resource: resource(random), scopeProfiles }], dictionary })
}

function sample(index: number, random: Random): object {
  const timestampsUnixNano = [0, 1, 2, 3].map((step) =>
    String(START_NANOS + BigInt(index * 40 + step * 10) * 1_000_000n),
  )
  return { stackIndex: random.below(256), values: [1, 10_000_000, random.below(1000), index], timestampsUnixNano }
}

function line(index: number): object {
  return { functionIndex: index, line: index * 7 + 3, column: 12 }
}

function resource(random: Random): object {
  return {
    attributes: [
      attribute('service.name', 'checkout'),
      attribute('service.instance.id', Buffer.from(random.bytes(16)).toString('hex')),
      attribute('telemetry.sdk.language', 'nodejs'),
      attribute('host.name', 'ip-10-0-12-33'),
    ],
  }
}

function attribute(key: string, value: Value): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } }
  return { key, value: Number.isInteger(value) ? { intValue: value } : { doubleValue: value } }
}

function encode(signal: Signal, request: object): Uint8Array {
  const type = protobufType(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
  return type.encode(type.fromObject(request)).finish()
}
