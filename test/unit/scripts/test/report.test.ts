import { describe, expect, it } from 'vitest'
import { countReport } from '../../../../scripts/test/report.ts'

function reportOf(counts: { passed: number; failed: number; pending?: number }, files: [string, string[]][]): string {
  return JSON.stringify({
    numPassedTests: counts.passed,
    numFailedTests: counts.failed,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: 0,
    testResults: files.map(([status, tests]) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  })
}

describe('the tally of a vitest report', () => {
  it('takes the counts as they are when everything ran', () => {
    const report = reportOf({ passed: 2, failed: 1, pending: 1 }, [['failed', ['passed', 'passed', 'failed']]])
    expect(countReport(report, false)).toEqual({ passed: 2, failed: 1, skipped: 1 })
  })

  it('counts a file that could not be loaded as failed', () => {
    const report = reportOf({ passed: 2, failed: 0 }, [
      ['passed', ['passed', 'passed']],
      ['failed', []],
      ['failed', ['passed']],
    ])
    expect(countReport(report, false)).toEqual({ passed: 2, failed: 2, skipped: 0 })
  })

  it('counts an unhandled error as failed although every test passed', () => {
    expect(countReport(reportOf({ passed: 2, failed: 0 }, [['passed', ['passed']]]), false).failed).toBe(1)
  })

  it('counts a run that wrote no report as failed', () => {
    expect(countReport(undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('counts a kind without tests as nothing', () => {
    expect(countReport(undefined, true)).toEqual({ passed: 0, failed: 0, skipped: 0 })
  })
})
