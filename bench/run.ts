/**
 * npm run bench -- [--smoke] [--only NAME]... [--out FILE]
 *
 * Runs every bench, prints one table, and keeps the rows with the machine in bench/results/DATE-COMMIT.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endToEndBench } from './end-to-end.ts'
import { kernelBench } from './kernel.ts'
import { type Machine, readMachine } from './machine.ts'
import { ringsBench } from './rings.ts'
import type { BenchRow, BenchSize } from './row.ts'
import { formatTable } from './table.ts'
import { wholeNullBench } from './whole-null.ts'

const BENCHES: Readonly<Record<string, (size: BenchSize) => Promise<BenchRow[]>>> = {
  kernel: kernelBench,
  rings: ringsBench,
  'whole-null': wholeNullBench,
  'end-to-end': endToEndBench,
}

async function run({ smoke, only }: { smoke: boolean; only: readonly string[] }): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const name of only) {
    const startMs = performance.now()
    process.stderr.write(`bench: ${name} …\n`)
    rows.push(...(await BENCHES[name]({ smoke })))
    process.stderr.write(`bench: ${name} took ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`)
  }
  return rows
}

function resultPath({ commit }: Machine, date: Date): string {
  return fileURLToPath(new URL(`results/${date.toISOString().slice(0, 10)}-${commit}.json`, import.meta.url))
}

function parseArguments() {
  const { values } = parseArgs({
    options: {
      smoke: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: Object.keys(BENCHES) },
      out: { type: 'string' },
    },
  })
  const unknown = values.only.filter((name) => !Object.hasOwn(BENCHES, name))
  if (unknown.length === 0) return values
  process.stderr.write(`bench: no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}

const { smoke, only, out } = parseArguments()
const date = new Date()
const machine = readMachine()
const rows = await run({ smoke, only })
process.stdout.write(`${formatTable(rows)}\n`)
const path = out ?? (smoke ? undefined : resultPath(machine, date))
if (path !== undefined) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify({ date: date.toISOString(), smoke, machine, rows }, null, 2)}\n`)
  process.stdout.write(`\nkept in ${path}\n`)
}
process.exit(0) // what a bench may have left open must not hold up the caller
