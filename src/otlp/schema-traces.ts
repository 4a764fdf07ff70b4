/** opentelemetry.proto.trace.v1 and its collector service, as of opentelemetry-proto 1.11 */
import { attributes, RESOURCE, SCOPE, traceContext } from './schema-common.ts'
import type { Enumeration, Message } from './schema-field.ts'
import { choice, hexId, many, message, one, scalar } from './schema-field.ts'

const TRACE = 'opentelemetry.proto.trace.v1'
const SERVICE = 'opentelemetry.proto.collector.trace.v1'

export const TRACES_REQUEST = `${SERVICE}.ExportTraceServiceRequest`
export const TRACES_RESPONSE = `${SERVICE}.ExportTraceServiceResponse`

export const TRACES_MESSAGES: readonly Message[] = [
  message(TRACES_REQUEST, { resourceSpans: many(one(1, `${TRACE}.ResourceSpans`)) }),
  message(TRACES_RESPONSE, { partialSuccess: one(1, `${SERVICE}.ExportTracePartialSuccess`) }),
  message(`${SERVICE}.ExportTracePartialSuccess`, {
    rejectedSpans: scalar(1, 'int64'),
    errorMessage: scalar(2, 'string'),
  }),
  message(`${TRACE}.ResourceSpans`, {
    resource: one(1, RESOURCE),
    scopeSpans: many(one(2, `${TRACE}.ScopeSpans`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${TRACE}.ScopeSpans`, {
    scope: one(1, SCOPE),
    spans: many(one(2, `${TRACE}.Span`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${TRACE}.Span`, {
    ...traceContext(1, 2),
    traceState: scalar(3, 'string'),
    parentSpanId: hexId(4),
    flags: scalar(16, 'fixed32'),
    name: scalar(5, 'string'),
    kind: choice(6, `${TRACE}.Span.SpanKind`),
    startTimeUnixNano: scalar(7, 'fixed64'),
    endTimeUnixNano: scalar(8, 'fixed64'),
    attributes: attributes(9),
    droppedAttributesCount: scalar(10, 'uint32'),
    events: many(one(11, `${TRACE}.Span.Event`)),
    droppedEventsCount: scalar(12, 'uint32'),
    links: many(one(13, `${TRACE}.Span.Link`)),
    droppedLinksCount: scalar(14, 'uint32'),
    status: one(15, `${TRACE}.Status`),
  }),
  message(`${TRACE}.Span.Event`, {
    timeUnixNano: scalar(1, 'fixed64'),
    name: scalar(2, 'string'),
    attributes: attributes(3),
    droppedAttributesCount: scalar(4, 'uint32'),
  }),
  message(`${TRACE}.Span.Link`, {
    ...traceContext(1, 2),
    traceState: scalar(3, 'string'),
    attributes: attributes(4),
    droppedAttributesCount: scalar(5, 'uint32'),
    flags: scalar(6, 'fixed32'),
  }),
  message(`${TRACE}.Status`, { message: scalar(2, 'string'), code: choice(3, `${TRACE}.Status.StatusCode`) }),
]

export const TRACES_ENUMERATIONS: readonly Enumeration[] = [
  {
    name: `${TRACE}.Span.SpanKind`,
    values: {
      SPAN_KIND_UNSPECIFIED: 0,
      SPAN_KIND_INTERNAL: 1,
      SPAN_KIND_SERVER: 2,
      SPAN_KIND_CLIENT: 3,
      SPAN_KIND_PRODUCER: 4,
      SPAN_KIND_CONSUMER: 5,
    },
  },
  { name: `${TRACE}.Status.StatusCode`, values: { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 } },
]
