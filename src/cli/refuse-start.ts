import { type ConfigError, formatProblem } from '../config/config-error.ts'
import { EXIT } from './usage.ts'

/** Every problem on standard error, one a line with key, value, source and what is allowed. @returns the exit code */
export function refuseStart(error: ConfigError): number {
  for (const problem of error.problems) process.stderr.write(`sluice: ${formatProblem(problem)}\n`)
  return EXIT.COULD_NOT_START
}
