/**
 * Transcode: protobuf to OTLP/JSON in one pass, field by field as they arrive.
 *
 * - Each value ends with a comma; what closes an object or array writes over the last one.
 * - A field that comes a second time out of order (a repeated field after another one, a second value of a singular
 *   field or of a oneof) cannot be written in one pass: the message is begun again by exact.ts. When that happens
 *   for more bytes than the request has, the whole request is: no input costs more than a few passes.
 * - Strings are not checked for UTF-8 here: scan did that.
 */
import { writeCommonAttribute } from './attribute'
import { exactMessage } from './exact'
import {
  BAD_TAG,
  DEPTH_MAX,
  FAULTS_END,
  OUTPUT_FULL,
  START_OVER,
  TOO_DEEP,
  TRUNCATED,
} from './faults'
import { outputLimit, RESERVE, setInputEnd, setOutputEnd } from './space'
import {
  ACT_ATTRIBUTE,
  ACT_BAD_TAG,
  ACT_BYTES,
  ACT_FIXED32,
  ACT_HEX,
  ACT_METRIC_KIND,
  ACT_PACKED,
  ACT_SKIP_VARINT,
  ACT_STRINDEX,
  ACT_STRING,
  actionOf,
  elementActionOf,
  entryOf,
  excludedBitsOf,
  isKnown,
  isRepeated,
  requestTable,
  subTableOf,
  TAGS_END,
  writePrefix,
} from './tables'
import { writeBase64, writeHex, writeText } from './text'
import { writePacked, writeScalar } from './value'
import { readFixed, readSize, readTag, readVarint, skipValue, varintValue } from './wire'

/** bytes of messages begun again in this request, and how many of them are still allowed */
let againBytes: usize = 0

export function transcode(signalIndex: i32, offset: usize, bytes: usize, outOffset: usize, outBytesMax: usize): i32 {
  if (outBytesMax < RESERVE) return -<i32>OUTPUT_FULL
  const table = requestTable(signalIndex)
  setOutputEnd(outOffset + outBytesMax)
  setInputEnd(offset + bytes)
  againBytes = bytes
  let out = writeMessage(table, offset, offset + bytes, outOffset, 0)
  if (out == START_OVER) {
    setOutputEnd(outOffset + outBytesMax)
    setInputEnd(offset + bytes)
    out = exactMessage(table, offset, offset + bytes, outOffset, 0)
  }
  return out < FAULTS_END ? -<i32>out : <i32>(out - outOffset)
}

function writeMessage(table: usize, at: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return TOO_DEEP
  if (out > outputLimit) return OUTPUT_FULL
  const start = at
  const outStart = out
  let seen: u32 = 0
  // number of the repeated field whose array is open, 0 when none is
  let open: u32 = 0
  store<u8>(out++, 0x7b)
  while (at < end) {
    let tag: u32 = load<u8>(at)
    if (tag < 128) {
      at++
    } else {
      at = readTag(at, end)
      if (at < FAULTS_END) return at
      tag = <u32>varintValue
    }
    const action = tag < TAGS_END ? actionOf(table, tag) : ACT_SKIP_VARINT
    if (!isKnown(action)) {
      if (action == ACT_BAD_TAG) return BAD_TAG
      at = skipValue(tag, at, end, depth)
      if (at < FAULTS_END) return at
      continue
    }
    let raw: u64 = at < end && action <= ACT_SKIP_VARINT ? load<u8>(at) : 128
    if (raw < 128) {
      at++
    } else {
      at = readRaw(action, at, end)
      if (at < FAULTS_END) return at
      raw = varintValue
    }
    // of what is length-delimited, raw is the size
    const bytes = <usize>raw
    if (action <= ACT_PACKED) {
      if (bytes > end - at) return TRUNCATED
      if (action == ACT_PACKED && bytes == 0) continue
    }
    const field = tag >>> 3
    const entry = entryOf(table, field)
    if (out > outputLimit) return OUTPUT_FULL
    if (field != open) {
      if (open != 0) out = closeArray(out)
      if ((seen & excludedBitsOf(entry)) != 0) return startAgain(table, start, end, outStart, depth)
      seen |= 1 << field
      open = isRepeated(entry) ? field : 0
      out = writePrefix(entry, out)
    }
    if (action <= ACT_PACKED) {
      out = writeSized(action, entry, at, bytes, out, depth)
      if (out < FAULTS_END) return out
      at += bytes
    } else {
      out = writeScalar(action, raw, out)
      store<u8>(out++, 0x2c)
    }
  }
  // checked again: a hundred levels may end here, one behind the other
  if (out > outputLimit) return OUTPUT_FULL
  if (open != 0) out = closeArray(out)
  // over the last comma, if there is one
  if (out != outStart + 1) out--
  store<u8>(out, 0x7d)
  return out + 1
}

/** a varint or size of more than one byte, or a fixed value, into varintValue */
// @ts-ignore: decorator
@inline
function readRaw(action: u32, at: usize, end: usize): usize {
  if (action <= ACT_PACKED) return readSize(at, end)
  if (action <= ACT_SKIP_VARINT || action == ACT_STRINDEX) return readVarint(at, end)
  return readFixed(at, end, action == ACT_FIXED32 ? 4 : 8)
}

/** over the comma of the last element */
// @ts-ignore: decorator
@inline
function closeArray(out: usize): usize {
  store<u16>(out - 1, 0x2c5d) // ],
  return out + 1
}

/** what is length-delimited, with its comma; a packed field has one behind each element */
// @ts-ignore: decorator
@inline
function writeSized(action: u32, entry: usize, at: usize, bytes: usize, out: usize, depth: i32): usize {
  let after: usize = 0
  if (action == ACT_ATTRIBUTE) after = writeCommonAttribute(at, bytes, out, depth)
  if (after == 0) {
    if (action <= ACT_METRIC_KIND) after = writeMessage(subTableOf(entry), at, at + bytes, out, depth + 1)
    else if (action == ACT_STRING) after = writeText(at, bytes, out)
    else if (action == ACT_HEX) after = writeHex(at, bytes, out)
    else if (action == ACT_BYTES) after = writeBase64(at, bytes, out)
    else return writePacked(elementActionOf(entry), at, at + bytes, out)
  }
  if (after < FAULTS_END) return after
  store<u8>(after, 0x2c)
  return after + 1
}

function startAgain(table: usize, start: usize, end: usize, outStart: usize, depth: i32): usize {
  if (end - start > againBytes) return START_OVER
  againBytes -= end - start
  return exactMessage(table, start, end, outStart, depth)
}
