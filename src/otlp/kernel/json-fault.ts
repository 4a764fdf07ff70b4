/**
 * Why a JSON text is refused, and where; kept for the host to read after the call. Same numbers in otlp/json-fault.ts.
 */
import { BAD_JSON } from './faults'

export const NOT_AN_OBJECT: i32 = 1
export const NOT_AN_ARRAY: i32 = 2
export const NOT_A_STRING: i32 = 3
export const NOT_A_BOOLEAN: i32 = 4
export const NOT_AN_INTEGER: i32 = 5
export const NOT_AN_ENUM: i32 = 6
export const NOT_A_DOUBLE: i32 = 7
export const NOT_A_TRACE_ID: i32 = 8
export const NOT_A_SPAN_ID: i32 = 9
export const NOT_A_PROFILE_ID: i32 = 10
export const NOT_BASE64: i32 = 11
export const SECOND_OF_ONEOF: i32 = 12
export const TOO_MANY_DUPLICATES: i32 = 13
export const MESSAGES_TOO_DEEP: i32 = 14
export const VALUES_TOO_DEEP: i32 = 15
export const NO_KEY: i32 = 16
export const NO_COLON: i32 = 17
export const NO_VALUE: i32 = 18
export const NO_COMMA_IN_OBJECT: i32 = 19
export const NO_COMMA_IN_ARRAY: i32 = 20
export const NOT_THE_END: i32 = 21
export const BAD_NUMBER: i32 = 22
export const UNENDED_STRING: i32 = 23
export const CONTROL_CHARACTER: i32 = 24
export const BAD_ESCAPE: i32 = 25
export const HALF_SURROGATE: i32 = 26
export const NOT_UTF8: i32 = 27
export const BYTE_ORDER_MARK: i32 = 28
export const NULL_ELEMENT: i32 = 29

export let faultReason: i32 = 0
export let faultAt: usize = 0
/** name entry of the innermost field it happened in, 0 when in none */
export let faultName: usize = 0

export function clearFault(): void {
  faultReason = 0
  faultAt = 0
  faultName = 0
}

export function fault(reason: i32, at: usize): usize {
  faultReason = reason
  faultAt = at
  return BAD_JSON
}

/** on the way out of the fields around the fault: the first one is the innermost */
export function faultIn(name: usize, code: usize): usize {
  if (faultName == 0) faultName = name
  return code
}
