/**
 * From JSON: OTLP/JSON to protobuf in one pass, field by field as they stand in the text.
 *
 * - Keys are lowerCamelCase, ids hex, enums integers; other keys are passed over, at any depth. Lenient also takes the
 *   names of the .proto files, of fields and of enum values.
 * - null leaves a field unset, and is no element. Two members of a oneof are refused; of equal keys the last wins.
 * - A default is left out where absence says the same. Lengths have as few bytes as they need.
 * - What is checked here: JSON itself, UTF-8, all ranges, sizes of ids, depth. Scan has nothing left to refuse.
 *
 * at: where the text is read; out: where the output ends. A function returns the new `at`, or a fault.
 */
import { DEPTH_MAX, FAULTS_END, OUTPUT_FULL } from './faults'
import { attributeOut, readCommonAttribute } from './json-attribute'
import { bytesOut, readBytes, readSpanId, readTraceId } from './json-bytes'
import { beginDuplicates, takeOut } from './json-duplicate'
import {
  BYTE_ORDER_MARK,
  clearFault,
  fault,
  faultIn,
  MESSAGES_TOO_DEEP,
  NO_COMMA_IN_ARRAY,
  NO_COMMA_IN_OBJECT,
  NOT_A_PROFILE_ID,
  NOT_A_SPAN_ID,
  NOT_A_STRING,
  NOT_A_TRACE_ID,
  NOT_AN_ARRAY,
  NOT_AN_OBJECT,
  NOT_BASE64,
  NOT_THE_END,
  NULL_ELEMENT,
  SECOND_OF_ONEOF,
} from './json-fault'
import { beginKeys, keyName, readKey } from './json-key'
import { writeLength } from './json-length'
import { beginScalars, readScalar, scalarOut } from './json-scalar'
import { peek, skipNull, skipSpace, skipValue } from './json-skip'
import {
  excludedByName,
  fieldOf,
  isAttribute,
  isExplicit,
  isPacked,
  isRepeatedName,
  KIND_BYTES,
  KIND_MESSAGE,
  KIND_PROFILE_ID,
  KIND_SPAN_ID,
  KIND_STRING,
  KIND_TRACE_ID,
  kindOf,
  lengthBytesOf,
  requestJsonTable,
  tableOfName,
  writeTag,
} from './json-tables'
import { readText, textEnd } from './json-text'
import { outputLimit, RESERVE, setInputEnd, setOutputEnd } from './space'

/** in flags */
const LENIENT: u32 = 1

/** where the output ends after the function that was called last */
let outEnd: usize = 0

export function fromJson(
  signalIndex: i32,
  offset: usize,
  bytes: usize,
  outOffset: usize,
  outBytesMax: usize,
  flags: u32,
): i32 {
  clearFault()
  const isLenient = (flags & LENIENT) != 0
  beginKeys(isLenient)
  beginScalars(isLenient)
  beginDuplicates(bytes)
  if (outBytesMax < RESERVE) return -<i32>OUTPUT_FULL
  setOutputEnd(outOffset + outBytesMax)
  const end = offset + bytes
  setInputEnd(end)
  const done = readRequest(requestJsonTable(signalIndex), offset, end, outOffset)
  return done < FAULTS_END ? -<i32>done : <i32>(outEnd - outOffset)
}

function readRequest(table: usize, at: usize, end: usize, out: usize): usize {
  if (end - at >= 3 && load<u16>(at) == 0xbbef && load<u8>(at, 2) == 0xbf) return fault(BYTE_ORDER_MARK, at)
  at = skipSpace(at, end)
  if (peek(at, end) != 0x7b) return fault(NOT_AN_OBJECT, at)
  at = readMessage(table, at + 1, end, out, 0)
  if (at < FAULTS_END) return at
  at = skipSpace(at, end)
  return at == end ? at : fault(NOT_THE_END, at)
}

/** from behind the opening brace to behind the closing one */
function readMessage(table: usize, at: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return fault(MESSAGES_TOO_DEEP, at - 1)
  const outStart = out
  let present: u32 = 0
  at = skipSpace(at, end)
  if (peek(at, end) == 0x7d) {
    outEnd = out
    return at + 1
  }
  while (true) {
    if (out > outputLimit) return OUTPUT_FULL
    at = readKey(table, at, end, out)
    if (at < FAULTS_END) return at
    const name = keyName
    if (name == 0) {
      at = skipValue(at, end, 0)
      if (at < FAULTS_END) return at
    } else {
      const bit: u32 = 1 << fieldOf(name)
      const isNull = peek(at, end) == 0x6e
      if (isNull || (present & excludedByName(name)) != 0) {
        if (!isNull && (present & excludedByName(name) & ~bit) != 0) return faultIn(name, fault(SECOND_OF_ONEOF, at))
        if ((present & bit) != 0) {
          out = takeOut(fieldOf(name), outStart, out, at)
          if (out < FAULTS_END) return faultIn(name, out)
          present &= ~bit
        }
      }
      const after = isNull ? skipNull(at, end) : 0
      if (after != 0) {
        at = after
      } else {
        present |= bit
        at = isRepeatedName(name) ? readArray(name, at, end, out, depth) : readValue(name, at, end, out, depth)
        if (at < FAULTS_END) return faultIn(name, at)
        out = outEnd
      }
    }
    if (peek(at, end) != 0x2c) {
      at = skipSpace(at, end)
      if (peek(at, end) == 0x7d) break
      if (peek(at, end) != 0x2c) return fault(NO_COMMA_IN_OBJECT, at)
    }
    at = skipSpace(at + 1, end)
  }
  outEnd = out
  return at + 1
}

function readArray(name: usize, at: usize, end: usize, out: usize, depth: i32): usize {
  if (peek(at, end) != 0x5b) return fault(NOT_AN_ARRAY, at)
  at = skipSpace(at + 1, end)
  if (peek(at, end) == 0x5d) {
    outEnd = out
    return at + 1
  }
  const isOnePacked = isPacked(name)
  const lengthAt = isOnePacked ? writeTag(name, out) : out
  if (isOnePacked) out = lengthAt + lengthBytesOf(name)
  while (true) {
    if (out > outputLimit) return OUTPUT_FULL
    if (skipNull(at, end) != 0) return fault(NULL_ELEMENT, at)
    at = readValue(name, at, end, out, depth)
    if (at < FAULTS_END) return at
    out = outEnd
    at = skipSpace(at, end)
    const char = peek(at, end)
    if (char == 0x5d) break
    if (char != 0x2c) return fault(NO_COMMA_IN_ARRAY, at)
    at = skipSpace(at + 1, end)
  }
  if (out > outputLimit) return OUTPUT_FULL
  outEnd = isOnePacked ? writeLength(lengthAt, lengthBytesOf(name), out) : out
  return at + 1
}

/** one value, or one element */
function readValue(name: usize, at: usize, end: usize, out: usize, depth: i32): usize {
  const kind = kindOf(name)
  if (kind == KIND_MESSAGE) {
    if (peek(at, end) != 0x7b) return fault(NOT_AN_OBJECT, at)
    const lengthAt = writeTag(name, out)
    if (isAttribute(name) && depth <= DEPTH_MAX - 2) {
      const after = readCommonAttribute(at, end, lengthAt)
      if (after != 0) {
        outEnd = attributeOut
        return after
      }
    }
    const kept = lengthBytesOf(name)
    at = readMessage(tableOfName(name), at + 1, end, lengthAt + kept, depth + 1)
    if (at < FAULTS_END) return at
    // a hundred levels may end here, one behind the other
    if (outEnd > outputLimit) return OUTPUT_FULL
    outEnd = writeLength(lengthAt, kept, outEnd)
    return at
  }
  if (kind > KIND_BYTES) {
    at = readScalar(name, kind, at, end, out)
    outEnd = scalarOut
    return at
  }
  if (peek(at, end) != 0x22) return fault(reasonOf(kind), at)
  if (kind == KIND_STRING) {
    const lengthAt = writeTag(name, out)
    at = readText(at + 1, end, lengthAt + 1)
    if (at < FAULTS_END) return at
    outEnd = textEnd == lengthAt + 1 && !isExplicit(name) ? out : writeLength(lengthAt, 1, textEnd)
    return at
  }
  if (kind == KIND_TRACE_ID) at = readTraceId(name, at, end, out)
  else if (kind == KIND_SPAN_ID) at = readSpanId(name, at, end, out)
  else at = readBytes(name, kind, at, end, out)
  outEnd = bytesOut
  return at
}

function reasonOf(kind: u32): i32 {
  if (kind == KIND_STRING) return NOT_A_STRING
  if (kind == KIND_TRACE_ID) return NOT_A_TRACE_ID
  if (kind == KIND_SPAN_ID) return NOT_A_SPAN_ID
  return kind == KIND_PROFILE_ID ? NOT_A_PROFILE_ID : NOT_BASE64
}
