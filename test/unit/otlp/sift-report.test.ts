import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  CHECK,
  REASON,
  readSiftReport,
  rejectionText,
  SIFT_REPORT_BYTES,
  type SiftReport,
  strindexText,
} from '../../../src/otlp/sift-report.ts'

const kernelSource = (name: string): string =>
  readFileSync(new URL(`../../../src/otlp/kernel/${name}.ts`, import.meta.url), 'utf8')

function numbers(name: string, prefix: string): Record<string, number> {
  const found = [...kernelSource(name).matchAll(RegExp(`export const ${prefix}_(\\w+): \\w+ = (\\d+)`, 'g'))]
  return Object.fromEntries(found.map(([, key, number]) => [key, Number(number)]))
}

const NOTHING: SiftReport = {
  bytesLeft: 0,
  rejectedItems: 0,
  rejectedByReason: Array<number>(16).fill(0),
  firstReason: 0,
  firstPosition: 0,
  strindexCount: 0,
  strindexPosition: 0,
}

describe('the report of a sift', () => {
  it('numbers reasons and checks as the kernel does', () => {
    expect(numbers('report', 'REASON')).toEqual(REASON)
    expect(numbers('check', 'CHECK')).toEqual(CHECK)
    expect(kernelSource('report')).toContain(`REPORT_BYTES: usize = ${SIFT_REPORT_BYTES}`)
  })

  it('is read from where the kernel writes it', () => {
    const words = new Uint32Array(64).fill(99)
    words.set([7, 6, 5, 4, 3, 2], 16)
    words.set([0, 10, 20], 32)
    const report = readSiftReport(words.buffer, 64)
    expect(report).toMatchObject({ bytesLeft: 7, rejectedItems: 6, firstReason: 5, firstPosition: 4 })
    expect(report).toMatchObject({ strindexCount: 3, strindexPosition: 2 })
    expect(report.rejectedByReason.slice(0, 3)).toEqual([0, 10, 20])
    expect(report.rejectedByReason).toHaveLength(16)
  })

  it('says what is rejected, how many, why and where', () => {
    const rejectedByReason = [...NOTHING.rejectedByReason]
    rejectedByReason[REASON.UTF8] = 2
    rejectedByReason[REASON.ID_LENGTH] = 1
    const report = { ...NOTHING, rejectedItems: 3, rejectedByReason, firstReason: REASON.UTF8 }
    expect(rejectionText(report, 0, 10, 'resource_spans[0].scope_spans[0].spans[3].name')).toBe(
      'Rejected for good: 3 of 10 spans. 2: text that is not valid UTF-8; 1: an id of a wrong length (trace and profile ids have 16 bytes, span ids 8). The first one is at resource_spans[0].scope_spans[0].spans[3].name. Sending them again does not help.',
    )
  })

  it('has words for every reason', () => {
    for (const reason of Object.values(REASON)) {
      const text = rejectionText({ ...NOTHING, firstReason: reason }, 1, 0, 'resource_metrics[0].schema_url')
      expect(text).toMatch(/^A part of the request that holds no data point was left out: .{10,}, at resource_metrics/)
      expect(text).not.toContain('undefined')
    }
  })

  it('warns of indexes into no dictionary', () => {
    expect(strindexText({ ...NOTHING, strindexCount: 1 }, 2, 'p')).toBe(
      '1 attribute refers to the string table of a profiles dictionary, which logs do not have; readers take them for absent. The first one is at p.',
    )
  })
})
