/**
 * The kernel fuzz by hand, for as long as you like: scripts/with-node.sh test/fuzz/kernel-long.ts FIRST_SEED SEEDS
 * Failing cases are added to kernel-seeds.json, which every test run replays.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import type { FuzzCase } from './kernel-cases.ts'
import { checkCase } from './kernel-cases.ts'

const seedsFile = new URL('kernel-seeds.json', import.meta.url)
const [firstSeed = 0, seeds = 10_000] = process.argv.slice(2).map(Number)
const bed = new KernelBed(1 << 16, 1 << 20)
let accepted = 0
let refused = 0

for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
  for (const signal of SIGNALS) {
    for (const isDamaged of [true, false]) runCase({ signal, seed, isDamaged })
  }
}
console.log(`${accepted} accepted, ${refused} refused`)

function runCase(one: FuzzCase): void {
  try {
    if (checkCase(bed, one)) accepted++
    else refused++
  } catch (error) {
    console.log((error as Error).message)
    const kept = JSON.parse(readFileSync(seedsFile, 'utf8')) as FuzzCase[]
    writeFileSync(seedsFile, `${JSON.stringify([...kept, one], null, 1)}\n`)
    process.exitCode = 1
  }
}
