/**
 * The cases that the conformance suite of protocolbuffers names for JSON input (C99), each by its name there, with the fields of OTLP
 * and bodies of our own. Names of features OTLP has not (maps, well-known types, extensions) are left out.
 */
import { beforeAll, it } from 'vitest'
import {
  type JsonCase,
  JsonWitnesses,
  logModel,
  logText,
  pointModel,
  pointText,
  spanModel,
  spanText,
} from './bed/json-cases.ts'
import type { Model } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'

const pair = conformancePair()
let witnesses: JsonWitnesses
beforeAll(() => {
  witnesses = new JsonWitnesses(pair)
})

type Means = Model | 'invalid'
type Named = Readonly<Record<string, readonly [value: string, means: Means]>>

function casesOf(
  named: Named,
  textOf: (value: string) => string,
  modelOf: (fields: Model) => Model,
  signal: JsonCase['signal'],
): JsonCase[] {
  return Object.entries(named).map(([label, [value, means]]) => {
    return { label, signal, text: textOf(value), means: means === 'invalid' ? means : modelOf(means) }
  })
}

/** One member of the data point of an exponential histogram: sint32. */
const INT32: Named = {
  Int32FieldMaxValue: ['2147483647', { scale: 2147483647 }],
  Int32FieldMinValue: ['-2147483648', { scale: -2147483648 }],
  Int32FieldMaxFloatValue: ['2147483647.0', { scale: 2147483647 }],
  Int32FieldMinFloatValue: ['-2147483648.0', { scale: -2147483648 }],
  Int32FieldFloatTrailingZero: ['100000.000', { scale: 100000 }],
  Int32FieldExponentialFormat: ['1e5', { scale: 100000 }],
  Int32FieldStringValue: ['"2147483647"', { scale: 2147483647 }],
  Int32FieldStringValueEscaped: ['"2\\u003147483647"', { scale: 2147483647 }],
  Int32FieldQuotedExponentialValue: ['"1e5"', { scale: 100000 }],
  Int32FieldNullValue: ['null', {}],
  Int32FieldTooLarge: ['2147483648', 'invalid'],
  Int32FieldTooSmall: ['-2147483649', 'invalid'],
  Int32FieldNotInteger: ['0.5', 'invalid'],
  Int32FieldNotNumber: ['"3x3"', 'invalid'],
  Int32FieldLeadingZero: ['01', 'invalid'],
  Int32FieldNegativeWithLeadingZero: ['-01', 'invalid'],
  Int32FieldPlusSign: ['+1', 'invalid'],
  Int32FieldLeadingSpace: ['" 1"', 'invalid'],
  Int32FieldTrailingSpace: ['"1 "', 'invalid'],
  Int32FieldStringValueNonNumeric: ['"abc"', 'invalid'],
  Int32FieldStringValuePartiallyNumeric: ['"12abc"', 'invalid'],
  Int32FieldEmptyString: ['""', 'invalid'],
}

const STRINGS: Named = {
  StringField: ['"Hello world!"', { traceState: 'Hello world!' }],
  StringFieldEscape: ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', { traceState: '"\\/\b\f\n\r\t' }],
  StringFieldUnicode: ['"谷歌"', { traceState: '谷歌' }],
  StringFieldUnicodeEscape: ['"\\u8C37\\u6B4C"', { traceState: '谷歌' }],
  StringFieldUnicodeEscapeWithLowercaseHexLetters: ['"\\u8c37\\u6b4c"', { traceState: '谷歌' }],
  StringFieldSurrogatePair: ['"\\uD83D\\uDE01"', { traceState: '😁' }],
  StringFieldNull: ['null', {}],
  StringFieldEmbeddedNul: ['"\\u0000"', { traceState: '\u0000' }],
  StringFieldInvalidEscape: ['"\\uXXXXHello"', 'invalid'],
  StringFieldInvalidEscapeX: ['"\\x41"', 'invalid'],
  StringFieldEscapedSingleQuote: ['"\\\'"', 'invalid'],
  StringFieldUnterminatedEscape: ['"\\u12"', 'invalid'],
  StringFieldUppercaseEscapeLetter: ['"\\U8C37"', 'invalid'],
  StringFieldSurrogateInWrongOrder: ['"\\uDE01\\uD83D"', 'invalid'],
  StringFieldUnpairedHighSurrogate: ['"\\uD800"', 'invalid'],
  StringFieldUnpairedLowSurrogate: ['"\\uDC00"', 'invalid'],
  StringFieldNotAString: ['12345', 'invalid'],
  StringFieldSingleQuoteBoth: ["'Hello'", 'invalid'],
  StringFieldRawNewline: ['"a\nb"', 'invalid'],
}

const VALUES: Named = {
  BoolFieldTrue: ['{"boolValue":true}', { body: { boolValue: true } }],
  BoolFieldFalse: ['{"boolValue":false}', { body: { boolValue: false } }],
  BoolFieldIntegerZero: ['{"boolValue":0}', 'invalid'],
  BoolFieldIntegerOne: ['{"boolValue":1}', 'invalid'],
  BoolFieldCamelCaseTrue: ['{"boolValue":True}', 'invalid'],
  BoolFieldAllCapitalFalse: ['{"boolValue":FALSE}', 'invalid'],
  BoolFieldDoubleQuotedTrue: ['{"boolValue":"true"}', 'invalid'],
  BytesField: ['{"bytesValue":"AQI="}', { body: { bytesValue: 'AQI=' } }],
  BytesFieldBase64Url: ['{"bytesValue":"-_"}', { body: { bytesValue: '+w==' } }],
  BytesFieldNoPadding: ['{"bytesValue":"AQI"}', { body: { bytesValue: 'AQI=' } }],
  BytesFieldInvalidBase64Characters: ['{"bytesValue":"-_=="}', { body: { bytesValue: '+w==' } }],
  BytesFieldNoBase64: ['{"bytesValue":"!!!!"}', 'invalid'],
  DoubleFieldMinPositiveValue: ['{"doubleValue":2.22507e-308}', { body: { doubleValue: 2.22507e-308 } }],
  DoubleFieldMaxNegativeValue: ['{"doubleValue":-2.22507e-308}', { body: { doubleValue: -2.22507e-308 } }],
  DoubleFieldMaxPositiveValue: ['{"doubleValue":1.79769e+308}', { body: { doubleValue: 1.79769e308 } }],
  DoubleFieldNan: ['{"doubleValue":"NaN"}', { body: { doubleValue: 'NaN' } }],
  DoubleFieldNegativeInfinity: ['{"doubleValue":"-Infinity"}', { body: { doubleValue: '-Infinity' } }],
  DoubleFieldQuotedValue: ['{"doubleValue":"1"}', { body: { doubleValue: 1 } }],
  DoubleFieldNanNotQuoted: ['{"doubleValue":NaN}', 'invalid'],
  DoubleFieldInfinityNotQuoted: ['{"doubleValue":Infinity}', 'invalid'],
  DoubleFieldTooSmall: ['{"doubleValue":-1.89769e+308}', 'invalid'],
  DoubleFieldTooLarge: ['{"doubleValue":+1.89769e+308}', 'invalid'],
  DoubleFieldNotNumberNotLetter: ['{"doubleValue":"1.0.0"}', 'invalid'],
  OneofFieldDuplicate: ['{"intValue":1,"stringValue":"test"}', 'invalid'],
  OneofFieldNullFirst: ['{"intValue":null,"stringValue":"test"}', { body: { stringValue: 'test' } }],
  OneofFieldNullSecond: ['{"stringValue":"test","intValue":null}', { body: { stringValue: 'test' } }],
  OneofZeroMessage: ['{"kvlistValue":{}}', { body: { kvlistValue: {} } }],
  OneofZeroString: ['{"stringValue":""}', { body: { stringValue: '' } }],
  OneofZeroBytes: ['{"bytesValue":""}', { body: { bytesValue: '' } }],
  OneofZeroBool: ['{"boolValue":false}', { body: { boolValue: false } }],
  OneofZeroUint64: ['{"intValue":0}', { body: { intValue: '0' } }],
  OneofZeroDouble: ['{"doubleValue":0}', { body: { doubleValue: 0 } }],
  OneofZeroMessageSetTwice: ['{"kvlistValue":{},"kvlistValue":{}}', { body: { kvlistValue: {} } }],
}

const MEMBERS: Named = {
  HelloWorld: ['"name":"Hello, World!"', { name: 'Hello, World!' }],
  FieldNameEscaped: ['"n\\u0061me":"x"', { name: 'x' }],
  FieldNameDuplicate: ['"name":"a","name":"b"', { name: 'b' }],
  FieldNameNotQuoted: ['name:"x"', 'invalid'],
  FieldNameSingleQuoted: ['\'name\':"x"', 'invalid'],
  WhitespaceSkip: ['\t"name"\r:\n"x" ', { name: 'x' }],
  MissingCommaOneline: ['"name":"x" "kind":1', 'invalid'],
  MissingCommaMultiline: ['"name":"x"\n"kind":1', 'invalid'],
  MessageFieldTrailingComma: ['"name":"x",', 'invalid'],
  MessageFieldTrailingCommaWithSpace: ['"name":"x" ,', 'invalid'],
  RepeatedFieldTrailingComma: ['"attributes":[{},]', 'invalid'],
  RepeatedFieldTrailingCommaWithNewlines: ['"attributes":[\n{},\n]', 'invalid'],
  RepeatedFieldMessageElementIsNull: ['"attributes":[null]', 'invalid'],
  RepeatedFieldWrongElementTypeExpectingMessagesGotBool: ['"attributes":[true,{}]', 'invalid'],
  RepeatedFieldWrongElementTypeExpectingMessagesGotInt: ['"attributes":[1]', 'invalid'],
  RepeatedFieldWrongElementTypeExpectingMessagesGotString: ['"attributes":[{},"x"]', 'invalid'],
  AllFieldAcceptNull: [
    '"traceId":null,"name":null,"kind":null,"startTimeUnixNano":null,"attributes":null,"status":null,"flags":null',
    {},
  ],
  IgnoreUnknownJsonNumber: ['"name":"x","unknown":1', { name: 'x' }],
  IgnoreUnknownJsonString: ['"name":"x","unknown":"a"', { name: 'x' }],
  IgnoreUnknownJsonTrue: ['"name":"x","unknown":true', { name: 'x' }],
  IgnoreUnknownJsonFalse: ['"name":"x","unknown":false', { name: 'x' }],
  IgnoreUnknownJsonNull: ['"name":"x","unknown":null', { name: 'x' }],
  IgnoreUnknownJsonObject: ['"name":"x","unknown":{"a":1}', { name: 'x' }],
  IgnoreUnknownJsonArray: ['"name":"x","unknown":[1,{}]', { name: 'x' }],
  UnknownJsonBareWord: ['"name":"x","unknown":undefined', 'invalid'],
  EnumFieldNumericValueZero: ['"name":"x","kind":0', { name: 'x' }],
  EnumFieldNumericValueNonZero: ['"kind":1', { kind: 1 }],
  EnumFieldUnknownNumericValue: ['"kind":17', { kind: 17 }],
  EnumFieldUnknownStringValue: ['"kind":"UNKNOWN_ENUM_VALUE"', 'invalid'],
  EnumFieldNotQuoted: ['"kind":SPAN_KIND_SERVER', 'invalid'],
  Uint32FieldMaxFloatValue: ['"droppedEventsCount":4294967295.0', { droppedEventsCount: 4294967295 }],
  Uint32FieldTooLarge: ['"droppedEventsCount":4294967296', 'invalid'],
  Uint32FieldNotInteger: ['"droppedEventsCount":0.5', 'invalid'],
  Uint64FieldMaxValue: ['"startTimeUnixNano":"18446744073709551615"', { startTimeUnixNano: '18446744073709551615' }],
  Uint64FieldMaxValueNotQuoted: [
    '"startTimeUnixNano":18446744073709551615',
    { startTimeUnixNano: '18446744073709551615' },
  ],
  Uint64FieldTooLarge: ['"startTimeUnixNano":"18446744073709551616"', 'invalid'],
  Uint64FieldNotInteger: ['"startTimeUnixNano":"0.5"', 'invalid'],
  Uint64FieldNotNumber: ['"startTimeUnixNano":"a"', 'invalid'],
}

it('[C99 C90] JSON input by the names of the official suite: int32', async () => {
  const text = (value: string) => pointText(`"timeUnixNano":"1","scale":${value}`, 'exponentialHistogram')
  const model = (fields: Model) => pointModel({ timeUnixNano: '1', ...fields }, 'exponentialHistogram')
  await witnesses.expectRead(casesOf(INT32, text, model, 'metrics'))
})

it('[C99 C98] JSON input by the names of the official suite: strings', async () => {
  await witnesses.expectRead(casesOf(STRINGS, (value) => spanText(`"traceState":${value}`), spanModel, 'traces'))
})

it('[C99 C91 C92 C95 C96] JSON input by the names of the official suite: booleans, bytes, doubles, oneofs', async () => {
  await witnesses.expectRead(casesOf(VALUES, (value) => logText(`"body":${value}`), logModel, 'logs'))
})

it('[C99 C86 C87 C93 C94] JSON input by the names of the official suite: fields, lists, enums, unknown members', async () => {
  await witnesses.expectRead(casesOf(MEMBERS, spanText, spanModel, 'traces'))
})
