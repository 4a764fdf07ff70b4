/** opentelemetry.proto.profiles.v1development and its collector service, as of opentelemetry-proto 1.11 */
import { ANY_VALUE, RESOURCE, SCOPE, traceContext } from './schema-common.ts'
import type { Message } from './schema-field.ts'
import { hexId, many, message, one, scalar } from './schema-field.ts'

const PROFILES = 'opentelemetry.proto.profiles.v1development'
const SERVICE = 'opentelemetry.proto.collector.profiles.v1development'

export const PROFILES_REQUEST = `${SERVICE}.ExportProfilesServiceRequest`
export const PROFILES_RESPONSE = `${SERVICE}.ExportProfilesServiceResponse`

const attributeIndices = (number: number) => many(scalar(number, 'int32'))

const REQUEST: readonly Message[] = [
  message(PROFILES_REQUEST, {
    resourceProfiles: many(one(1, `${PROFILES}.ResourceProfiles`)),
    dictionary: one(2, `${PROFILES}.ProfilesDictionary`),
  }),
  message(PROFILES_RESPONSE, { partialSuccess: one(1, `${SERVICE}.ExportProfilesPartialSuccess`) }),
  message(`${SERVICE}.ExportProfilesPartialSuccess`, {
    rejectedProfiles: scalar(1, 'int64'),
    errorMessage: scalar(2, 'string'),
  }),
  message(`${PROFILES}.ResourceProfiles`, {
    resource: one(1, RESOURCE),
    scopeProfiles: many(one(2, `${PROFILES}.ScopeProfiles`)),
    schemaUrl: scalar(3, 'string'),
  }),
  message(`${PROFILES}.ScopeProfiles`, {
    scope: one(1, SCOPE),
    profiles: many(one(2, `${PROFILES}.Profile`)),
    schemaUrl: scalar(3, 'string'),
  }),
]

const DICTIONARY: readonly Message[] = [
  message(`${PROFILES}.ProfilesDictionary`, {
    mappingTable: many(one(1, `${PROFILES}.Mapping`)),
    locationTable: many(one(2, `${PROFILES}.Location`)),
    functionTable: many(one(3, `${PROFILES}.Function`)),
    linkTable: many(one(4, `${PROFILES}.Link`)),
    stringTable: many(scalar(5, 'string')),
    attributeTable: many(one(6, `${PROFILES}.KeyValueAndUnit`)),
    stackTable: many(one(7, `${PROFILES}.Stack`)),
  }),
  message(`${PROFILES}.Mapping`, {
    memoryStart: scalar(1, 'uint64'),
    memoryLimit: scalar(2, 'uint64'),
    fileOffset: scalar(3, 'uint64'),
    filenameStrindex: scalar(4, 'int32'),
    attributeIndices: attributeIndices(5),
  }),
  message(`${PROFILES}.Location`, {
    mappingIndex: scalar(1, 'int32'),
    address: scalar(2, 'uint64'),
    lines: many(one(3, `${PROFILES}.Line`)),
    attributeIndices: attributeIndices(4),
  }),
  message(`${PROFILES}.Line`, {
    functionIndex: scalar(1, 'int32'),
    line: scalar(2, 'int64'),
    column: scalar(3, 'int64'),
  }),
  message(`${PROFILES}.Function`, {
    nameStrindex: scalar(1, 'int32'),
    systemNameStrindex: scalar(2, 'int32'),
    filenameStrindex: scalar(3, 'int32'),
    startLine: scalar(4, 'int64'),
  }),
  message(`${PROFILES}.Link`, traceContext(1, 2)),
  message(`${PROFILES}.KeyValueAndUnit`, {
    keyStrindex: scalar(1, 'int32'),
    value: one(2, ANY_VALUE),
    unitStrindex: scalar(3, 'int32'),
  }),
  message(`${PROFILES}.Stack`, { locationIndices: many(scalar(1, 'int32')) }),
]

const PROFILE: readonly Message[] = [
  message(`${PROFILES}.Profile`, {
    sampleType: one(1, `${PROFILES}.ValueType`),
    samples: many(one(2, `${PROFILES}.Sample`)),
    timeUnixNano: scalar(3, 'fixed64'),
    durationNano: scalar(4, 'uint64'),
    periodType: one(5, `${PROFILES}.ValueType`),
    period: scalar(6, 'int64'),
    profileId: hexId(7),
    droppedAttributesCount: scalar(8, 'uint32'),
    originalPayloadFormat: scalar(9, 'string'),
    originalPayload: scalar(10, 'bytes'),
    attributeIndices: attributeIndices(11),
  }),
  message(`${PROFILES}.ValueType`, { typeStrindex: scalar(1, 'int32'), unitStrindex: scalar(2, 'int32') }),
  message(`${PROFILES}.Sample`, {
    stackIndex: scalar(1, 'int32'),
    attributeIndices: attributeIndices(2),
    linkIndex: scalar(3, 'int32'),
    values: many(scalar(4, 'int64')),
    timestampsUnixNano: many(scalar(5, 'fixed64')),
  }),
]

export const PROFILES_MESSAGES: readonly Message[] = [...REQUEST, ...DICTIONARY, ...PROFILE]
