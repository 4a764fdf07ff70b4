import { readFileSync } from 'node:fs'

/** The package's version. package.json stands one folder above the sources and two above the compiled file. */
export function sluiceVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (name === 'sluice') return version
    } catch {
      // Not there: the other place has it.
    }
  }
  return 'unknown'
}
