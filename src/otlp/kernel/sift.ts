/**
 * Sift: which items of a request are rejected, and the request without them.
 *
 * - It works in place: what stays moves down, never beyond where it was read, so nothing outside the payload is written.
 *   Order, unknown fields and all bytes of what stays are kept; only the sizes around what went change.
 * - A fault in what items share (resource, scope, metric, dictionary) rejects all items below it.
 * - A resource, scope or metric that loses its last item goes as a whole. A metric's kind goes with its metric only: it may be
 *   one piece of several, with the temporality of all, or what replaced an earlier kind.
 * - A dry run writes nothing and finds the same: positions of the report are those of the payload as it came.
 */
import { beginChecks, CHECK_POLICY, checkField, checkMessage, forget, note, reason, reasonAt } from './check'
import { isDictionaryWhole, measureDictionary } from './dictionary'
import { DEPTH_MAX, FAULTS_END, TOO_DEEP } from './faults'
import {
  beginReport,
  countRejected,
  endReport,
  forgetStrindexes,
  REASON_DICTIONARY,
  REASON_TEMPORALITY,
  REASON_TOO_LARGE,
  strindexes,
} from './report'
import {
  ACT_ITEM,
  ACT_MESSAGE,
  ACT_METRIC_KIND,
  ACT_RESOURCE,
  ACT_SCOPE,
  ACT_SKIP_LENGTH,
  actionOf,
  entryOf,
  requestTable,
  RULE_METRIC,
  RULE_TEMPORAL_KIND,
  ruleOf,
  subTableOf,
  TAGS_END,
} from './tables'
import { readSize, readTag, readVarint, skipValue, varintValue } from './wire'

const PROFILES: i32 = 3
/** aggregation_temporality, in each kind that has one */
const TEMPORALITY_TAG: u32 = 0x10

let itemBytesMax: usize = 0
let hasPolicy: bool = false
let isProfiles: bool = false
let writes: bool = false
/** where the next byte that stays goes */
let out: usize = 0
/** something inside the message that is being read was left out */
let isCut: bool = false
/** false inside a metric's kind that a later one replaces: its points are no items */
let isCounted: bool = true
/** of the metric's last kind: where it begins, whether it has a temporality, and which */
let kindAt: usize = 0
let isTemporal: bool = false
let temporality: u32 = 0

/** items that stay, or a fault negated; the report is that of report.ts */
export function sift(
  signalIndex: i32,
  offset: usize,
  bytes: usize,
  checks: u32,
  itemMax: usize,
  report: usize,
  isDry: bool,
): i32 {
  const end = offset + bytes
  isProfiles = signalIndex == PROFILES
  hasPolicy = (checks & CHECK_POLICY) != 0
  itemBytesMax = itemMax
  writes = !isDry
  out = offset
  isCut = false
  isCounted = true
  beginReport(report, offset)
  beginChecks(checks, isProfiles)
  if (isProfiles && hasPolicy) {
    const measured = measureDictionary(offset, end)
    if (measured < FAULTS_END) return -<i32>measured
  }
  const items = siftContent(requestTable(signalIndex), offset, end, 0)
  endReport(out - offset)
  return items
}

/** the content of the request or of an envelope: items that stay, or a fault negated */
function siftContent(table: usize, at: usize, end: usize, depth: i32): i32 {
  if (depth > DEPTH_MAX) return -<i32>TOO_DEEP
  const start = at
  const outStart = out
  const isMetric = ruleOf(table) == RULE_METRIC
  const lastKind = isMetric ? lastKindFrom(table, at, end) : at
  if (lastKind < FAULTS_END) return -<i32>lastKind
  let items: i32 = 0
  let shared: u32 = 0
  let sharedAt: usize = 0
  const strindexesBefore = strindexes()
  isTemporal = false
  while (at < end) {
    const fieldAt = at
    at = readTag(at, end)
    if (at < FAULTS_END) return -<i32>at
    const tag = <u32>varintValue
    const action = tag < TAGS_END ? actionOf(table, tag) : ACT_SKIP_LENGTH
    const sub = action <= ACT_METRIC_KIND ? subTableOf(entryOf(table, tag >>> 3)) : 0
    if (!isEnvelope(action, sub) && action != ACT_ITEM) {
      forget()
      const next = checkField(table, fieldAt, end, depth)
      if (next < FAULTS_END) return -<i32>next
      if (reason != 0 && shared == 0) {
        shared = reason
        sharedAt = reasonAt
      }
      if (tag == TEMPORALITY_TAG && ruleOf(table) == RULE_TEMPORAL_KIND) {
        readVarint(at, end)
        // an enum has 32 bits: the others of its varint do not count
        temporality = <u32>varintValue
      }
      at = next
      keep(fieldAt, at)
      continue
    }
    const sizeAt = at
    at = readSize(at, end)
    if (at < FAULTS_END) return -<i32>at
    const next = at + <usize>varintValue
    let found: i32
    if (action == ACT_ITEM) found = siftItem(sub, fieldAt, at, next, depth + 1)
    else if (action == ACT_METRIC_KIND) found = siftKind(sub, fieldAt, sizeAt, at, next, depth + 1, lastKind)
    else found = siftEnvelope(sub, fieldAt, sizeAt, at, next, depth + 1, true)
    if (found < 0) return found
    items += found
    at = next
  }
  if (shared == 0 && hasPolicy) {
    if (isMetric && isTemporal && temporality == 0 && items != 0) {
      shared = REASON_TEMPORALITY
      sharedAt = kindAt
    } else if (depth == 0 && isProfiles && items != 0 && !isDictionaryWhole()) {
      shared = REASON_DICTIONARY
      sharedAt = start
    }
  }
  if (shared == 0) return items
  countRejected(shared, isCounted ? items : 0, sharedAt)
  forgetStrindexes(strindexesBefore)
  isCut = true
  out = outStart
  return 0
}

// @ts-ignore: decorator
@inline
function isEnvelope(action: u32, sub: usize): bool {
  if (action == ACT_MESSAGE) return ruleOf(sub) == RULE_METRIC
  return action == ACT_RESOURCE || action == ACT_SCOPE || action == ACT_METRIC_KIND
}

function siftItem(table: usize, fieldAt: usize, at: usize, end: usize, depth: i32): i32 {
  forget()
  const strindexesBefore = strindexes()
  if (end - at > itemBytesMax) note(REASON_TOO_LARGE, at)
  const checked = checkMessage(table, at, end, depth)
  if (checked < FAULTS_END) return -<i32>checked
  if (reason == 0) {
    keep(fieldAt, end)
    return 1
  }
  countRejected(reason, isCounted ? 1 : 0, reasonAt)
  forgetStrindexes(strindexesBefore)
  isCut = true
  return 0
}

/** a oneof: only what stands from `lastKind` on counts */
function siftKind(
  table: usize,
  fieldAt: usize,
  sizeAt: usize,
  at: usize,
  end: usize,
  depth: i32,
  lastKind: usize,
): i32 {
  if (fieldAt == lastKind) temporality = 0
  isCounted = fieldAt >= lastKind
  const found = siftEnvelope(table, fieldAt, sizeAt, at, end, depth, false)
  const counts = isCounted
  isCounted = true
  kindAt = at
  isTemporal = ruleOf(table) == RULE_TEMPORAL_KIND
  return found < 0 || counts ? found : 0
}

/** a field with items inside; one that has lost them all goes, where it may */
function siftEnvelope(
  table: usize,
  fieldAt: usize,
  sizeAt: usize,
  at: usize,
  end: usize,
  depth: i32,
  mayGo: bool,
): i32 {
  const outStart = out
  const strindexesBefore = strindexes()
  const wasCut = isCut
  isCut = false
  // tag and size, as wide as they are
  keep(fieldAt, at)
  const contentOut = out
  const items = siftContent(table, at, end, depth)
  if (isCut && items >= 0) {
    if (items == 0 && mayGo) {
      out = outStart
      forgetStrindexes(strindexesBefore)
    } else writeSize(outStart + (sizeAt - fieldAt), contentOut)
  }
  isCut = isCut || wasCut
  return items
}

/** the content has become shorter: its size, and the content moved up to it */
function writeSize(sizeOut: usize, contentOut: usize): void {
  const bytes = out - contentOut
  let at = sizeOut
  let left = bytes
  while (left > 127) {
    if (writes) store<u8>(at, <u8>(left | 128))
    at++
    left >>= 7
  }
  if (writes) {
    store<u8>(at, <u8>left)
    memory.copy(at + 1, contentOut, bytes)
  }
  out = at + 1 + bytes
}

function keep(from: usize, to: usize): void {
  if (writes && out != from) memory.copy(out, from, to - from)
  out += to - from
}

/** where the run of fields begins that decides the kind of a metric; a fault, or `end` when it has none */
function lastKindFrom(table: usize, at: usize, end: usize): usize {
  let from = end
  let kindTag: u32 = 0
  while (at < end) {
    const fieldAt = at
    at = readTag(at, end)
    if (at < FAULTS_END) return at
    const tag = <u32>varintValue
    if (tag < TAGS_END && actionOf(table, tag) == ACT_METRIC_KIND && tag != kindTag) {
      kindTag = tag
      from = fieldAt
    }
    at = skipValue(tag, at, end, 0)
    if (at < FAULTS_END) return at
  }
  return from
}
