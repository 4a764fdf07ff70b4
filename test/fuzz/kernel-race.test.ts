/** The payload changes while the kernel reads it: whatever it answers, it keeps to its bounds. */
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { installKernelTables, instantiateKernel, KERNEL_TABLES_BYTES } from '../../src/otlp/kernel-instance.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { generateRequest } from '../generator/payload.ts'

const TABLES_OFFSET = 65536
const INPUT_OFFSET = 1 << 20
const OUTPUT_OFFSET = 2 << 20
const GUARD = 0xa5
const DURATION_MS = 700
/** On a busy machine the other thread may get its first turn late. */
const DEADLINE_MS = 30_000

let worker: Worker | undefined

afterEach(async () => {
  await worker?.terminate()
})

describe('kernel with a faulty thread beside it', () => {
  it.each(SIGNALS)('writes nothing outside the output, nor into the payload, for %s', async (signal) => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
    installKernelTables(memory, TABLES_OFFSET)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    const bytes = new Uint8Array(memory.buffer)
    const payload = generateRequest(signal, 5, { odd: true, bytesAbout: 3000 })
    bytes.fill(GUARD, TABLES_OFFSET + KERNEL_TABLES_BYTES)
    bytes.set(payload, INPUT_OFFSET)
    const before = bytes.slice(0, INPUT_OFFSET)
    // enough for the whole payload, and full for some changed ones
    const space = kernel.transcode(SIGNALS.indexOf(signal), INPUT_OFFSET, payload.length, OUTPUT_OFFSET, 1 << 19) + 400
    bytes.fill(GUARD, OUTPUT_OFFSET)
    const workerData = { buffer: memory.buffer, offset: INPUT_OFFSET, bytes: payload.length }
    worker = new Worker(new URL('kernel-race.worker.ts', import.meta.url), { workerData })
    await new Promise((resolve) => worker!.once('online', resolve))
    const codes = new Set<number>()
    const signalIndex = SIGNALS.indexOf(signal)
    const startMs = performance.now()
    const isDone = (elapsedMs: number): boolean =>
      elapsedMs > DEADLINE_MS || (elapsedMs > DURATION_MS && codes.size > 1)
    while (!isDone(performance.now() - startMs)) {
      codes.add(Math.min(kernel.transcode(signalIndex, INPUT_OFFSET, payload.length, OUTPUT_OFFSET, space), 0))
      codes.add(Math.min(kernel.scan(signalIndex, INPUT_OFFSET, payload.length, 0, 0), 0))
    }
    expect(codes.size, 'the other thread has changed nothing').toBeGreaterThan(1)
    expect(Buffer.compare(bytes.subarray(0, INPUT_OFFSET), before)).toBe(0)
    const isGuard = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === GUARD)
    expect(isGuard(INPUT_OFFSET + payload.length, OUTPUT_OFFSET)).toBe(true)
    expect(isGuard(OUTPUT_OFFSET + space, bytes.length)).toBe(true)
  })
})
