/**
 * The kernel as the rest of Sluice sees it: one WebAssembly instance per thread, all on the same shared memory.
 *
 * - Any thread may call its own instance at any time; instances share nothing but the read-only tables.
 * - A bad payload is an answer (a negative KernelError), never an exception; misuse by the caller is an assertion.
 * - The payload may change while it is read, by a faulty other thread: the result is then garbage, but nothing
 *   outside the output space is written and nothing outside the payload is shown.
 */
import { existsSync, readFileSync } from 'node:fs'
import { assert } from '../base/assert.ts'
import type { JsonFault } from './json-fault.ts'
import { jsonNameAt } from './json-tables.ts'
import { JSON_TABLES_OFFSET } from './kernel-tables.ts'
import { SIFT_REPORT_BYTES } from './sift-report.ts'

export { installKernelTables, KERNEL_TABLES_BYTES } from './kernel-tables.ts'

export const KERNEL_ERROR = {
  TRUNCATED: -1,
  BAD_TAG: -2,
  BAD_VARINT: -3,
  TOO_DEEP: -4,
  BAD_UTF8: -5,
  BAD_WIRE_TYPE: -6,
  OUTPUT_FULL: -7,
  BAD_GROUP: -8,
  /** A JSON text that is no request: jsonFault says why and where. */
  BAD_JSON: -10,
  /** An id of a wrong length. Concerns some items only, as BAD_UTF8 does: sift tells which. */
  BAD_ID: -11,
  /** No fault: an index into a dictionary that only profiles have. */
  STRINDEX: -12,
} as const

/** transcode answers OUTPUT_FULL unless it has this many bytes more than it will write */
export const TRANSCODE_RESERVE_BYTES = 256

/**
 * No request without out-of-order repetition becomes longer than this many times its size, plus the reserve: a
 * two-byte field like an empty `exponentialHistogram` is the worst. Usual telemetry becomes 2 to 2.5 times as long.
 */
export const TRANSCODE_EXPANSION_MAX = 16

/** The worst is a packed array of small numbers: two characters become eight bytes. */
export const FROM_JSON_EXPANSION_MAX = 4

/** fromJson answers OUTPUT_FULL unless it has this many bytes more than it will write: a number may need them for a while */
export const FROM_JSON_RESERVE_BYTES = 1280

export const FROM_JSON = {
  /** Also takes the names of the .proto files: snake_case keys, and names of enum values. */
  LENIENT: 1,
} as const

/** bytes of one boundary record, and of the count before the first */
export const BOUNDARY_BYTES = 16
export const BOUNDARY_COUNT_BYTES = 4
export const BOUNDARY_LEVEL = { RESOURCE: 1, SCOPE: 2 } as const

export interface Kernel {
  /**
   * Validates a request and counts its items: spans, data points, log records or profiles.
   * Returns items >= 0, or a negative KernelError. With boundariesOffset other than 0, writes there a u32, the number
   * of resources and scopes found (it may exceed boundariesMax), then for each, at most boundariesMax of them, four
   * u32: level (BOUNDARY_LEVEL), offset of its content from the payload's start, content bytes, items.
   */
  scan(signalIndex: number, offset: number, bytes: number, boundariesOffset: number, boundariesMax: number): number
  /**
   * Writes a request as OTLP/JSON. Returns the bytes written, or a negative KernelError; never writes outside
   * [outOffset, outOffset + outBytesMax), of which up to TRANSCODE_RESERVE_BYTES stay unused. It is no
   * validation: UTF-8 is not checked, nor the inside of values that later ones replace. Scan first.
   */
  transcode(signalIndex: number, offset: number, bytes: number, outOffset: number, outBytesMax: number): number
  /**
   * Reads OTLP/JSON and writes the request in protobuf, which needs no scan to be valid. Returns the bytes written, or
   * BAD_JSON or OUTPUT_FULL; never writes outside [outOffset, outOffset + outBytesMax), of which up to
   * FROM_JSON_RESERVE_BYTES stay unused, and leaves anything there. No text becomes longer than FROM_JSON_EXPANSION_MAX
   * times its size. Flags: FROM_JSON bits.
   */
  fromJson(
    signalIndex: number,
    offset: number,
    bytes: number,
    outOffset: number,
    outBytesMax: number,
    flags: number,
  ): number
  /** Why the last fromJson of this instance answered BAD_JSON. */
  jsonFault(): JsonFault
  /**
   * The first key of the last text that was passed over because it is the .proto name of a field (`resource_spans`), and the
   * name it has in OTLP/JSON; undefined when there was none.
   */
  jsonOriginalName(): { readonly original: string; readonly name: string } | undefined
  /**
   * Finds the items to reject, by the CHECK bits and by size, and, unless it is a dry run, takes them out of the request
   * in its place. Returns the items that stay, or a negative KernelError, after which the payload is not to be used. The
   * report, SIFT_REPORT_BYTES long, is for readSiftReport: it says what is rejected, and the bytes that are left.
   */
  sift(
    signalIndex: number,
    offset: number,
    bytes: number,
    checks: number,
    itemBytesMax: number,
    reportOffset: number,
    isDry: boolean,
  ): number
  /**
   * Replaces what is no UTF-8 in finished OTLP/JSON by U+FFFD. Returns the bytes it has then, at most bytesMax, or
   * OUTPUT_FULL.
   */
  mend(offset: number, bytes: number, bytesMax: number): number
}

/** A variable of the instance; the types of Node do not know it. */
interface ExportedWord {
  readonly value: number
}

interface KernelExports {
  scan: Kernel['scan']
  transcode: Kernel['transcode']
  fromJson: Kernel['fromJson']
  faultReason: ExportedWord
  faultAt: ExportedWord
  faultName: ExportedWord
  originalSeen: ExportedWord
  sift: Kernel['sift']
  mend: Kernel['mend']
}

const SIGNALS = 4
const INT32_MAX = 0x7fffffff

export function instantiateKernel(memory: WebAssembly.Memory, tablesOffset: number): Kernel {
  const tables = new WebAssembly.Global({ value: 'i32', mutable: false }, tablesOffset | 0)
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readKernel()), { env: { memory, tables } })
  const exports = instance.exports as unknown as KernelExports
  const memoryBytes = memory.buffer.byteLength
  const nameAt = ({ value }: ExportedWord) =>
    value === 0 ? undefined : jsonNameAt((value >>> 0) - tablesOffset - JSON_TABLES_OFFSET)
  let textOffset = 0
  const isInside = (offset: number, bytes: number): boolean =>
    offset >= 1024 && bytes >= 0 && offset + bytes <= memoryBytes
  return {
    scan(signalIndex, offset, bytes, boundariesOffset, boundariesMax) {
      assert(signalIndex >= 0 && signalIndex < SIGNALS, 'scan: no such signal')
      assert(isInside(offset, bytes), 'scan: payload outside the memory')
      const boundariesBytes = BOUNDARY_COUNT_BYTES + boundariesMax * BOUNDARY_BYTES
      assert(boundariesOffset === 0 || isInside(boundariesOffset, boundariesBytes), 'scan: boundaries outside')
      return exports.scan(signalIndex, offset, bytes, boundariesOffset, boundariesMax)
    },
    transcode(signalIndex, offset, bytes, outOffset, outBytesMax) {
      assert(signalIndex >= 0 && signalIndex < SIGNALS, 'transcode: no such signal')
      assert(isInside(offset, bytes), 'transcode: payload outside the memory')
      assert(isInside(outOffset, outBytesMax) && outBytesMax <= INT32_MAX, 'transcode: output outside the memory')
      assert(outOffset + outBytesMax <= offset || offset + bytes <= outOffset, 'transcode: output overlaps payload')
      return exports.transcode(signalIndex, offset, bytes, outOffset, outBytesMax)
    },
    fromJson(signalIndex, offset, bytes, outOffset, outBytesMax, flags) {
      assert(signalIndex >= 0 && signalIndex < SIGNALS, 'fromJson: no such signal')
      assert(isInside(offset, bytes), 'fromJson: text outside the memory')
      assert(isInside(outOffset, outBytesMax) && outBytesMax <= INT32_MAX, 'fromJson: output outside the memory')
      assert(outOffset + outBytesMax <= offset || offset + bytes <= outOffset, 'fromJson: output overlaps text')
      textOffset = offset
      return exports.fromJson(signalIndex, offset, bytes, outOffset, outBytesMax, flags)
    },
    jsonFault() {
      const reason = exports.faultReason.value
      const at = exports.faultAt.value >>> 0
      const fieldName = nameAt(exports.faultName)?.text ?? ''
      return { reason, offset: at - textOffset, fieldName }
    },
    jsonOriginalName() {
      const found = nameAt(exports.originalSeen)
      return found && { original: found.text, name: found.field.name }
    },
    sift(signalIndex, offset, bytes, checks, itemBytesMax, reportOffset, isDry) {
      assert(signalIndex >= 0 && signalIndex < SIGNALS, 'sift: no such signal')
      assert(isInside(offset, bytes), 'sift: payload outside the memory')
      assert(isInside(reportOffset, SIFT_REPORT_BYTES), 'sift: report outside the memory')
      return exports.sift(signalIndex, offset, bytes, checks, itemBytesMax, reportOffset, isDry)
    },
    mend(offset, bytes, bytesMax) {
      assert(isInside(offset, bytesMax) && bytes <= bytesMax && bytesMax <= INT32_MAX, 'mend: outside the memory')
      return exports.mend(offset, bytes, bytesMax)
    },
  }
}

/** beside the compiled file; seen from the sources it lies in dist */
const KERNEL_PLACES = ['./kernel.wasm', '../../dist/src/otlp/kernel.wasm']

function readKernel(): Uint8Array<ArrayBuffer> {
  for (const place of KERNEL_PLACES) {
    const url = new URL(place, import.meta.url)
    if (existsSync(url)) return new Uint8Array(readFileSync(url))
  }
  throw new Error('kernel.wasm is missing: run scripts/build-kernel.ts (npm run build does)')
}

const ERROR_TEXTS: Readonly<Record<number, string>> = {
  [KERNEL_ERROR.TRUNCATED]: 'the body ends inside a field, or a field is longer than the message around it',
  [KERNEL_ERROR.BAD_TAG]: 'a field has number 0, which protobuf does not allow',
  [KERNEL_ERROR.BAD_VARINT]: 'a varint is longer than its type allows',
  [KERNEL_ERROR.TOO_DEEP]: 'messages are nested more than 100 levels deep',
  [KERNEL_ERROR.BAD_UTF8]: 'a string is not valid UTF-8',
  [KERNEL_ERROR.BAD_WIRE_TYPE]: 'a field has wire type 6 or 7, which protobuf does not define',
  [KERNEL_ERROR.OUTPUT_FULL]: 'the JSON form of the request does not fit the space there is',
  [KERNEL_ERROR.BAD_GROUP]: 'a group is ended that was not begun, or not the one that was begun',
  [KERNEL_ERROR.BAD_JSON]: 'it is OTLP/JSON that does not decode',
  [KERNEL_ERROR.BAD_ID]: 'an id has a wrong length',
  [KERNEL_ERROR.STRINDEX]: 'an attribute refers to a dictionary that only profiles have',
}

/** why a payload was refused, for its sender */
export function kernelErrorText(code: number): string {
  const text = ERROR_TEXTS[code] ?? `unknown kernel error ${code}`
  return code === KERNEL_ERROR.OUTPUT_FULL ? text : `not a valid OTLP protobuf message: ${text}`
}
