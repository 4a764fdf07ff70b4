import { SluiceError } from '../base/errors.ts'

/** One thing that is wrong with the configuration, in the parts a person needs to repair it. */
export interface Problem {
  /** Empty when no single key is at fault (a file that cannot be read). */
  readonly key: string
  /** As it may be shown: masked where it is a secret. Absent when there is no value (a missing one). */
  readonly value?: string
  /** `default`, `FILE line N`, `environment VAR`, `--set`, `options`. */
  readonly source: string
  /** What is wrong and what is allowed. */
  readonly text: string
}

export function formatProblem({ key, value, source, text }: Problem): string {
  const subject = key === '' ? '' : value === undefined ? key : `${key}=${value}`
  return subject === '' ? `${source}: ${text}` : `${subject} (${source}): ${text}`
}

/** The configuration cannot be used; every problem found is in it. Raised before anything is started. */
export class ConfigError extends SluiceError {
  readonly code = 'CONFIG_INVALID'
  readonly retryable = false
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}
