import { describe, expect, it } from 'vitest'
import { cpuBetween, parseStat, readMemory, readUsage } from '../../../bench/process-usage.ts'

const BURN_MS = 150

function burn(): void {
  const endMs = performance.now() + BURN_MS
  while (performance.now() < endMs);
}

describe('CPU from /proc', () => {
  it('finds the fields behind a name with blanks and brackets', () => {
    const text = '17 (a) b (c)) S 1 17 17 0 -1 4194560 1 0 0 0 250 75 0 0 20 0 1 0 5 0 0'
    expect(parseStat(text)).toEqual({ name: 'a) b (c)', userS: 2.5, systemS: 0.75 })
  })

  it('counts what this process burned, most of it on the main thread', () => {
    const start = readUsage(process.pid)
    const own = process.cpuUsage()
    burn()
    const { user, system } = process.cpuUsage(own)
    const { cpuS, threads } = cpuBetween(start, readUsage(process.pid))
    expect(cpuS).toBeGreaterThan((user + system) / 1e6 - 0.03)
    expect(threads[0].name).toBe('main')
  })

  it('says that a process has ended', () => {
    expect(() => readUsage(2 ** 22 + 1)).toThrow()
  })
})

describe('memory from /proc', () => {
  it('agrees with what the runtime says', () => {
    const { rssMb, pssMb, peakRssMb } = readMemory(process.pid)
    const ownMb = process.memoryUsage.rss() / 1e6
    expect(Math.abs(rssMb - ownMb)).toBeLessThan(ownMb / 5)
    expect(pssMb).toBeLessThanOrEqual(rssMb)
    expect(peakRssMb).toBeGreaterThanOrEqual(rssMb * 0.9)
  })
})
