/** Seeded payloads, whole and damaged, through the kernel and through protobufjs; longer runs: kernel-long.ts. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import type { FuzzCase } from './kernel-cases.ts'
import { checkCase } from './kernel-cases.ts'

const DAMAGED_SEEDS = 2500
const WHOLE_SEEDS = 250
const bed = new KernelBed(1 << 16, 1 << 20)

function run(isDamaged: boolean, seeds: number): { accepted: number; refused: number } {
  const counts = { accepted: 0, refused: 0 }
  for (let seed = 0; seed < seeds; seed++) {
    for (const signal of SIGNALS) {
      if (checkCase(bed, { signal, seed, isDamaged })) counts.accepted++
      else counts.refused++
    }
  }
  return counts
}

describe('kernel under fuzz', () => {
  it('reads ten thousand damaged payloads as protobufjs does, or refuses them as it does', () => {
    const { accepted, refused } = run(true, DAMAGED_SEEDS)
    // both must be common, or the mutations prove nothing
    expect(accepted).toBeGreaterThan(DAMAGED_SEEDS)
    expect(refused).toBeGreaterThan(DAMAGED_SEEDS / 2)
  })

  it('reads whole payloads, plain and odd, as protobufjs does', () => {
    expect(run(false, WHOLE_SEEDS)).toEqual({ accepted: WHOLE_SEEDS * SIGNALS.length, refused: 0 })
  })

  it('keeps the laws for every seed that once failed', () => {
    const seeds = new URL('kernel-seeds.json', import.meta.url)
    for (const one of JSON.parse(readFileSync(seeds, 'utf8')) as FuzzCase[]) checkCase(bed, one)
  })
})
