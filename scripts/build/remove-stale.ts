import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What tsc makes of one source. */
const COMPILED = /\.(?:js|js\.map|d\.ts)$/

/**
 * Removes what was compiled from sources that are gone: tsc leaves it, a package would carry it, and an import of it would
 * still work here and nowhere else. Everything else stays, so that an engine that runs from the folder goes on.
 *
 * @returns the removed files, relative to `compiledFolder`
 */
export function removeStale(sourceFolder: string, compiledFolder: string): string[] {
  if (!existsSync(compiledFolder)) return []
  const stale = readdirSync(compiledFolder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => COMPILED.test(file) && !existsSync(join(sourceFolder, file.replace(COMPILED, '.ts'))),
  )
  for (const file of stale) rmSync(join(compiledFolder, file), { force: true })
  return stale
}
