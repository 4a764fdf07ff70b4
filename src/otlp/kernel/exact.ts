/**
 * The exact path: a message whose fields repeat out of order, written field by field in the order of their numbers.
 *
 * Each field present takes a walk over the message's tags:
 *   repeated             every occurrence is written, packed or not
 *   singular scalar      the last one is
 *   singular message     all occurrences, one behind the other, are the encoding of their merger; they are copied into
 *                        scratch taken from the end of the output space and written as one message
 *   member of a oneof    what came before another member of the oneof does not count
 *
 * All messages below take this path too, so that nothing is begun again twice. Every walk checks all bounds anew.
 */
import { BAD_TAG, DEPTH_MAX, FAULTS_END, OUTPUT_FULL, TOO_DEEP, TRUNCATED } from './faults'
import { inputEnd, outputEnd, outputLimit, setInputEnd, setOutputEnd } from './space'
import {
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
  subTableOf,
  TAGS_END,
  writePrefix,
} from './tables'
import { writeBase64, writeHex, writeText } from './text'
import { writePacked, writeScalar } from './value'
import { readFixed, readSize, readTag, readVarint, skipValue, varintValue } from './wire'

/** what walk() found: number and action of a known field (number 0: unknown), and where its value stands */
let foundField: u32 = 0
let foundAction: u32 = 0
let foundAt: usize = 0
let foundRaw: u64 = 0

export function exactMessage(table: usize, at: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return TOO_DEEP
  if (out > outputLimit) return OUTPUT_FULL
  const outStart = out
  let present: u32 = 0
  for (let next = at; next < end; ) {
    next = walk(table, next, end, depth)
    if (next < FAULTS_END) return next
    present |= 1 << foundField
  }
  store<u8>(out++, 0x7b)
  // number 0 stands for the unknown ones
  present &= ~1
  while (present != 0) {
    const field = <u32>ctz(present)
    present &= present - 1
    out = writeField(table, field, at, end, out, depth)
    if (out < FAULTS_END) return out
  }
  if (out > outputLimit) return OUTPUT_FULL
  if (out != outStart + 1) out--
  store<u8>(out, 0x7d)
  return out + 1
}

/** reads one field; sets found…; returns where the next one stands */
function walk(table: usize, at: usize, end: usize, depth: i32): usize {
  foundField = 0
  at = readTag(at, end)
  if (at < FAULTS_END) return at
  const tag = <u32>varintValue
  const action = tag < TAGS_END ? actionOf(table, tag) : ACT_SKIP_VARINT
  if (action == ACT_BAD_TAG) return BAD_TAG
  if (!isKnown(action)) return skipValue(tag, at, end, depth)
  foundAction = action
  foundField = tag >>> 3
  if (action <= ACT_PACKED) {
    at = readSize(at, end)
    if (at < FAULTS_END) return at
    foundAt = at
    return at + <usize>varintValue
  }
  foundAt = at
  if (action <= ACT_SKIP_VARINT || action == ACT_STRINDEX) at = readVarint(at, end)
  else at = readFixed(at, end, action == ACT_FIXED32 ? 4 : 8)
  foundRaw = varintValue
  return at
}

function writeField(table: usize, field: u32, at: usize, end: usize, out: usize, depth: i32): usize {
  const entry = entryOf(table, field)
  if (out > outputLimit) return OUTPUT_FULL
  const inside = writePrefix(entry, out)
  if (!isRepeated(entry)) return writeSingular(table, entry, field, at, end, out, inside, depth)
  let next = inside
  while (at < end) {
    const after = walk(table, at, end, depth)
    if (after < FAULTS_END) return after
    if (foundField == field) {
      next = writeValue(entry, after, next, depth)
      if (next < FAULTS_END) return next
    }
    at = after
  }
  // no element at all: only empty packed ones
  if (next == inside) return out
  store<u16>(next - 1, 0x2c5d) // ],
  return next + 1
}

/** the value just walked over, with its comma; it ends at `end` */
function writeValue(entry: usize, end: usize, out: usize, depth: i32): usize {
  if (out > outputLimit) return OUTPUT_FULL
  const action = foundAction
  const at = foundAt
  if (action == ACT_PACKED) return writePacked(elementActionOf(entry), at, end, out)
  if (action <= ACT_METRIC_KIND) out = exactMessage(subTableOf(entry), at, end, out, depth + 1)
  else if (action == ACT_STRING) out = writeText(at, end - at, out)
  else if (action == ACT_HEX) out = writeHex(at, end - at, out)
  else if (action == ACT_BYTES) out = writeBase64(at, end - at, out)
  else out = writeScalar(action, foundRaw, out)
  if (out < FAULTS_END) return out
  store<u8>(out, 0x2c)
  return out + 1
}

/** `out` stands before the prefix, `inside` behind it: it counts only if there is a value */
function writeSingular(
  table: usize,
  entry: usize,
  field: u32,
  at: usize,
  end: usize,
  out: usize,
  inside: usize,
  depth: i32,
): usize {
  const excluded = excludedBitsOf(entry)
  let pieces: u32 = 0
  let first: usize = at
  let lastTag: usize = at
  let total: usize = 0
  for (let next = at; next < end; ) {
    const after = walk(table, next, end, depth)
    if (after < FAULTS_END) return after
    if (foundField == field) {
      if (pieces++ == 0) first = next
      lastTag = next
      total += after - foundAt
    } else if (((1 << foundField) & excluded) != 0 && foundField != 0) {
      pieces = 0
      total = 0
    }
    next = after
  }
  if (pieces == 0) return out
  const after = walk(table, lastTag, end, depth)
  if (after < FAULTS_END) return after
  // only when another thread has changed the input meanwhile
  if (foundField != field) return TRUNCATED
  if (pieces == 1 || foundAction > ACT_METRIC_KIND) return writeValue(entry, after, inside, depth)
  return writeMerged(table, field, first, end, total, inside, depth)
}

/** the occurrences of a message field from `at` on, merged */
function writeMerged(table: usize, field: u32, at: usize, end: usize, total: usize, out: usize, depth: i32): usize {
  if (out > outputLimit || total > outputLimit - out) return OUTPUT_FULL
  const outputEndBefore = outputEnd
  const inputEndBefore = inputEnd
  const scratch = outputEnd - total
  let filled = scratch
  while (at < end) {
    const after = walk(table, at, end, depth)
    if (after < FAULTS_END) return after
    if (foundField == field) {
      // the input may have changed since it was measured
      const bytes = min(after - foundAt, outputEndBefore - filled)
      memory.copy(filled, foundAt, bytes)
      filled += bytes
    }
    at = after
  }
  setOutputEnd(scratch)
  setInputEnd(filled)
  out = exactMessage(subTableOf(entryOf(table, field)), scratch, filled, out, depth + 1)
  setOutputEnd(outputEndBefore)
  setInputEnd(inputEndBefore)
  if (out < FAULTS_END) return out
  store<u8>(out, 0x2c)
  return out + 1
}
