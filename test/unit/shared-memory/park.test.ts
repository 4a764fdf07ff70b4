import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { BELL_BYTES, Bell } from '../../../src/shared-memory/park.ts'

const LONG_MS = 15_000

function scene(): { bell: Bell; words: Int32Array; buffer: SharedArrayBuffer } {
  const buffer = new SharedArrayBuffer(BELL_BYTES)
  return { bell: new Bell(buffer, 0), words: new Int32Array(buffer), buffer }
}

test('a wait for a sequence that is already past returns at once', () => {
  const { bell, words } = scene()
  const seen = bell.sequence()
  bell.ring()
  const startMs = performance.now()
  bell.wait(seen, LONG_MS)
  expect(performance.now() - startMs).toBeLessThan(LONG_MS / 2)
  expect(words[1]).toBe(0)
})

test('a wait ends at its deadline', () => {
  const { bell, words } = scene()
  bell.wait(bell.sequence(), 5)
  expect(words[1]).toBe(0)
})

test('an asynchronous wait wakes exactly once, after the call, whether it waited or not', async () => {
  const { bell, words } = scene()
  for (const ringsBefore of [0, 1]) {
    const seen = bell.sequence()
    if (ringsBefore === 1) bell.ring()
    let wakes = 0
    const woken = new Promise<void>((resolve) => {
      bell.waitAsync(seen, LONG_MS, () => {
        wakes++
        resolve()
      })
    })
    expect(wakes).toBe(0)
    bell.ring()
    await woken
    bell.ring()
    await new Promise(setImmediate)
    expect([wakes, words[1]]).toEqual([1, 0])
  }
})

test('an asynchronous wait ends at its deadline', async () => {
  const { bell } = scene()
  const keepAlive = setInterval(() => {}, 1000)
  await new Promise<void>((resolve) => bell.waitAsync(bell.sequence(), 5, resolve))
  clearInterval(keepAlive)
})

test('a ring wakes a thread that waits', async () => {
  const { bell, words, buffer } = scene()
  const code = `const { workerData, parentPort } = require('node:worker_threads')
    import(workerData.url).then(({ Bell }) => {
      const bell = new Bell(workerData.buffer, 0)
      bell.wait(bell.sequence(), ${LONG_MS})
      parentPort.postMessage('awake')
    })`
  const url = new URL('../../../src/shared-memory/park.ts', import.meta.url).href
  const worker = new Worker(code, {
    eval: true,
    workerData: { url, buffer },
    execArgv: ['--experimental-strip-types', '--no-warnings'],
  })
  const startMs = performance.now()
  while (Atomics.load(words, 1) === 0 && performance.now() - startMs < LONG_MS) await new Promise(setImmediate)
  bell.ring()
  expect(await once(worker, 'message')).toEqual(['awake'])
})
