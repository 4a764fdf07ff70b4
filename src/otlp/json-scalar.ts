/** The scalar values of ProtoJSON with OTLP's deviations: what a JSON token may be for each protobuf type. */
import { isNumberStart, type JsonCursor } from './json-cursor.ts'

export type IntegerType = 'int32' | 'uint32' | 'sint32' | 'int64' | 'uint64' | 'fixed32' | 'fixed64' | 'sfixed64'

interface Range {
  readonly min: bigint
  readonly max: bigint
}

const SIGNED_32: Range = { min: -(2n ** 31n), max: 2n ** 31n - 1n }
const UNSIGNED_32: Range = { min: 0n, max: 2n ** 32n - 1n }
const SIGNED_64: Range = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const UNSIGNED_64: Range = { min: 0n, max: 2n ** 64n - 1n }

const RANGES: Readonly<Record<IntegerType, Range>> = {
  int32: SIGNED_32,
  sint32: SIGNED_32,
  uint32: UNSIGNED_32,
  fixed32: UNSIGNED_32,
  int64: SIGNED_64,
  sfixed64: SIGNED_64,
  uint64: UNSIGNED_64,
  fixed64: UNSIGNED_64,
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
/** As for number tokens; also keeps the regular expression away from megabytes. */
const QUOTED_NUMBER_CHARACTERS_MAX = 2000
/** More digits than 2^64 has: whatever the exponent says beyond, it is out of range. */
const INTEGER_DIGITS_MAX = 20
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])
const PROFILE_ID_HEX_DIGITS = 32

/** A number, or a decimal string; exact to the last of 64 bits; `1e2` and `1.0` are integers. */
export function readInteger(cursor: JsonCursor, type: IntegerType): bigint {
  const { min, max } = RANGES[type]
  const position = cursor.position()
  const value = integerOf(numberText(cursor))
  if (value !== undefined && value >= min && value <= max) return value
  return cursor.fail(`an integer from ${min} to ${max}, as a number or a string`, position)
}

/** Enums are integers, never names and never strings; unknown numbers are kept. */
export function readEnum(cursor: JsonCursor): bigint {
  const position = cursor.position()
  const value = isNumberStart(cursor.peek()) ? integerOf(cursor.number()) : undefined
  if (value !== undefined && value >= SIGNED_32.min && value <= SIGNED_32.max) return value
  return cursor.fail('the integer of an enum value (names are not allowed in OTLP/JSON)', position)
}

export function readDouble(cursor: JsonCursor): number {
  const position = cursor.position()
  const text = numberText(cursor) ?? ''
  const notFinite = NOT_FINITE.get(text)
  if (notFinite !== undefined) return notFinite
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text)
  return cursor.fail(
    'a number in the range of a double, as a number or a string, or "NaN", "Infinity" or "-Infinity"',
    position,
  )
}

export function readBoolean(cursor: JsonCursor): boolean {
  return cursor.takeBoolean() ?? cursor.fail('true or false')
}

export function readText(cursor: JsonCursor): string {
  return cursor.string('a string')
}

/** Standard or URL-safe base64, padded or not. */
export function readBase64(cursor: JsonCursor): Buffer {
  const position = cursor.position()
  return base64Of(cursor.string(BASE64_ALLOWED)) ?? cursor.fail(BASE64_ALLOWED, position)
}

/** Trace and span ids: hex of either case; their length is judged with the item, not here. */
export function readHexId(cursor: JsonCursor): Buffer {
  const position = cursor.position()
  const text = cursor.string(HEX_ALLOWED)
  return isHex(text) ? Buffer.from(text, 'hex') : cursor.fail(HEX_ALLOWED, position)
}

/** The specification leaves profileId out of its hex rule, the Collector writes hex: 32 hex digits are hex, all else base64. */
export function readProfileId(cursor: JsonCursor): Buffer {
  const allowed = `${PROFILE_ID_HEX_DIGITS} hex digits, or base64`
  const position = cursor.position()
  const text = cursor.string(allowed)
  if (text.length === PROFILE_ID_HEX_DIGITS && isHex(text)) return Buffer.from(text, 'hex')
  return base64Of(text) ?? cursor.fail(allowed, position)
}

const HEX_ALLOWED = 'a string of an even number of hex digits (ids are not base64 in OTLP/JSON)'
const BASE64_ALLOWED = 'a base64 string'

/** The text of a number token or of a string; undefined when neither stands here. */
function numberText(cursor: JsonCursor): string | undefined {
  const first = cursor.peek()
  if (isNumberStart(first)) return cursor.number()
  if (first !== '"') return undefined
  const text = cursor.string('a string')
  return text.length > QUOTED_NUMBER_CHARACTERS_MAX ? undefined : text
}

/** Exact value of a JSON number; undefined when it is none, no integer, or far out of every range. */
function integerOf(text: string | undefined): bigint | undefined {
  const parts = text === undefined ? null : NUMBER.exec(text)
  if (parts === null) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = parts
  const digits = shifted(`${whole}${fraction}`.replace(/^0+/, ''), Number(exponent) - fraction.length)
  if (digits === undefined) return undefined
  const magnitude = BigInt(digits)
  return sign === '-' ? -magnitude : magnitude
}

/** `significant` times ten to the power `shift` in digits; undefined when that is no integer or has too many. */
function shifted(significant: string, shift: number): string | undefined {
  if (significant === '') return '0'
  if (significant.length + shift > INTEGER_DIGITS_MAX) return undefined
  if (shift >= 0) return significant + '0'.repeat(shift)
  const wholeDigits = significant.length + shift
  if (wholeDigits <= 0 || /[1-9]/.test(significant.slice(wholeDigits))) return undefined
  return significant.slice(0, wholeDigits)
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text)
}

function base64Of(text: string): Buffer | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const characters = text.slice(0, text.length - padding)
  if (!/^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)$/.test(characters)) return undefined
  if (padding > 0 ? text.length % 4 !== 0 : characters.length % 4 === 1) return undefined
  return Buffer.from(characters, 'base64')
}
