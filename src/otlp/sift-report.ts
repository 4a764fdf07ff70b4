/** What the kernel's sift found, and how a client is told. */
import type { SignalFacts } from './signal.ts'
import { SIGNAL_FACTS } from './signal.ts'

/** Bytes of the report; as REPORT_BYTES in kernel/report.ts, where its picture is. */
export const SIFT_REPORT_BYTES = 128

/** Bits of what sift looks at besides the encoding: same numbers in kernel/check.ts. */
export const CHECK = { UTF8: 1, IDS: 2, POLICY: 4 } as const

/** Why items are rejected: same numbers in kernel/report.ts. */
export const REASON = {
  UTF8: 1,
  ID_LENGTH: 2,
  TOO_LARGE: 3,
  ID_ABSENT: 4,
  TIME: 5,
  VALUE: 6,
  TEMPORALITY: 7,
  HISTOGRAM: 8,
  SUMMARY: 9,
  SAMPLE: 10,
  ORIGINAL: 11,
  INDEX: 12,
  DICTIONARY: 13,
} as const

export interface SiftReport {
  /** Of the request without what is rejected. */
  readonly bytesLeft: number
  readonly rejectedItems: number
  /** Items by REASON. */
  readonly rejectedByReason: readonly number[]
  /** The first REASON, 0 when nothing is left out, and where it stands in the payload. */
  readonly firstReason: number
  readonly firstPosition: number
  /** Fields of what stays that index a dictionary which only profiles have, and where the first one stands. */
  readonly strindexCount: number
  readonly strindexPosition: number
}

export function readSiftReport(buffer: ArrayBufferLike, reportOffset: number): SiftReport {
  const words = Array.from(new Uint32Array(buffer, reportOffset, SIFT_REPORT_BYTES / 4))
  return {
    bytesLeft: words[0]!,
    rejectedItems: words[1]!,
    firstReason: words[2]!,
    firstPosition: words[3]!,
    strindexCount: words[4]!,
    strindexPosition: words[5]!,
    rejectedByReason: words.slice(16),
  }
}

/** By REASON. */
const REASON_TEXTS: Readonly<Record<number, string>> = {
  [REASON.UTF8]: 'text that is not valid UTF-8',
  [REASON.ID_LENGTH]: 'an id of a wrong length (trace and profile ids have 16 bytes, span ids 8)',
  [REASON.TOO_LARGE]: 'larger than what Kafka takes as one record (kafka.record.max.bytes)',
  [REASON.ID_ABSENT]: 'an id that is required is absent or all zero',
  [REASON.TIME]: 'time_unix_nano is absent or 0',
  [REASON.VALUE]: 'a data point or exemplar without a value',
  [REASON.TEMPORALITY]: 'aggregation_temporality is unspecified',
  [REASON.HISTOGRAM]: 'a histogram whose buckets, bounds and count do not fit together',
  [REASON.SUMMARY]: 'a summary with a quantile outside 0 to 1 or a negative value',
  [REASON.SAMPLE]: 'a sample without values and timestamps, or with unequal numbers of them',
  [REASON.ORIGINAL]: 'original_payload and original_payload_format are not both set or both unset',
  [REASON.INDEX]: 'an index outside its table of the dictionary',
  [REASON.DICTIONARY]: 'a dictionary table is empty, or its first entry is not the zero value',
}

/**
 * @param path of the first one, as `resource_spans[0].scope_spans[0].spans[3].name`
 * @param items of the request, before
 */
export function rejectionText(report: SiftReport, signalIndex: number, items: number, path: string): string {
  const { rejectedItems, rejectedByReason, firstReason } = report
  const facts = SIGNAL_FACTS[signalIndex]!
  if (rejectedItems === 0) {
    return `A part of the request that holds no ${facts.itemName} was left out: ${REASON_TEXTS[firstReason]}, at ${path}.`
  }
  const reasons = rejectedByReason.flatMap((count, reason) => (count > 0 ? [`${count}: ${REASON_TEXTS[reason]}`] : []))
  const howMany = `${rejectedItems} of ${counted(items, facts)}`
  return `Rejected for good: ${howMany}. ${reasons.join('; ')}. The first one is at ${path}. Sending them again does not help.`
}

/** C103: absent for whoever reads it, and no reason to reject. */
export function strindexText({ strindexCount }: SiftReport, signalIndex: number, path: string): string {
  const fields = strindexCount === 1 ? '1 attribute refers' : `${strindexCount} attributes refer`
  return `${fields} to the string table of a profiles dictionary, which ${SIGNAL_FACTS[signalIndex]!.name} do not have; readers take them for absent. The first one is at ${path}.`
}

function counted(items: number, { itemName }: SignalFacts): string {
  return `${items} ${itemName}${items === 1 ? '' : 's'}`
}
