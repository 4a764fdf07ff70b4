/** The payload changes while the kernel reads it: whatever it answers, it answers soon and keeps to its bounds. */
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { installKernelTables, instantiateKernel, KERNEL_TABLES_BYTES } from '../../src/otlp/kernel-instance.ts'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { referenceJson } from '../generator/reference-json.ts'
import { WireWriter } from '../generator/wire-writer.ts'
import { respelled } from './json-spelling.ts'
import { CALLS, type RaceData } from './kernel-race-reader.worker.ts'

const TABLES_OFFSET = 65536
const INPUT_OFFSET = 1 << 20
const OUTPUT_OFFSET = 2 << 20
const GUARD = 0xa5
const DEADLINE_MS = 30_000

const workers: Worker[] = []

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
})

type Race = Pick<RaceData, 'calls' | 'whole' | 'flip'>

const CASES = SIGNALS.flatMap((signal): [Signal, Race['calls'], Uint8Array][] => {
  const odd = generateRequest(signal, 5, { odd: true, bytesAbout: 3000 })
  const json = referenceJson(signal, generateRequest(signal, 5, { bytesAbout: 3000 }))
  const text = Buffer.from(respelled(json, createRandom(5)))
  const broken = Buffer.from(text)
  for (let at = 3; at < broken.length; at += 50) broken[at] = 0xf0
  return [
    [signal, 'protobuf', odd],
    [signal, 'JSON', text],
    [signal, 'a dry sift', odd],
    [signal, 'sift', odd],
    [signal, 'mend', broken],
  ]
})

/** @returns the bytes of the memory, and how much the kernel may have written behind OUTPUT_OFFSET */
async function run(signal: Signal, race: Race): Promise<{ bytes: Uint8Array; before: Uint8Array; space: number }> {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
  installKernelTables(memory, TABLES_OFFSET)
  const bytes = new Uint8Array(memory.buffer)
  bytes.fill(GUARD, TABLES_OFFSET + KERNEL_TABLES_BYTES)
  bytes.set(race.whole, INPUT_OFFSET)
  const places = { tablesOffset: TABLES_OFFSET, inputOffset: INPUT_OFFSET, outputOffset: OUTPUT_OFFSET }
  const data = { ...race, ...places, memory, signalIndex: SIGNALS.indexOf(signal), space: 1 << 19 }
  // enough for the whole payload, and full for some changed ones
  const space = Math.max(CALLS[race.calls](instantiateKernel(memory, TABLES_OFFSET), data)[0]!, 0) + 400
  bytes.fill(GUARD, OUTPUT_OFFSET)
  bytes.set(race.whole, INPUT_OFFSET)
  const before = bytes.slice(0, INPUT_OFFSET)
  const workerData: RaceData = { ...data, space }
  const disturber = new Worker(new URL('kernel-race.worker.ts', import.meta.url), { workerData })
  workers.push(disturber)
  await new Promise((resolve) => disturber.once('online', resolve))
  const reader = new Worker(new URL('kernel-race-reader.worker.ts', import.meta.url), { workerData })
  workers.push(reader)
  const answers = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a call of the kernel does not return')), DEADLINE_MS)
    reader.once('error', reject)
    reader.once('message', (count: number) => {
      clearTimeout(timer)
      resolve(count)
    })
  })
  expect(answers, 'the other thread has changed nothing').toBeGreaterThan(1)
  return { bytes, before, space }
}

describe('kernel with a faulty thread beside it', () => {
  it.each(CASES)(
    'writes nothing outside the output, nor into another payload, for %s in %s',
    async (signal, calls, whole) => {
      const { bytes, before, space } = await run(signal, { calls, whole })
      expect(Buffer.compare(bytes.subarray(0, INPUT_OFFSET), before)).toBe(0)
      const isGuard = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === GUARD)
      expect(isGuard(INPUT_OFFSET + whole.length, OUTPUT_OFFSET)).toBe(true)
      expect(isGuard(OUTPUT_OFFSET + space, bytes.length)).toBe(true)
    },
  )

  it('does not pad a number that has become 0 between its two walks', async () => {
    const text = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"intValue":1e1099511627776}}]}]}]}'
    const whole = Buffer.from(text)
    await expectAnswers('logs', { calls: 'JSON', whole, flip: { at: text.indexOf('1e1'), byte: 0x30 } })
  })

  it('does not walk on from a tag that has become a fault behind the check', async () => {
    const sized = (field: number, content: Uint8Array): Uint8Array =>
      new WireWriter().tag(field, 2).sized(content).finish()
    const ids = new WireWriter().raw(sized(1, Buffer.alloc(16, 1))).raw(sized(2, Buffer.alloc(8, 1)))
    const whole = sized(1, sized(2, sized(2, ids.raw(sized(5, Buffer.from('a'))).finish())))
    await expectAnswers('traces', { calls: 'a dry sift', whole, flip: { at: whole.length - 3, byte: 0x02 } })
  })
})

async function expectAnswers(signal: Signal, race: Race): Promise<void> {
  const { bytes, before } = await run(signal, race)
  expect(Buffer.compare(bytes.subarray(0, INPUT_OFFSET), before)).toBe(0)
}
