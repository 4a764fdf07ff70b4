/** The tables in shared memory, as otlp/kernel-tables.ts writes them: see the picture there. */

// @ts-ignore: decorator
@external("env", "tables")
declare const TABLES: usize

export const ACT_ATTRIBUTE: u32 = 0
export const ACT_MESSAGE: u32 = 1
export const ACT_ITEM: u32 = 2
export const ACT_SCOPE: u32 = 3
export const ACT_RESOURCE: u32 = 4
export const ACT_METRIC_KIND: u32 = 5
export const ACT_STRING: u32 = 6
export const ACT_HEX: u32 = 7
export const ACT_BYTES: u32 = 8
export const ACT_PACKED: u32 = 9
export const ACT_SKIP_LENGTH: u32 = 10
export const ACT_UINT64: u32 = 11
export const ACT_INT64: u32 = 12
export const ACT_UINT32: u32 = 13
export const ACT_INT32: u32 = 14
export const ACT_SINT32: u32 = 15
export const ACT_BOOL: u32 = 16
export const ACT_SKIP_VARINT: u32 = 17
export const ACT_FIXED64: u32 = 18
export const ACT_SFIXED64: u32 = 19
export const ACT_DOUBLE: u32 = 20
export const ACT_SKIP_FIXED64: u32 = 21
export const ACT_FIXED32: u32 = 22
export const ACT_SKIP_FIXED32: u32 = 23
export const ACT_SKIP_GROUP: u32 = 24
export const ACT_BAD_GROUP: u32 = 25
export const ACT_BAD_WIRE_TYPE: u32 = 26
export const ACT_BAD_TAG: u32 = 27
/** a varint, an int32: last, so that the scan, which alone treats it differently, has no question more on its way */
export const ACT_STRINDEX: u32 = 28

/** tags below this have an action; the others belong to no OTLP field */
export const TAGS_END: u32 = 256

/** a bit for each action that reads a field of the schema; the others skip or refuse */
const KNOWN_ACTIONS: u32 =
  ((1 << ACT_SKIP_LENGTH) - 1) |
  ((1 << ACT_SKIP_VARINT) - (1 << ACT_UINT64)) |
  ((1 << ACT_SKIP_FIXED64) - (1 << ACT_FIXED64)) |
  (1 << ACT_FIXED32) |
  (1 << ACT_STRINDEX)

// @ts-ignore: decorator
@inline
export function isKnown(action: u32): bool {
  return ((KNOWN_ACTIONS >> action) & 1) != 0
}

// @ts-ignore: decorator
@inline
export function requestTable(signalIndex: i32): usize {
  return load<u32>(TABLES + ((<usize>signalIndex) << 2))
}

/** where the address of the request message's table by name stands */
// @ts-ignore: decorator
@inline
export function requestJsonTableAt(signalIndex: i32): usize {
  return TABLES + 16 + ((<usize>signalIndex) << 2)
}

// @ts-ignore: decorator
@inline
export function powerOfTenAt(exponent: i32): usize {
  return TABLES + 32 + ((<usize>(exponent + 342)) << 4)
}

// @ts-ignore: decorator
@inline
export function actionOf(table: usize, tag: u32): u32 {
  return load<u8>(table + tag)
}

// @ts-ignore: decorator
@inline
export function entryOf(table: usize, field: u32): usize {
  return table + 256 + (<usize>field << 4)
}

/** what otlp.validation=strict asks of a message, as RULE in otlp/kernel-rules.ts; 0 for nothing */
export const RULE_SPAN: u32 = 1
export const RULE_NUMBER_POINT: u32 = 2
export const RULE_HISTOGRAM_POINT: u32 = 3
export const RULE_EXPONENTIAL_POINT: u32 = 4
export const RULE_SUMMARY_POINT: u32 = 5
export const RULE_QUANTILE: u32 = 6
export const RULE_EXEMPLAR: u32 = 7
export const RULE_SAMPLE: u32 = 8
export const RULE_PROFILE: u32 = 9
export const RULE_METRIC: u32 = 10
export const RULE_TEMPORAL_KIND: u32 = 11

// @ts-ignore: decorator
@inline
export function ruleOf(table: usize): u32 {
  return load<u8>(table, 256)
}

/** of an id, by its tag: its bytes when it is set. Byte 3 of the entry, (tag - 2) * 2 behind that of number 0 */
// @ts-ignore: decorator
@inline
export function idBytesOf(table: usize, tag: u32): usize {
  return load<u8>(table + (<usize>tag << 1), 255)
}

/** of an int32: field number of the dictionary table that it is an index of, or 0 */
// @ts-ignore: decorator
@inline
export function indexedTableOf(entry: usize): u32 {
  return load<u32>(entry, 12)
}

// @ts-ignore: decorator
@inline
export function isRepeated(entry: usize): bool {
  return load<u8>(entry, 1) != 0
}

// @ts-ignore: decorator
@inline
export function elementActionOf(entry: usize): u32 {
  return load<u8>(entry, 2)
}

// @ts-ignore: decorator
@inline
export function excludedBitsOf(entry: usize): u32 {
  return load<u32>(entry, 4)
}

/** `"name":` or `"name":[`, by 32 bytes of which less count */
// @ts-ignore: decorator
@inline
export function writePrefix(entry: usize, out: usize): usize {
  const prefix: usize = load<u32>(entry, 8)
  v128.store(out, v128.load(prefix))
  v128.store(out, v128.load(prefix, 16), 16)
  return out + <usize>load<u8>(entry)
}

// @ts-ignore: decorator
@inline
export function subTableOf(entry: usize): usize {
  return load<u32>(entry, 12)
}
