/**
 * The slow path of a request that is not simply good: some of its items may be rejected while the others go on, or its
 * sender wants a warning. Which rules hold is otlp.validation: docs/validation.md.
 */
import { fieldPath } from '../otlp/field-path.ts'
import { KERNEL_ERROR, type Kernel } from '../otlp/kernel-instance.ts'
import {
  CHECK,
  readSiftReport,
  rejectionText,
  SIFT_REPORT_BYTES,
  type SiftReport,
  strindexText,
} from '../otlp/sift-report.ts'
import { NO_ROOM } from '../shared-memory/arena.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { Bodies } from './bodies.ts'
import type { Remarks } from './remarks.ts'
import type { Tally } from './tally.ts'
import { VERDICT } from './verdict.ts'

export type ValidationMode = 'off' | 'spec' | 'strict'

const CHECKS: Readonly<Record<ValidationMode, number>> = {
  off: 0,
  spec: CHECK.UTF8 | CHECK.IDS,
  strict: CHECK.UTF8 | CHECK.IDS | CHECK.POLICY,
}

export interface ScreeningParts {
  readonly shared: SharedState
  readonly kernel: Kernel
  readonly bodies: Bodies
  readonly remarks: Remarks
  readonly tally: Tally
  readonly validation: ValidationMode
  /** An item above it can be no record of its own. */
  readonly itemBytesMax: number
}

export interface Screened {
  /** PENDING when the request goes on; else why it does not decode, or cannot be looked at now. */
  readonly verdict: number
  /** Of the request as it came. */
  readonly items: number
  /** That go on. */
  readonly itemsLeft: number
}

export class Screening {
  readonly #parts: ScreeningParts
  readonly #checks: number

  constructor(parts: ScreeningParts) {
    this.#parts = parts
    this.#checks = CHECKS[parts.validation]
  }

  /**
   * Takes out of a request, in its place, the items that are rejected alone, and remarks on what it found.
   *
   * @param scanned what scan answered
   */
  screen(requestNumber: number, scanned: number): Screened {
    if (scanned === 0) return { verdict: VERDICT.PENDING, items: 0, itemsLeft: 0 }
    const isWhole = scanned >= 0 || scanned === KERNEL_ERROR.STRINDEX
    const concernsItems = scanned === KERNEL_ERROR.BAD_UTF8 || scanned === KERNEL_ERROR.BAD_ID
    if (!isWhole && !concernsItems) return { verdict: scanned, items: 0, itemsLeft: 0 }
    const { bodies } = this.#parts
    const reportOffset = bodies.borrow(SIFT_REPORT_BYTES)
    if (reportOffset === NO_ROOM) return { verdict: VERDICT.MEMORY_FULL, items: 0, itemsLeft: 0 }
    try {
      return this.#sift(requestNumber, reportOffset)
    } finally {
      bodies.giveBack(reportOffset)
    }
  }

  #sift(requestNumber: number, reportOffset: number): Screened {
    const { shared, bodies, tally } = this.#parts
    const signalIndex = shared.requests.signal(requestNumber)
    // Dry first: the place of the first fault is looked up in the request as it came.
    const itemsLeft = this.#runSift(requestNumber, reportOffset, true)
    if (itemsLeft < 0) return { verdict: itemsLeft, items: 0, itemsLeft: 0 }
    const report = readSiftReport(shared.bytes.buffer, reportOffset)
    const items = itemsLeft + report.rejectedItems
    this.#remark(requestNumber, signalIndex, report, items)
    if (report.firstReason !== 0) {
      this.#runSift(requestNumber, reportOffset, false)
      bodies.shrink(requestNumber, report.bytesLeft)
      tally.rejectedAlone(signalIndex, report.rejectedByReason)
    }
    return { verdict: VERDICT.PENDING, items, itemsLeft }
  }

  #runSift(requestNumber: number, reportOffset: number, isDry: boolean): number {
    const { shared, kernel, itemBytesMax } = this.#parts
    const { requests } = shared
    const signalIndex = requests.signal(requestNumber)
    const offset = requests.payloadOffset(requestNumber)
    const bytes = requests.payloadBytes(requestNumber)
    return kernel.sift(signalIndex, offset, bytes, this.#checks, itemBytesMax, reportOffset, isDry)
  }

  #remark(requestNumber: number, signalIndex: number, report: SiftReport, items: number): void {
    const { remarks, tally } = this.#parts
    const pathOf = (position: number): string => this.#pathOf(requestNumber, signalIndex, position)
    if (report.firstReason !== 0) {
      const text = rejectionText(report, signalIndex, items, pathOf(report.firstPosition))
      remarks.reject(requestNumber, report.rejectedItems, text)
    }
    if (report.strindexCount > 0) {
      remarks.warn(requestNumber, strindexText(report, signalIndex, pathOf(report.strindexPosition)))
      tally.warned(signalIndex)
    }
  }

  #pathOf(requestNumber: number, signalIndex: number, position: number): string {
    const { bytes, requests } = this.#parts.shared
    const offset = requests.payloadOffset(requestNumber)
    const body = bytes.subarray(offset, offset + requests.payloadBytes(requestNumber))
    return fieldPath(signalIndex, body, position)
  }
}
