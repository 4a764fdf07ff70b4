/**
 * Calls the kernel on a payload that another thread changes, until it has seen changes for long enough; then tells how many
 * different answers there were. It has a thread of its own, so that a call that never returns fails a test and stops no run.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { FROM_JSON, instantiateKernel, type Kernel } from '../../src/otlp/kernel-instance.ts'
import { CHECK } from '../../src/otlp/sift-report.ts'

export interface RaceData {
  readonly memory: WebAssembly.Memory
  readonly tablesOffset: number
  readonly inputOffset: number
  readonly outputOffset: number
  /** the payload as it was */
  readonly whole: Uint8Array
  readonly signalIndex: number
  readonly calls: keyof typeof CALLS
  /** Bytes there are for the output. */
  readonly space: number
  /** The one byte that changes, and to what; without it all of them do, one at a time. */
  readonly flip?: { readonly at: number; readonly byte: number }
}

const STRICT = CHECK.UTF8 | CHECK.IDS | CHECK.POLICY
const ITEM_BYTES_MAX = 1 << 20

/** Calls of the kernel on the payload; each returns its answers. */
export const CALLS = {
  protobuf: (kernel: Kernel, { signalIndex, inputOffset, outputOffset, whole, space }: RaceData) => [
    kernel.transcode(signalIndex, inputOffset, whole.length, outputOffset, space),
    kernel.scan(signalIndex, inputOffset, whole.length, 0, 0),
  ],
  JSON: (kernel: Kernel, { signalIndex, inputOffset, outputOffset, whole, space }: RaceData) => [
    kernel.fromJson(signalIndex, inputOffset, whole.length, outputOffset, space, 0),
    kernel.fromJson(signalIndex, inputOffset, whole.length, outputOffset, space, FROM_JSON.LENIENT),
  ],
  'a dry sift': (kernel: Kernel, { signalIndex, inputOffset, outputOffset, whole }: RaceData) => [
    kernel.sift(signalIndex, inputOffset, whole.length, STRICT, ITEM_BYTES_MAX, outputOffset, true),
  ],
  /** These two write where they read: the payload is made whole before each. */
  sift: (kernel: Kernel, race: RaceData) => {
    const { memory, signalIndex, inputOffset, outputOffset, whole } = race
    new Uint8Array(memory.buffer).set(whole, inputOffset)
    return [kernel.sift(signalIndex, inputOffset, whole.length, STRICT, ITEM_BYTES_MAX, outputOffset, false)]
  },
  mend: (kernel: Kernel, { memory, inputOffset, whole }: RaceData) => {
    new Uint8Array(memory.buffer).set(whole, inputOffset)
    // half of it is text, the rest is room
    return [kernel.mend(inputOffset, whole.length >>> 1, whole.length)]
  },
} as const

const DURATION_MS = 700
/** On a busy machine the other thread may get its first turn late. */
const DEADLINE_MS = 20_000

if (parentPort !== null) parentPort.postMessage(answersOf(workerData as RaceData))

function answersOf(race: RaceData): number {
  const kernel = instantiateKernel(race.memory, race.tablesOffset)
  const answers = new Set<number>()
  const startMs = performance.now()
  const isDone = (elapsedMs: number): boolean =>
    elapsedMs > DEADLINE_MS || (elapsedMs > DURATION_MS && answers.size > 1)
  while (!isDone(performance.now() - startMs)) {
    for (const answer of CALLS[race.calls](kernel, race)) if (answers.size < 1000) answers.add(answer)
  }
  return answers.size
}
