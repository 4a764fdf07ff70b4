/** Requests with faults in some items, sifted by the kernel and by the reference; longer: SIFT_SEEDS. */
import { describe, expect, it } from 'vitest'
import { CHECK } from '../../src/otlp/sift-report.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { siftReference } from '../generator/sift-reference.ts'
import { encodeSpoiled, spoiledRequest } from '../generator/spoil.ts'

const SEEDS = 900
const DAMAGED_SEEDS = 1500
const SPEC = CHECK.UTF8 | CHECK.IDS
const STRICT = SPEC | CHECK.POLICY
const bed = new KernelBed(1 << 16, 1 << 16)

interface Counts {
  left: number
  rejected: number
}

function compare(signal: Signal, seed: number, isStrict: boolean, counts: Counts): void {
  const random = createRandom(seed ^ 0x51f7)
  const oneIn = random.pick([10, 40, 150])
  const request = spoiledRequest(signal, seed, random, oneIn)
  const payload = encodeSpoiled(signal, request, random)
  const { items, report, rest } = bed.sift(signal, payload, isStrict ? STRICT : SPEC)
  const expected = siftReference(SIGNALS.indexOf(signal), request, isStrict)
  const where = `${signal} seed ${seed}${isStrict ? ' strict' : ''}`
  expect([items, report.rejectedItems], where).toEqual([expected.items, expected.rejected])
  // Byte for byte: what an encoder writes of the objects that stay.
  expect(Buffer.compare(rest, encodeSpoiled(signal, expected.rest)), where).toBe(0)
  expect(
    report.rejectedByReason.reduce((sum, each) => sum + each, 0),
    where,
  ).toBe(report.rejectedItems)
  counts.left += items
  counts.rejected += report.rejectedItems
}

describe('sift', () => {
  it.each(SIGNALS.flatMap((signal) => [[signal, 'spec'] as const, [signal, 'strict'] as const]))(
    'leaves of %s, %s, the bytes of exactly the items that the reference leaves',
    (signal, mode) => {
      const counts = { left: 0, rejected: 0 }
      for (let seed = 0; seed < SEEDS; seed++) compare(signal, seed, mode === 'strict', counts)
      // both must be common, or the comparison proves nothing
      expect(Math.min(counts.left, counts.rejected)).toBeGreaterThan(SEEDS / 6)
    },
  )

  it('writes nowhere else, whatever it is given, and leaves what scans clean with as many items', () => {
    let cleaned = 0
    for (let seed = 0; seed < DAMAGED_SEEDS; seed++) {
      for (const signal of SIGNALS) cleaned += checkDamaged(signal, seed)
    }
    expect(cleaned).toBeGreaterThan(DAMAGED_SEEDS / 2)
  })
})

/** @returns 1 when something was taken out of the payload */
function checkDamaged(signal: Signal, seed: number): number {
  const random = createRandom(seed ^ 0x77)
  const odd = generateRequest(signal, seed, { odd: true, bytesAbout: 100 + random.below(900) })
  const other = generateRequest(random.pick(SIGNALS), seed + 1, { bytesAbout: 200 })
  const payload = random.oneIn(2) ? mutate(odd, other, random) : odd
  const itemBytesMax = random.oneIn(3) ? random.below(400) : undefined
  const checks = random.pick([0, SPEC, STRICT])
  const { items, report, rest } = bed.sift(signal, payload, checks, itemBytesMax)
  const where = `${signal} seed ${seed}`
  if (items < 0) {
    expect(bed.decode(signal, payload), where).toBeLessThan(0)
    return 0
  }
  if (checks !== 0) expect(bed.decode(signal, rest), where).toBe(items)
  const again = bed.sift(signal, rest, checks, itemBytesMax)
  expect([again.items, again.report.firstReason, again.report.bytesLeft], where).toEqual([items, 0, rest.length])
  if (report.firstReason === 0) expect(Buffer.compare(rest, payload), where).toBe(0)
  return report.firstReason === 0 ? 0 : 1
}
