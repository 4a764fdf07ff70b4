/**
 * `npm run check`, the inner loop: format and lint, types, laws, unit tests. Two steps at a time; a step that passes is
 * one line, a step that fails shows what it said.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

const STEPS: readonly Step[] = [
  { name: 'unit tests', command: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=dot'] },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'laws', command: ['--experimental-strip-types', '--no-warnings', 'scripts/tidy.ts'] },
  { name: 'format and lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
]
const AT_ONCE = 2
const STEP_MS_MAX = 300_000

/** @returns whether the step passed */
function runStep({ name, command }: Step): Promise<boolean> {
  const startMs = performance.now()
  const output: Buffer[] = []
  const child = spawn(process.execPath, command, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_MS_MAX,
  })
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)\n`)
      if (code !== 0) process.stdout.write(`${Buffer.concat(output).toString().trimEnd()}\n\n`)
      resolve(code === 0)
    })
  })
}

async function runLane(waiting: Step[]): Promise<boolean> {
  let passed = true
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) passed = (await runStep(step)) && passed
  return passed
}

const waiting = [...STEPS]
const lanes = await Promise.all(Array.from({ length: AT_ONCE }, () => runLane(waiting)))
process.exitCode = lanes.every((passed) => passed) ? 0 : 1
