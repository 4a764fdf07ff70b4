/**
 * npm run test:conformance: runs the conformance suite, prints every row with its verdict, ends with `N passed, N failed` and
 * writes docs/conformance.md. With --check, as `npm test` runs it, the page is not written but must be what would be written.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CATALOG } from '../test/conformance/catalog/index.ts'
import { readCases } from './conformance/cases.ts'
import { joinRows } from './conformance/join.ts'
import { conformancePage, failedCount, terminalLines } from './conformance/page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Where `npm test` looks for it, too. */
const REPORT = join(root, '.cache', 'test', 'conformance.json')
const PAGE = join(root, 'docs', 'conformance.md')

function runSuite(): Promise<boolean> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'conformance', ...reporters]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)))
}

async function main(isCheck: boolean): Promise<void> {
  await mkdir(dirname(REPORT), { recursive: true })
  await rm(REPORT, { force: true })
  const succeeded = await runSuite()
  if (!existsSync(REPORT)) throw new Error('the suite wrote no report')
  const joined = joinRows(CATALOG, readCases(await readFile(REPORT, 'utf8')))
  const failed = failedCount(joined)
  const page = conformancePage(joined)
  if (!isCheck) await writeFile(PAGE, page)
  process.stdout.write(`\n${terminalLines(joined).join('\n')}\n`)
  if (failed > 0 || !succeeded) process.exitCode = 1
  else if (isCheck && (await readFile(PAGE, 'utf8').catch(() => '')) !== page) {
    throw new Error('docs/conformance.md is stale; run npm run test:conformance')
  }
}

main(process.argv.includes('--check')).catch((error: Error) => {
  process.stderr.write(`conformance: ${error.message}\n`)
  process.exitCode = 1
})
