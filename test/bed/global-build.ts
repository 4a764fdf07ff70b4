/** The engine under test is the compiled one: brings dist up to date, once per run, before the first test. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export function setup(): void {
  const build = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, ['--experimental-strip-types', '--no-warnings', build], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('scripts/build.ts failed')
}
