/** The rooms of the house: a new folder in src is a decision about levels and belongs into the rules first. */
import type { Finding } from './finding.ts'
import type { SourceFile } from './source-file.ts'

const SRC_FOLDERS = [
  'base',
  'otlp',
  'shared-memory',
  'config',
  'ingest',
  'workers',
  'produce',
  'observe',
  'admin',
  'cli',
].map((folder) => `src/${folder}`)

export function checkHouse(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => file.isUnder('src') && !isAtHome(file))
    .map(({ path }) => ({ path, rule: 'house', text: 'a new folder in src needs a level in .dependency-cruiser.cjs' }))
}

/** Files directly in src are the composition root, level 4, and the library's face. */
function isAtHome(file: SourceFile): boolean {
  return !file.path.slice('src/'.length).includes('/') || file.isUnder(...SRC_FOLDERS)
}
