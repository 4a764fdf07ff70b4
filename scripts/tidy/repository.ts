/** The files that the laws are about: tracked, and untracked but not ignored. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SourceFile } from './source-file.ts'

const TEXT_FILE = /\.(?:ts|mts|cts|js|mjs|cjs|sh|md|json|yaml|yml|properties|proto)$|^[^.]+$|\/[^/.]+$/
const BYTES_MAX = 2_000_000

export function readRepository(root: string): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  const paths = [...new Set(listed.split('\0'))].filter((path) => TEXT_FILE.test(path) && isReadable(join(root, path)))
  return paths.sort().map((path) => new SourceFile(path, readFileSync(join(root, path), 'utf8')))
}

/** A tracked file may be deleted in the working tree, and results of benches may be large. */
function isReadable(path: string): boolean {
  return existsSync(path) && statSync(path).isFile() && statSync(path).size <= BYTES_MAX
}
