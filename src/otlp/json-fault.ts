/** What a client is told about a JSON text that is no request: where, in which field, what must stand there, what does. */

/** By the reasons of kernel/json-fault.ts; each fits after "must be". */
export const JSON_ALLOWED: readonly string[] = [
  'valid',
  'an object',
  'an array',
  'a string',
  'true or false',
  "an integer in the range of the field's type, as a number or a string",
  'the integer of an enum value (names are not allowed in OTLP/JSON)',
  'a number in the range of a double, as a number or a string, or "NaN", "Infinity" or "-Infinity"',
  'a string of 32 hex digits (ids are not base64 in OTLP/JSON)',
  'a string of 16 hex digits (ids are not base64 in OTLP/JSON)',
  'a string of 32 hex digits, or of base64',
  'a base64 string',
  'the only member of its oneof in this object',
  'there once: equal keys repeat too often behind too many values',
  'nested at most 100 messages deep',
  'nested at most 100 objects and arrays deep',
  'a member name in double quotes',
  'a colon',
  'a JSON value',
  'a comma or a closing brace',
  'a comma or a closing bracket',
  'the end of the text',
  'a number as in JSON',
  'a string that ends with a double quote',
  'a string without raw control characters',
  'a string with the escapes of JSON',
  'a string without half surrogate pairs',
  'a string of valid UTF-8',
  'a JSON object without a byte order mark',
  'an element (null is none)',
]

export interface JsonFault {
  /** Of kernel/json-fault.ts. */
  readonly reason: number
  /** Bytes from the start of the text. */
  readonly offset: number
  /** Of the innermost field; '' when it is in none. */
  readonly fieldName: string
}

const FOUND_BYTES_MAX = 32

/** @param text the whole body */
export function jsonFaultText({ reason, offset, fieldName }: JsonFault, text: Uint8Array): string {
  const where = fieldName === '' ? '' : `, field ${fieldName}`
  const allowed = JSON_ALLOWED[reason] ?? 'valid'
  return `Invalid OTLP/JSON at byte ${offset}${where}: must be ${allowed}, found ${found(text, offset)}`
}

/** The start of what stands there, safe to show: no control characters, no broken UTF-8. */
function found(text: Uint8Array, offset: number): string {
  if (offset >= text.length) return 'the end of the text'
  // a copy: a decoder takes no shared memory
  const excerpt = Buffer.from(text.subarray(offset, offset + FOUND_BYTES_MAX)).toString()
  return excerpt.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
