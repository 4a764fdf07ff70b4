/**
 * The rules of otlp.validation=strict that concern one message of an item: docs/validation.md. The message is known to be
 * whole. Each rule takes walks of its own over the message's fields; nobody pays for them in the other modes. A fault on
 * such a walk means that another thread has changed the message meanwhile: it ends there, with any answer.
 *
 * Constants of the form FIELD_… are tags: field number << 3 | wire type, as in the .proto files.
 */
import { FAULTS_END } from './faults'
import {
  REASON_HISTOGRAM,
  REASON_ID_ABSENT,
  REASON_ORIGINAL,
  REASON_SAMPLE,
  REASON_SUMMARY,
  REASON_TIME,
  REASON_VALUE,
} from './report'
import {
  RULE_EXEMPLAR,
  RULE_EXPONENTIAL_POINT,
  RULE_HISTOGRAM_POINT,
  RULE_NUMBER_POINT,
  RULE_PROFILE,
  RULE_QUANTILE,
  RULE_SAMPLE,
  RULE_SPAN,
  RULE_SUMMARY_POINT,
} from './tables'
import { readSize, readTag, readVarint, skipValue, varintValue } from './wire'

/** the last value find() found: its bits, or where its bytes stand */
let foundRaw: u64 = 0
let foundAt: usize = 0
let foundBytes: usize = 0

/** returns the reason to reject, or 0 */
export function checkPolicy(rule: u32, at: usize, end: usize): u32 {
  switch (rule) {
    case RULE_SPAN:
      return isId(0x0a, at, end) && isId(0x12, at, end) ? 0 : REASON_ID_ABSENT
    case RULE_NUMBER_POINT:
      if (!hasTime(at, end)) return REASON_TIME
      // as_double, as_int; or the flag that there is no value
      return find(0x21, at, end) || find(0x31, at, end) || isFlagged(0x40, at, end) ? 0 : REASON_VALUE
    case RULE_HISTOGRAM_POINT:
      if (!hasTime(at, end)) return REASON_TIME
      return isFlagged(0x50, at, end) || isHistogram(at, end) ? 0 : REASON_HISTOGRAM
    case RULE_EXPONENTIAL_POINT:
      if (!hasTime(at, end)) return REASON_TIME
      return isFlagged(0x50, at, end) || isExponentialHistogram(at, end) ? 0 : REASON_HISTOGRAM
    case RULE_SUMMARY_POINT:
      return hasTime(at, end) ? 0 : REASON_TIME
    case RULE_QUANTILE:
      return isQuantile(at, end) ? 0 : REASON_SUMMARY
    case RULE_EXEMPLAR:
      return find(0x19, at, end) || find(0x31, at, end) ? 0 : REASON_VALUE
    case RULE_SAMPLE:
      return isSample(at, end) ? 0 : REASON_SAMPLE
    case RULE_PROFILE:
      return checkProfile(at, end)
    default:
      return 0
  }
}

/** finds the last field with this tag, which is the one that counts */
function find(wanted: u32, at: usize, end: usize): bool {
  let isFound = false
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return false
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return false
    if (tag == wanted) {
      isFound = true
      if ((tag & 7) == 2) {
        foundAt = readSize(at, end)
        if (foundAt < FAULTS_END) return false
        foundBytes = <usize>varintValue
      } else if ((tag & 7) == 1) {
        foundRaw = load<u64>(at)
      } else {
        readVarint(at, end)
        foundRaw = varintValue
      }
    }
    at = next
  }
  return isFound
}

/** present, and not all zero; of its length otlp.validation=spec takes care */
function isId(tag: u32, at: usize, end: usize): bool {
  return find(tag, at, end) && !isZero(foundAt, foundBytes)
}

function isZero(at: usize, bytes: usize): bool {
  for (const end = at + bytes; at < end; at++) if (load<u8>(at) != 0) return false
  return true
}

/** time_unix_nano has number 3 in all data points */
function hasTime(at: usize, end: usize): bool {
  return find(0x19, at, end) && foundRaw != 0
}

/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK */
function isFlagged(tag: u32, at: usize, end: usize): bool {
  return find(tag, at, end) && (foundRaw & 1) != 0
}

/** what gather() found of a repeated scalar */
let gatheredCount: u64 = 0
let gatheredSum: u64 = 0
let areIncreasing: bool = true
let lastDouble: f64 = 0

function beginGathering(): void {
  gatheredCount = 0
  gatheredSum = 0
  areIncreasing = true
}

/** all elements of a repeated scalar, packed or not; doubles are looked at as such, the others as numbers */
function gather(field: u32, isVarint: bool, at: usize, end: usize): void {
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return
    if (tag >>> 3 == field) {
      const wireType = tag & 7
      if (wireType == 2) {
        at = readSize(at, end)
        if (at < FAULTS_END) return
        gatherElements(isVarint, at, next)
      } else if (wireType == (isVarint ? 0 : 1)) gatherElements(isVarint, at, next)
    }
    at = next
  }
}

function gatherElements(isVarint: bool, at: usize, end: usize): void {
  while (at < end) {
    let raw: u64
    if (isVarint) {
      at = readVarint(at, end)
      if (at < FAULTS_END) return
      raw = varintValue
    } else {
      if (end - at < 8) return
      raw = load<u64>(at)
      at += 8
    }
    const asDouble = reinterpret<f64>(raw)
    // written so that NaN is not increasing
    if (!(gatheredCount == 0 ? asDouble == asDouble : asDouble > lastDouble)) areIncreasing = false
    lastDouble = asDouble
    gatheredSum += raw
    gatheredCount++
  }
}

/** bucket_counts = 6, explicit_bounds = 7, count = 4 */
function isHistogram(at: usize, end: usize): bool {
  beginGathering()
  gather(7, false, at, end)
  const bounds = gatheredCount
  if (!areIncreasing) return false
  beginGathering()
  gather(6, false, at, end)
  if (gatheredCount == 0) return bounds == 0
  return gatheredCount == bounds + 1 && gatheredSum == countOf(at, end)
}

function countOf(at: usize, end: usize): u64 {
  return find(0x21, at, end) ? foundRaw : 0
}

/** zero_count = 7, positive = 8, negative = 9, each with bucket_counts = 2 */
function isExponentialHistogram(at: usize, end: usize): bool {
  const zeroes = find(0x39, at, end) ? foundRaw : 0
  const count = countOf(at, end)
  beginGathering()
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return false
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return false
    if (tag == 0x42 || tag == 0x4a) {
      at = readSize(at, end)
      if (at < FAULTS_END) return false
      gather(2, true, at, next)
    }
    at = next
  }
  return zeroes + gatheredSum == count
}

/** quantile = 1 in [0, 1], value = 2 not negative; NaN is the value of a quantile that has no observations */
function isQuantile(at: usize, end: usize): bool {
  const quantile = find(0x09, at, end) ? reinterpret<f64>(foundRaw) : 0
  const value = find(0x11, at, end) ? reinterpret<f64>(foundRaw) : 0
  return quantile >= 0 && quantile <= 1 && !(value < 0)
}

/** values = 4, timestamps_unix_nano = 5: one of them, or as many of each */
function isSample(at: usize, end: usize): bool {
  beginGathering()
  gather(4, true, at, end)
  const values = gatheredCount
  beginGathering()
  gather(5, false, at, end)
  if (values == 0 || gatheredCount == 0) return values != gatheredCount
  return values == gatheredCount
}

/** profile_id = 7; original_payload_format = 9 and original_payload = 10, both or none */
function checkProfile(at: usize, end: usize): u32 {
  if (find(0x3a, at, end) && foundBytes != 0 && isZero(foundAt, foundBytes)) return REASON_ID_ABSENT
  const hasFormat = find(0x4a, at, end) && foundBytes != 0
  const hasPayload = find(0x52, at, end) && foundBytes != 0
  return hasFormat == hasPayload ? 0 : REASON_ORIGINAL
}
