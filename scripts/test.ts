/**
 * npm test [-- KIND...]: static checks, then every kind of proof in the order of cost. Ends with `N passed, N failed`.
 *
 * - A kind is a folder under test/ and a project of vitest.config.ts; its results are read from vitest's JSON report, its
 *   output is shown as it comes.
 * - A file that could not be loaded, an unhandled error, a crash and a run past its deadline count as one failed each:
 *   a green line must mean that everything ran.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countReport, type Tally } from './test/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = join(root, '.cache', 'test')
const MINUTE_MS = 60_000
const TYPE_STRIPPING = ['--experimental-strip-types', '--no-warnings']

interface Step {
  name: string
  /** Left out while this path does not exist. */
  path: string
  args: string[]
  deadlineMs: number
  report?: string
}

function script(name: string, path: string, args: string[] = [], deadlineMs = 2 * MINUTE_MS): Step {
  return { name, path, args: [...TYPE_STRIPPING, path, ...args], deadlineMs }
}

function tool(name: string, path: string, args: string[]): Step {
  return { name, path, args: [path, ...args], deadlineMs: 2 * MINUTE_MS }
}

function kind(name: string, deadlineMs: number): Step {
  const report = join(reports, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, '--passWithNoTests', ...reporters]
  return { name, path: `test/${name}`, args, deadlineMs, report }
}

/** The kind whose tests are joined with a catalogue: a row without a test, or a page that is stale, fails too. */
function conformance(deadlineMs: number): Step {
  const program = script('conformance', 'scripts/conformance.ts', ['--check'], deadlineMs)
  return { ...program, report: join(reports, 'conformance.json') }
}

const steps: Step[] = [
  tool('types', 'node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']),
  tool('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '--diagnostic-level=error']),
  script('laws', 'scripts/tidy.ts'),
  kind('unit', 5 * MINUTE_MS),
  kind('order', 3 * MINUTE_MS),
  kind('interleave', 5 * MINUTE_MS),
  kind('model', 5 * MINUTE_MS),
  kind('wrap', 3 * MINUTE_MS),
  kind('litmus', 5 * MINUTE_MS),
  kind('fuzz', 6 * MINUTE_MS),
  conformance(10 * MINUTE_MS),
  kind('integration', 12 * MINUTE_MS),
  kind('faults', 12 * MINUTE_MS),
]

async function run(step: Step): Promise<Tally> {
  process.stdout.write(`\n== ${step.name}\n`)
  if (step.report) await rm(step.report, { force: true })
  const succeeded = await succeeds(step)
  if (!step.report) return succeeded ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
  const report = await readFile(step.report, 'utf8').catch(() => undefined)
  return countReport(report, succeeded)
}

/** The step is a process group of its own, so that a deadline ends its children too. */
function succeeds({ name, args, deadlineMs }: Step): Promise<boolean> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', detached: true })
  const end = (signal: NodeJS.Signals) => child.pid && process.kill(-child.pid, signal)
  const timer = setTimeout(() => {
    process.stdout.write(`${name}: not done in ${deadlineMs / MINUTE_MS} minutes\n`)
    end('SIGKILL')
  }, deadlineMs)
  const interrupted = () => {
    end('SIGINT')
    process.exitCode = 130
  }
  process.once('SIGINT', interrupted)
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted)
      resolve(code === 0)
    })
  })
}

async function main(wanted: string[]): Promise<void> {
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
  if (unknown.length > 0)
    throw new Error(`no such kind: ${unknown.join(', ')}; ${steps.map(({ name }) => name).join(' ')}`)
  await mkdir(reports, { recursive: true })
  const total: Tally = { passed: 0, failed: 0, skipped: 0 }
  const lines: string[] = []
  for (const step of steps) {
    if ((wanted.length > 0 && !wanted.includes(step.name)) || !existsSync(join(root, step.path))) continue
    const startMs = performance.now()
    const { passed, failed, skipped } = await run(step)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    lines.push(`${step.name.padEnd(12)} ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s`)
    if (process.exitCode === 130) break
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed\n`)
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`test: ${error.message}\n`)
  process.exitCode = 2
})
