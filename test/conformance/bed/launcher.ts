/** The launcher as a script runs it: to its end, which comes soon because something is wrong. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const LAUNCHER = fileURLToPath(new URL('../../../bin/sluice', import.meta.url))
const DEADLINE_MS = 30_000

export interface Launch {
  readonly code: number | null
  /** Lines of standard error, none of them empty. */
  readonly complaints: readonly string[]
  /** Everything that was printed. */
  readonly output: string
}

/** @param environment over the test's own */
export function launch(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  launcher = LAUNCHER,
): Launch {
  const env = { ...process.env, ...environment }
  const { status, stdout, stderr } = spawnSync(launcher, args, { encoding: 'utf8', timeout: DEADLINE_MS, env })
  const complaints = stderr.split('\n').filter((line) => line !== '')
  return { code: status, complaints, output: stdout + stderr }
}
