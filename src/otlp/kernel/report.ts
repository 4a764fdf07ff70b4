/**
 * What a check of a request found, in a block of its own that the host gives: see SiftReport in otlp/sift-report.ts.
 *
 *   0 u32  bytes of the request without what is rejected
 *   4 u32  items rejected
 *   8 u32  the first reason           12 u32  where it stands in the payload
 *  16 u32  dictionary indexes in what stays, of a signal that has no dictionary   20 u32  where the first one stands
 *  32 8 x u32   entries of each table of a profiles dictionary, by field number
 *  64 16 x u32  items rejected, by reason
 */
export const REPORT_BYTES: usize = 128

export const REASON_UTF8: u32 = 1
export const REASON_ID_LENGTH: u32 = 2
export const REASON_TOO_LARGE: u32 = 3
export const REASON_ID_ABSENT: u32 = 4
export const REASON_TIME: u32 = 5
export const REASON_VALUE: u32 = 6
export const REASON_TEMPORALITY: u32 = 7
export const REASON_HISTOGRAM: u32 = 8
export const REASON_SUMMARY: u32 = 9
export const REASON_SAMPLE: u32 = 10
export const REASON_ORIGINAL: u32 = 11
export const REASON_INDEX: u32 = 12
export const REASON_DICTIONARY: u32 = 13

let reportAt: usize = 0
let payloadAt: usize = 0

export function beginReport(report: usize, payload: usize): void {
  reportAt = report
  payloadAt = payload
  memory.fill(report, 0, REPORT_BYTES)
}

export function endReport(bytesLeft: usize): void {
  store<u32>(reportAt, <u32>bytesLeft)
}

/** items may be 0: what holds none is left out all the same */
export function countRejected(reason: u32, items: i32, at: usize): void {
  store<u32>(reportAt, load<u32>(reportAt, 4) + items, 4)
  if (load<u32>(reportAt, 8) == 0) {
    store<u32>(reportAt, reason, 8)
    store<u32>(reportAt, <u32>(at - payloadAt), 12)
  }
  const place = reportAt + (<usize>reason << 2)
  store<u32>(place, load<u32>(place, 64) + items, 64)
}

export function countStrindex(at: usize): void {
  const before = load<u32>(reportAt, 16)
  if (before == 0) store<u32>(reportAt, <u32>(at - payloadAt), 20)
  store<u32>(reportAt, before + 1, 16)
}

export function strindexes(): u32 {
  return load<u32>(reportAt, 16)
}

/** those counted since there were `count` stood in what is rejected */
export function forgetStrindexes(count: u32): void {
  store<u32>(reportAt, count, 16)
  if (count == 0) store<u32>(reportAt, 0, 20)
}

export function dictionaryEntries(table: u32): u32 {
  return load<u32>(reportAt + (<usize>table << 2), 32)
}

export function addDictionaryEntry(table: u32): void {
  const place = reportAt + (<usize>table << 2)
  store<u32>(place, load<u32>(place, 32) + 1, 32)
}
