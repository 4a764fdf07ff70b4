/**
 * Scan: is this payload a valid request, and how many items does it hold?
 *
 * - Everything a decoder would look at is checked: tags, sizes, varints, groups, packed fields, UTF-8 of strings; and the
 *   length of ids. BAD_UTF8 and BAD_ID concern one item or some, STRINDEX none: sift.ts tells which.
 * - Items are spans, log records, profiles, and the data points of a metric's last kind (a oneof: last one wins).
 * - Boundaries, when asked for, are written as found, a resource before its scopes:
 *     u32 count found (may exceed what there was room for), then of each
 *     u32 level (1 resource, 2 scope) | u32 offset of its content in the payload | u32 content bytes | u32 items
 */
import { isCommonAttribute } from './attribute'
import {
  BAD_GROUP,
  BAD_ID,
  BAD_TAG,
  BAD_UTF8,
  BAD_WIRE_TYPE,
  DEPTH_MAX,
  FAULTS_END,
  STRINDEX,
  TOO_DEEP,
  TRUNCATED,
} from './faults'
import {
  ACT_ATTRIBUTE,
  ACT_BAD_GROUP,
  ACT_BAD_WIRE_TYPE,
  ACT_FIXED32,
  ACT_FIXED64,
  ACT_HEX,
  ACT_ITEM,
  ACT_METRIC_KIND,
  ACT_PACKED,
  ACT_RESOURCE,
  ACT_SCOPE,
  ACT_SKIP_FIXED32,
  ACT_SKIP_FIXED64,
  ACT_SKIP_GROUP,
  ACT_SKIP_LENGTH,
  ACT_SKIP_VARINT,
  ACT_STRINDEX,
  ACT_STRING,
  actionOf,
  elementActionOf,
  entryOf,
  idBytesOf,
  requestTable,
  subTableOf,
  TAGS_END,
} from './tables'
import { isText } from './utf8'
import {
  checkPackedVarints,
  readSize,
  readTag,
  skipFixed,
  skipGroup,
  skipValue,
  skipVarint,
  varintValue,
} from './wire'

const BOUNDARY_BYTES: usize = 16

let payloadStart: usize = 0
let boundariesAt: usize = 0
let boundariesMax: u32 = 0
let boundariesFound: u32 = 0
/** signal index of the profiles, the one signal whose values may be indexes into a dictionary */
const PROFILES: i32 = 3
let reportsStrindex: bool = false

export function scan(signalIndex: i32, offset: usize, bytes: usize, boundariesOffset: usize, max: u32): i32 {
  payloadStart = offset
  boundariesAt = boundariesOffset
  boundariesMax = max
  boundariesFound = 0
  reportsStrindex = boundariesOffset == 0 && signalIndex != PROFILES
  const items = scanMessage(requestTable(signalIndex), offset, offset + bytes, 0)
  if (boundariesOffset != 0) store<u32>(boundariesOffset, boundariesFound)
  return items
}

/** items >= 0, or a fault negated */
function scanMessage(table: usize, at: usize, end: usize, depth: i32): i32 {
  if (depth > DEPTH_MAX) return -<i32>TOO_DEEP
  let items: i32 = 0
  let kindTag: u32 = 0
  let kindItems: i32 = 0
  while (at < end) {
    let tag: u32 = load<u8>(at)
    if (tag < 128) {
      at++
    } else {
      at = readTag(at, end)
      if (at < FAULTS_END) return -<i32>at
      tag = <u32>varintValue
      if (tag >= TAGS_END) {
        at = skipValue(tag, at, end, depth)
        if (at < FAULTS_END) return -<i32>at
        continue
      }
    }
    const action = actionOf(table, tag)
    if (action > ACT_SKIP_LENGTH) {
      at = skipOther(action, tag, at, end, depth)
      if (at < FAULTS_END) return -<i32>at
      continue
    }
    if (at >= end) return -<i32>TRUNCATED
    let bytes: usize = load<u8>(at)
    if (bytes < 128) {
      at++
      if (bytes > end - at) return -<i32>TRUNCATED
    } else {
      at = readSize(at, end)
      if (at < FAULTS_END) return -<i32>at
      bytes = <usize>varintValue
    }
    if (action == ACT_STRING) {
      if (!isText(at, bytes)) return -<i32>BAD_UTF8
    } else if (action <= ACT_METRIC_KIND) {
      if (action != ACT_ATTRIBUTE || !isCommonAttribute(at, bytes, depth)) {
        const sub = subTableOf(entryOf(table, tag >>> 3))
        const isBounded = action == ACT_SCOPE || action == ACT_RESOURCE
        const found = isBounded
          ? scanBounded(sub, at, bytes, depth + 1, action)
          : scanMessage(sub, at, at + bytes, depth + 1)
        if (found < 0) return found
        if (action == ACT_METRIC_KIND) {
          if (tag != kindTag) kindItems = 0
          kindTag = tag
          kindItems += found
        } else {
          items += action == ACT_ITEM ? 1 : found
        }
      }
    } else if (action == ACT_PACKED) {
      const fault = checkPacked(elementActionOf(entryOf(table, tag >>> 3)), at, bytes)
      if (fault < FAULTS_END) return -<i32>fault
    } else if (action == ACT_HEX) {
      if (bytes != idBytesOf(table, tag) && bytes != 0) return -<i32>BAD_ID
    }
    at += bytes
  }
  return items + kindItems
}

/** what is not length-delimited: known or not, it is only skipped */
// @ts-ignore: decorator
@inline
function skipOther(action: u32, tag: u32, at: usize, end: usize, depth: i32): usize {
  if (action <= ACT_SKIP_VARINT) return skipVarint(at, end)
  if (action <= ACT_SKIP_FIXED64) return skipFixed(at, end, 8)
  if (action <= ACT_SKIP_FIXED32) return skipFixed(at, end, 4)
  if (action == ACT_SKIP_GROUP) return skipGroup(tag >>> 3, at, end, depth)
  if (action == ACT_BAD_GROUP) return BAD_GROUP
  if (action == ACT_STRINDEX) return reportsStrindex ? STRINDEX : skipVarint(at, end)
  return action == ACT_BAD_WIRE_TYPE ? BAD_WIRE_TYPE : BAD_TAG
}

/** a resource or a scope: noted before what it holds, its items after */
function scanBounded(table: usize, at: usize, bytes: usize, depth: i32, action: u32): i32 {
  const index = boundariesFound++
  const items = scanMessage(table, at, at + bytes, depth)
  if (items >= 0 && boundariesAt != 0 && index < boundariesMax) {
    const place = boundariesAt + 4 + <usize>index * BOUNDARY_BYTES
    store<u32>(place, action == ACT_RESOURCE ? 1 : 2, 0)
    store<u32>(place, at - payloadStart, 4)
    store<u32>(place, bytes, 8)
    store<u32>(place, items, 12)
  }
  return items
}

/** returns `at`, or a fault */
export function checkPacked(elementAction: u32, at: usize, bytes: usize): usize {
  if (elementAction < ACT_FIXED64) return checkPackedVarints(at, at + bytes)
  const unit: usize = elementAction == ACT_FIXED32 ? 4 : 8
  return bytes % unit == 0 ? at : TRUNCATED
}
