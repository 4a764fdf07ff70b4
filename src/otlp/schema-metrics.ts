/** opentelemetry.proto.metrics.v1 and its collector service, as of opentelemetry-proto 1.11 */
import { attributes, RESOURCE, SCOPE, traceContext } from './schema-common.ts'
import type { Enumeration, Message } from './schema-field.ts'
import { choice, many, message, one, oneof, optional, scalar } from './schema-field.ts'

const METRICS = 'opentelemetry.proto.metrics.v1'
const SERVICE = 'opentelemetry.proto.collector.metrics.v1'
const NUMBER_POINT = `${METRICS}.NumberDataPoint`
const TEMPORALITY = `${METRICS}.AggregationTemporality`

export const METRIC = `${METRICS}.Metric`
export const METRICS_REQUEST = `${SERVICE}.ExportMetricsServiceRequest`
export const METRICS_RESPONSE = `${SERVICE}.ExportMetricsServiceResponse`

const exemplars = (number: number) => many(one(number, `${METRICS}.Exemplar`))
const times = { startTimeUnixNano: scalar(2, 'fixed64'), timeUnixNano: scalar(3, 'fixed64') }
const count = scalar(4, 'fixed64')

const REQUEST: readonly Message[] = [
  message(METRICS_REQUEST, { resourceMetrics: many(one(1, `${METRICS}.ResourceMetrics`)) }),
  message(METRICS_RESPONSE, { partialSuccess: one(1, `${SERVICE}.ExportMetricsPartialSuccess`) }),
  message(`${SERVICE}.ExportMetricsPartialSuccess`, {
    rejectedDataPoints: scalar(1, 'int64'),
    errorMessage: scalar(2, 'string'),
  }),
  message(`${METRICS}.ResourceMetrics`, {
    resource: one(1, RESOURCE),
    scopeMetrics: many(one(2, `${METRICS}.ScopeMetrics`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${METRICS}.ScopeMetrics`, {
    scope: one(1, SCOPE),
    metrics: many(one(2, METRIC)),
    schemaUrl: scalar(3, 'string'),
  }),
]

const KINDS: readonly Message[] = [
  message(METRIC, {
    name: scalar(1, 'string'),
    description: scalar(2, 'string'),
    unit: scalar(3, 'string'),
    ...oneof('data', {
      gauge: one(5, `${METRICS}.Gauge`),
      sum: one(7, `${METRICS}.Sum`),
      histogram: one(9, `${METRICS}.Histogram`),
      exponentialHistogram: one(10, `${METRICS}.ExponentialHistogram`),
      summary: one(11, `${METRICS}.Summary`),
    }),
    metadata: attributes(12),
  }),
  message(`${METRICS}.Gauge`, { dataPoints: many(one(1, NUMBER_POINT)) }),
  message(`${METRICS}.Sum`, {
    dataPoints: many(one(1, NUMBER_POINT)),
    aggregationTemporality: choice(2, TEMPORALITY),
    isMonotonic: scalar(3, 'bool'),
  }),
  message(`${METRICS}.Histogram`, {
    dataPoints: many(one(1, `${METRICS}.HistogramDataPoint`)),
    aggregationTemporality: choice(2, TEMPORALITY),
  }),
  message(`${METRICS}.ExponentialHistogram`, {
    dataPoints: many(one(1, `${METRICS}.ExponentialHistogramDataPoint`)),
    aggregationTemporality: choice(2, TEMPORALITY),
  }),
  message(`${METRICS}.Summary`, { dataPoints: many(one(1, `${METRICS}.SummaryDataPoint`)) }),
]

const POINTS: readonly Message[] = [
  message(NUMBER_POINT, {
    attributes: attributes(7),
    ...times,
    ...oneof('value', { asDouble: scalar(4, 'double'), asInt: scalar(6, 'sfixed64') }),
    exemplars: exemplars(5),
    flags: scalar(8, 'uint32'),
  }),
  message(`${METRICS}.HistogramDataPoint`, {
    attributes: attributes(9),
    ...times,
    count,
    sum: optional(scalar(5, 'double')),
    bucketCounts: many(scalar(6, 'fixed64')),
    explicitBounds: many(scalar(7, 'double')),
    exemplars: exemplars(8),
    flags: scalar(10, 'uint32'),
    min: optional(scalar(11, 'double')),
    max: optional(scalar(12, 'double')),
  }),
  message(`${METRICS}.ExponentialHistogramDataPoint`, {
    attributes: attributes(1),
    ...times,
    count,
    sum: optional(scalar(5, 'double')),
    scale: scalar(6, 'sint32'),
    zeroCount: scalar(7, 'fixed64'),
    positive: one(8, `${METRICS}.ExponentialHistogramDataPoint.Buckets`),
    negative: one(9, `${METRICS}.ExponentialHistogramDataPoint.Buckets`),
    flags: scalar(10, 'uint32'),
    exemplars: exemplars(11),
    min: optional(scalar(12, 'double')),
    max: optional(scalar(13, 'double')),
    zeroThreshold: scalar(14, 'double'),
  }),
  message(`${METRICS}.ExponentialHistogramDataPoint.Buckets`, {
    offset: scalar(1, 'sint32'),
    bucketCounts: many(scalar(2, 'uint64')),
  }),
  message(`${METRICS}.SummaryDataPoint`, {
    attributes: attributes(7),
    ...times,
    count,
    sum: scalar(5, 'double'),
    quantileValues: many(one(6, `${METRICS}.SummaryDataPoint.ValueAtQuantile`)),
    flags: scalar(8, 'uint32'),
  }),
  message(`${METRICS}.SummaryDataPoint.ValueAtQuantile`, {
    quantile: scalar(1, 'double'),
    value: scalar(2, 'double'),
  }),
  message(`${METRICS}.Exemplar`, {
    filteredAttributes: attributes(7),
    timeUnixNano: scalar(2, 'fixed64'),
    ...oneof('value', { asDouble: scalar(3, 'double'), asInt: scalar(6, 'sfixed64') }),
    ...traceContext(5, 4),
  }),
]

export const METRICS_MESSAGES: readonly Message[] = [...REQUEST, ...KINDS, ...POINTS]

export const METRICS_ENUMERATIONS: readonly Enumeration[] = [
  {
    name: TEMPORALITY,
    values: {
      AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
      AGGREGATION_TEMPORALITY_DELTA: 1,
      AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
    },
  },
]
