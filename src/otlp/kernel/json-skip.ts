/** White space, and values that nobody reads: passed over, and checked to be JSON. */
import { BAD_JSON, FAULTS_END } from './faults'
import {
  fault,
  NO_COLON,
  NO_COMMA_IN_ARRAY,
  NO_COMMA_IN_OBJECT,
  NO_KEY,
  NO_VALUE,
  VALUES_TOO_DEEP,
} from './json-fault'
import { readDecimal } from './json-number'
import { skipString } from './json-text'

/** objects and arrays in one another, inside a value that is passed over */
const LEVELS_MAX: i32 = 100

/** the next character, 0 at the end: no token begins with it */
// @ts-ignore: decorator
@inline
export function peek(at: usize, end: usize): u32 {
  return at < end ? <u32>load<u8>(at) : 0
}

// @ts-ignore: decorator
@inline
export function skipSpace(at: usize, end: usize): usize {
  return at < end && load<u8>(at) <= 0x20 ? skipLongSpace(at, end) : at
}

function skipLongSpace(at: usize, end: usize): usize {
  while (at < end) {
    const char: u32 = load<u8>(at)
    if (char != 0x20 && char != 0x0a && char != 0x0d && char != 0x09) break
    at++
  }
  return at
}

export function skipValue(at: usize, end: usize, levels: i32): usize {
  const char = peek(at, end)
  if (char == 0x22) return skipString(at + 1, end)
  if (char == 0x7b || char == 0x5b) {
    if (levels >= LEVELS_MAX) return fault(VALUES_TOO_DEEP, at)
    return char == 0x7b ? skipObject(at + 1, end, levels) : skipArray(at + 1, end, levels)
  }
  if (char == 0x2d || char - 0x30 <= 9) {
    const after = readDecimal(at, end)
    return after == 0 ? BAD_JSON : after
  }
  const after = skipWord(at, end)
  return after == 0 ? fault(NO_VALUE, at) : after
}

/** behind true, false or null; 0 when none of them stands here */
function skipWord(at: usize, end: usize): usize {
  if (end - at < 4) return 0
  const word = load<u32>(at)
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4
  return word == 0x736c6166 && end - at >= 5 && load<u8>(at, 4) == 0x65 ? at + 5 : 0
}

/** behind null, or 0 */
// @ts-ignore: decorator
@inline
export function skipNull(at: usize, end: usize): usize {
  return end - at >= 4 && load<u32>(at) == 0x6c6c756e ? at + 4 : 0
}

function skipObject(at: usize, end: usize, levels: i32): usize {
  at = skipSpace(at, end)
  if (peek(at, end) == 0x7d) return at + 1
  while (true) {
    if (peek(at, end) != 0x22) return fault(NO_KEY, at)
    at = skipString(at + 1, end)
    if (at < FAULTS_END) return at
    at = skipSpace(at, end)
    if (peek(at, end) != 0x3a) return fault(NO_COLON, at)
    at = skipValue(skipSpace(at + 1, end), end, levels + 1)
    if (at < FAULTS_END) return at
    at = skipSpace(at, end)
    const char = peek(at, end)
    if (char == 0x7d) return at + 1
    if (char != 0x2c) return fault(NO_COMMA_IN_OBJECT, at)
    at = skipSpace(at + 1, end)
  }
}

function skipArray(at: usize, end: usize, levels: i32): usize {
  at = skipSpace(at, end)
  if (peek(at, end) == 0x5d) return at + 1
  while (true) {
    at = skipValue(at, end, levels + 1)
    if (at < FAULTS_END) return at
    at = skipSpace(at, end)
    const char = peek(at, end)
    if (char == 0x5d) return at + 1
    if (char != 0x2c) return fault(NO_COMMA_IN_ARRAY, at)
    at = skipSpace(at + 1, end)
  }
}
