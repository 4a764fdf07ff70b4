import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { monotonicMs, monotonicMs32 } from '../../../src/base/clock.ts'

const CLOCK_URL = new URL('../../../src/base/clock.ts', import.meta.url).href

test('the clock never goes backward', () => {
  let last = monotonicMs()
  for (let round = 0; round < 1000; round++) {
    const now = monotonicMs()
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
})

test('a worker thread reads the same clock', async () => {
  const code = `import(${JSON.stringify(CLOCK_URL)}).then(({ monotonicMs }) =>
    require('node:worker_threads').parentPort.postMessage(monotonicMs()))`
  const before = monotonicMs()
  const worker = new Worker(code, { eval: true, execArgv: ['--experimental-strip-types', '--no-warnings'] })
  const [inWorker] = (await once(worker, 'message')) as [number]
  // Both offsets are taken between two reads of two clocks: they agree to a fraction of a millisecond.
  expect(inWorker).toBeGreaterThan(before - 1)
  expect(inWorker).toBeLessThan(monotonicMs() + 1)
})

test('the 32-bit clock is the same one, cut to an int32', () => {
  const before = monotonicMs()
  const now = monotonicMs32()
  expect(Number.isInteger(now)).toBe(true)
  expect((now - (before | 0)) | 0).toBeGreaterThanOrEqual(0)
  expect((((monotonicMs() | 0) - now) | 0) >= 0).toBe(true)
})
