/**
 * Check: what is wrong with one item, or with what items share? A message is read to its end even when a reason to reject
 * it is found, because a fault of the encoding behind it concerns the whole request.
 */
import { DEPTH_MAX, FAULTS_END, TOO_DEEP } from './faults'
import { checkPolicy } from './policy'
import { countStrindex, dictionaryEntries, REASON_ID_LENGTH, REASON_INDEX, REASON_UTF8 } from './report'
import { checkPacked } from './scan'
import {
  ACT_HEX,
  ACT_INT32,
  ACT_METRIC_KIND,
  ACT_PACKED,
  ACT_SKIP_LENGTH,
  ACT_STRINDEX,
  ACT_STRING,
  actionOf,
  elementActionOf,
  entryOf,
  idBytesOf,
  indexedTableOf,
  isKnown,
  ruleOf,
  subTableOf,
  TAGS_END,
} from './tables'
import { isText } from './utf8'
import { readSize, readTag, readVarint, skipValue, varintValue } from './wire'

/** bits of what is looked at besides the encoding; as CHECK in otlp/sift-report.ts */
export const CHECK_UTF8: u32 = 1
export const CHECK_IDS: u32 = 2
export const CHECK_POLICY: u32 = 4

let checks: u32 = 0
let hasDictionary: bool = false

/** the first reason since forget(), 0 for none, and where it stands */
export let reason: u32 = 0
export let reasonAt: usize = 0

export function beginChecks(wanted: u32, isProfiles: bool): void {
  checks = wanted
  hasDictionary = isProfiles
}

export function forget(): void {
  reason = 0
}

export function note(found: u32, at: usize): void {
  if (reason != 0) return
  reason = found
  reasonAt = at
}

/** returns its end, or a fault */
export function checkMessage(table: usize, at: usize, end: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return TOO_DEEP
  const start = at
  while (at < end) {
    at = checkField(table, at, end, depth)
    if (at < FAULTS_END) return at
  }
  if ((checks & CHECK_POLICY) != 0) {
    const broken = checkPolicy(ruleOf(table), start, end)
    if (broken != 0) note(broken, start)
  }
  return end
}

/** one field, from its tag; returns where the next one stands, or a fault */
export function checkField(table: usize, at: usize, end: usize, depth: i32): usize {
  at = readTag(at, end)
  if (at < FAULTS_END) return at
  const tag = <u32>varintValue
  const action = tag < TAGS_END ? actionOf(table, tag) : ACT_SKIP_LENGTH
  if (!isKnown(action)) return skipValue(tag, at, end, depth)
  const entry = entryOf(table, tag >>> 3)
  if (action > ACT_PACKED) {
    const next = skipValue(tag, at, end, depth)
    if ((action == ACT_INT32 || action == ACT_STRINDEX) && next >= FAULTS_END) checkIndexes(entry, at, next)
    return next
  }
  at = readSize(at, end)
  if (at < FAULTS_END) return at
  const next = at + <usize>varintValue
  if (action <= ACT_METRIC_KIND) return checkMessage(subTableOf(entry), at, next, depth + 1)
  if (action == ACT_STRING) {
    if ((checks & CHECK_UTF8) != 0 && !isText(at, next - at)) note(REASON_UTF8, at)
  } else if (action == ACT_HEX) {
    const isWrong = at != next && next - at != idBytesOf(table, tag)
    if (isWrong && (checks & CHECK_IDS) != 0 && !comesAgain(tag, next, end)) note(REASON_ID_LENGTH, at)
  } else if (action == ACT_PACKED) {
    const fault = checkPacked(elementActionOf(entry), at, next - at)
    if (fault < FAULTS_END) return fault
    if (elementActionOf(entry) == ACT_INT32) checkIndexes(entry, at, next)
  }
  return next
}

/** a field that stands in the message again is replaced there; a fault in between is for the others to find */
function comesAgain(wanted: u32, at: usize, end: usize): bool {
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return false
    const tag = <u32>varintValue
    if (tag == wanted) return true
    at = skipValue(tag, at, end, 0)
    if (at < FAULTS_END) return false
  }
  return false
}

/** int32 values, one behind the other, known to be whole */
function checkIndexes(entry: usize, at: usize, end: usize): void {
  const table = indexedTableOf(entry)
  if (table == 0) return
  if (!hasDictionary) {
    countStrindex(at)
    return
  }
  if ((checks & CHECK_POLICY) == 0) return
  while (at < end) {
    const valueAt = at
    at = readVarint(at, end)
    // only when another thread has changed it
    if (at < FAULTS_END) return
    // negative ones are large when read without a sign
    if (<u32>varintValue >= dictionaryEntries(table)) note(REASON_INDEX, valueAt)
  }
}
