/** opentelemetry.proto.common.v1 and resource.v1, as of opentelemetry-proto 1.11 */

import type { Message } from './schema-field.ts'
import { hexId, many, message, one, oneof, scalar } from './schema-field.ts'

const COMMON = 'opentelemetry.proto.common.v1'

export const ANY_VALUE = `${COMMON}.AnyValue`
export const KEY_VALUE = `${COMMON}.KeyValue`
export const ENTITY_REF = `${COMMON}.EntityRef`
export const SCOPE = `${COMMON}.InstrumentationScope`
export const RESOURCE = 'opentelemetry.proto.resource.v1.Resource'

/** the two fields nearly every telemetry message carries, at its own numbers */
export const attributes = (number: number) => many(one(number, KEY_VALUE))
export const traceContext = (traceIdNumber: number, spanIdNumber: number) => ({
  traceId: hexId(traceIdNumber),
  spanId: hexId(spanIdNumber),
})

export const COMMON_MESSAGES: readonly Message[] = [
  message(ANY_VALUE, {
    ...oneof('value', {
      stringValue: scalar(1, 'string'),
      boolValue: scalar(2, 'bool'),
      intValue: scalar(3, 'int64'),
      doubleValue: scalar(4, 'double'),
      arrayValue: one(5, `${COMMON}.ArrayValue`),
      kvlistValue: one(6, `${COMMON}.KeyValueList`),
      bytesValue: scalar(7, 'bytes'),
      stringValueStrindex: scalar(8, 'int32'),
    }),
  }),
  message(`${COMMON}.ArrayValue`, { values: many(one(1, ANY_VALUE)) }),
  message(`${COMMON}.KeyValueList`, { values: many(one(1, KEY_VALUE)) }),
  message(KEY_VALUE, { key: scalar(1, 'string'), value: one(2, ANY_VALUE), keyStrindex: scalar(3, 'int32') }),
  message(SCOPE, {
    name: scalar(1, 'string'),
    version: scalar(2, 'string'),
    attributes: attributes(3),
    droppedAttributesCount: scalar(4, 'uint32'),
  }),
  message(ENTITY_REF, {
    schemaUrl: scalar(1, 'string'),
    type: scalar(2, 'string'),
    idKeys: many(scalar(3, 'string')),
    descriptionKeys: many(scalar(4, 'string')),
  }),
  message(RESOURCE, {
    attributes: attributes(1),
    droppedAttributesCount: scalar(2, 'uint32'),
    entityRefs: many(one(3, ENTITY_REF)),
  }),
]
