/** opentelemetry.proto.logs.v1 and its collector service, as of opentelemetry-proto 1.11 */
import { ANY_VALUE, attributes, RESOURCE, SCOPE, traceContext } from './schema-common.ts'
import type { Enumeration, Message } from './schema-field.ts'
import { choice, many, message, one, scalar } from './schema-field.ts'

const LOGS = 'opentelemetry.proto.logs.v1'
const SERVICE = 'opentelemetry.proto.collector.logs.v1'

export const LOGS_REQUEST = `${SERVICE}.ExportLogsServiceRequest`
export const LOGS_RESPONSE = `${SERVICE}.ExportLogsServiceResponse`

export const LOGS_MESSAGES: readonly Message[] = [
  message(LOGS_REQUEST, { resourceLogs: many(one(1, `${LOGS}.ResourceLogs`)) }),
  message(LOGS_RESPONSE, { partialSuccess: one(1, `${SERVICE}.ExportLogsPartialSuccess`) }),
  message(`${SERVICE}.ExportLogsPartialSuccess`, {
    rejectedLogRecords: scalar(1, 'int64'),
    errorMessage: scalar(2, 'string'),
  }),
  message(`${LOGS}.ResourceLogs`, {
    resource: one(1, RESOURCE),
    scopeLogs: many(one(2, `${LOGS}.ScopeLogs`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${LOGS}.ScopeLogs`, {
    scope: one(1, SCOPE),
    logRecords: many(one(2, `${LOGS}.LogRecord`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${LOGS}.LogRecord`, {
    timeUnixNano: scalar(1, 'fixed64'),
    observedTimeUnixNano: scalar(11, 'fixed64'),
    severityNumber: choice(2, `${LOGS}.SeverityNumber`),
    severityText: scalar(3, 'string'),
    body: one(5, ANY_VALUE),
    attributes: attributes(6),
    droppedAttributesCount: scalar(7, 'uint32'),
    flags: scalar(8, 'fixed32'),
    ...traceContext(9, 10),
    eventName: scalar(12, 'string'),
  }),
]

/** SEVERITY_NUMBER_TRACE is 1, TRACE2 is 2, … DEBUG is 5: four steps to each name */
function severities(): Record<string, number> {
  const values: Record<string, number> = { SEVERITY_NUMBER_UNSPECIFIED: 0 }
  for (const [nameIndex, name] of ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].entries()) {
    for (const step of [1, 2, 3, 4]) values[`SEVERITY_NUMBER_${name}${step === 1 ? '' : step}`] = nameIndex * 4 + step
  }
  return values
}

export const LOGS_ENUMERATIONS: readonly Enumeration[] = [{ name: `${LOGS}.SeverityNumber`, values: severities() }]
