/** Counts one vitest JSON report. What vitest does not count as a failed test but is no success counts as one failed. */

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** `succeeded` is the exit of the process that should have written the report. */
export function countReport(text: string | undefined, succeeded: boolean): Tally {
  if (text === undefined) return { passed: 0, failed: succeeded ? 0 : 1, skipped: 0 }
  const report: VitestReport = JSON.parse(text)
  let failed = report.numFailedTests + report.testResults.filter(isBrokenFile).length
  if (failed === 0 && !succeeded) failed = 1
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests }
}

/** A file that failed although none of its tests did: it could not be loaded, or a hook of the file threw. */
function isBrokenFile({ status, assertionResults }: VitestReport['testResults'][number]): boolean {
  return status === 'failed' && !assertionResults.some((result) => result.status === 'failed')
}
