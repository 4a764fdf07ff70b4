/** google.rpc.Status and the error details an OTLP answer may carry (google/rpc/status.proto, error_details.proto) */
import type { Message } from './schema-field.ts'
import { many, message, one, scalar } from './schema-field.ts'

export const STATUS = 'google.rpc.Status'
export const RETRY_INFO = 'google.rpc.RetryInfo'
export const BAD_REQUEST = 'google.rpc.BadRequest'

export const STATUS_MESSAGES: readonly Message[] = [
  message(STATUS, {
    code: scalar(1, 'int32'),
    message: scalar(2, 'string'),
    details: many(one(3, 'google.protobuf.Any')),
  }),
  message('google.protobuf.Any', { typeUrl: scalar(1, 'string'), value: scalar(2, 'bytes') }),
  message(RETRY_INFO, { retryDelay: one(1, 'google.protobuf.Duration') }),
  message('google.protobuf.Duration', { seconds: scalar(1, 'int64'), nanos: scalar(2, 'int32') }),
  message(BAD_REQUEST, { fieldViolations: many(one(1, `${BAD_REQUEST}.FieldViolation`)) }),
  message(`${BAD_REQUEST}.FieldViolation`, { field: scalar(1, 'string'), description: scalar(2, 'string') }),
]
