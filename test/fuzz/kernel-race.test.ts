/** The payload changes while the kernel reads it: whatever it answers, it keeps to its bounds. */
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import {
  FROM_JSON,
  installKernelTables,
  instantiateKernel,
  KERNEL_TABLES_BYTES,
  type Kernel,
} from '../../src/otlp/kernel-instance.ts'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { referenceJson } from '../generator/reference-json.ts'
import { respelled } from './json-spelling.ts'

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

interface Race {
  readonly payload: Uint8Array
  /** Calls of the kernel on the payload. @param space bytes there are for the output; @returns their answers */
  run(kernel: Kernel, signalIndex: number, bytes: number, space: number): number[]
}

const PROTOBUF: (signal: Signal) => Race = (signal) => ({
  payload: generateRequest(signal, 5, { odd: true, bytesAbout: 3000 }),
  run: (kernel, signalIndex, bytes, space) => [
    kernel.transcode(signalIndex, INPUT_OFFSET, bytes, OUTPUT_OFFSET, space),
    kernel.scan(signalIndex, INPUT_OFFSET, bytes, 0, 0),
  ],
})

const JSON_TEXT: (signal: Signal) => Race = (signal) => {
  const json = referenceJson(signal, generateRequest(signal, 5, { bytesAbout: 3000 }))
  return {
    payload: Buffer.from(respelled(json, createRandom(5))),
    run: (kernel, signalIndex, bytes, space) => [
      kernel.fromJson(signalIndex, INPUT_OFFSET, bytes, OUTPUT_OFFSET, space, 0),
      kernel.fromJson(signalIndex, INPUT_OFFSET, bytes, OUTPUT_OFFSET, space, FROM_JSON.LENIENT),
    ],
  }
}

const CASES = SIGNALS.flatMap((signal) => [
  [signal, 'protobuf', PROTOBUF] as const,
  [signal, 'JSON', JSON_TEXT] as const,
])

describe('kernel with a faulty thread beside it', () => {
  it.each(CASES)('writes nothing outside the output, nor into the payload, for %s in %s', async (signal, _, raceOf) => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
    installKernelTables(memory, TABLES_OFFSET)
    const kernel = instantiateKernel(memory, TABLES_OFFSET)
    const bytes = new Uint8Array(memory.buffer)
    const { payload, run } = raceOf(signal)
    const signalIndex = SIGNALS.indexOf(signal)
    bytes.fill(GUARD, TABLES_OFFSET + KERNEL_TABLES_BYTES)
    bytes.set(payload, INPUT_OFFSET)
    const before = bytes.slice(0, INPUT_OFFSET)
    // enough for the whole payload, and full for some changed ones
    const space = run(kernel, signalIndex, payload.length, 1 << 19)[0]! + 400
    bytes.fill(GUARD, OUTPUT_OFFSET)
    const workerData = { buffer: memory.buffer, offset: INPUT_OFFSET, bytes: payload.length }
    worker = new Worker(new URL('kernel-race.worker.ts', import.meta.url), { workerData })
    await new Promise((resolve) => worker!.once('online', resolve))
    const codes = new Set<number>()
    const startMs = performance.now()
    const isDone = (elapsedMs: number): boolean =>
      elapsedMs > DEADLINE_MS || (elapsedMs > DURATION_MS && codes.size > 1)
    while (!isDone(performance.now() - startMs)) {
      for (const code of run(kernel, signalIndex, payload.length, space)) codes.add(Math.min(code, 0))
    }
    expect(codes.size, 'the other thread has changed nothing').toBeGreaterThan(1)
    expect(Buffer.compare(bytes.subarray(0, INPUT_OFFSET), before)).toBe(0)
    const isGuard = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === GUARD)
    expect(isGuard(INPUT_OFFSET + payload.length, OUTPUT_OFFSET)).toBe(true)
    expect(isGuard(OUTPUT_OFFSET + space, bytes.length)).toBe(true)
  })
})
