/** Small requests of each signal, and what sift makes of them. */

import { CHECK } from '../../../../src/otlp/sift-report.ts'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { KernelBed, type SiftResult } from '../../../generator/kernel-bed.ts'
import type { Decoded } from '../../../generator/sift-reference.ts'
import { encodeSpoiled } from '../../../generator/spoil.ts'

export const bed = new KernelBed(1 << 16, 1 << 16)
export const SPEC = CHECK.UTF8 | CHECK.IDS
export const STRICT = SPEC | CHECK.POLICY

export const TRACE_ID = Buffer.alloc(16, 1)
export const SPAN_ID = Buffer.alloc(8, 2)

export const spansOf = (...spans: object[]): object => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
export const metricsOf = (...metrics: object[]): object => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
export const recordsOf = (...logRecords: object[]): object => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })

export function sift(signal: Signal, request: object, checks: number): SiftResult {
  return bed.sift(signal, encodeSpoiled(signal, request as Decoded), checks)
}

/** [items that stay, reasons of those that do not] */
export function verdict({ items, report }: SiftResult): [items: number, reasons: number[]] {
  const reasons = report.rejectedByReason.flatMap((count, reason) => Array<number>(count).fill(reason))
  return [items, reasons]
}
