/**
 * kernel/scan, kernel/transcode and kernel/from-json, one thread, each signal: items and payload bytes per second.
 * from-json reads what transcode wrote.
 *
 * Requests of test/generator/telemetry.ts, fixed seed, of about 200 kB; they and their JSON stay in the second-level
 * cache, as in the engine, where the body has just been received. tinybench runs each for a fixed time; a round is
 * the median of its runs, and the best of the rounds is reported.
 */
import { createHash } from 'node:crypto'
import { Bench } from 'tinybench'
import type { Kernel } from '../src/otlp/kernel-instance.ts'
import { installKernelTables, instantiateKernel, KERNEL_TABLES_BYTES } from '../src/otlp/kernel-instance.ts'
import type { Signal } from '../src/otlp/signal.ts'
import { SIGNALS } from '../src/otlp/signal.ts'
import { logsRequest, metricsRequest, profilesRequest, tracesRequest } from '../test/generator/telemetry.ts'
import type { BenchRow } from './row.ts'
import { bestOf } from './row.ts'

const TABLES_OFFSET = 65536
const INPUT_OFFSET = 1 << 20
const OUTPUT_OFFSET = 8 << 20
const OUTPUT_BYTES_MAX = 16 << 20

const BACK_OFFSET = OUTPUT_OFFSET + OUTPUT_BYTES_MAX
const BACK_BYTES_MAX = 4 << 20

const STEPS = ['scan', 'transcode', 'from-json'] as const
type Step = (typeof STEPS)[number]

interface Load {
  readonly signal: Signal
  readonly payload: Uint8Array
}

export async function kernelBench({ smoke }: { smoke: boolean }): Promise<BenchRow[]> {
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512, shared: true })
  if (TABLES_OFFSET + KERNEL_TABLES_BYTES > INPUT_OFFSET) throw new Error('the kernel tables do not fit')
  installKernelTables(memory, TABLES_OFFSET)
  const kernel = instantiateKernel(memory, TABLES_OFFSET)
  const rows: BenchRow[] = []
  for (const load of loads(smoke ? 8 : 512)) {
    new Uint8Array(memory.buffer).set(load.payload, INPUT_OFFSET)
    for (const step of STEPS) rows.push(await measure(kernel, load, step, smoke))
  }
  return rows
}

function loads(size: number): Load[] {
  return [
    { signal: 'traces', payload: tracesRequest(size) },
    { signal: 'metrics', payload: metricsRequest(size) },
    { signal: 'logs', payload: logsRequest(size) },
    { signal: 'profiles', payload: profilesRequest(size * 4) },
  ]
}

async function measure(kernel: Kernel, load: Load, step: Step, smoke: boolean): Promise<BenchRow> {
  const signalIndex = SIGNALS.indexOf(load.signal)
  const bytes = load.payload.length
  const scan = () => kernel.scan(signalIndex, INPUT_OFFSET, bytes, 0, 0)
  const transcode = () => kernel.transcode(signalIndex, INPUT_OFFSET, bytes, OUTPUT_OFFSET, OUTPUT_BYTES_MAX)
  const items = scan()
  const jsonBytes = transcode()
  const fromJson = () => kernel.fromJson(signalIndex, OUTPUT_OFFSET, jsonBytes, BACK_OFFSET, BACK_BYTES_MAX, 0)
  const backBytes = fromJson()
  if (items <= 0 || jsonBytes <= 0 || backBytes !== bytes) {
    throw new Error(`kernel refuses the ${load.signal} request: ${items}, ${jsonBytes}, ${backBytes}`)
  }
  const runsPerS = await rounds({ scan, transcode, 'from-json': fromJson }[step], smoke)
  const { best, spread } = bestOf(runsPerS, 'higher')
  return {
    name: `kernel/${step}/${load.signal}`,
    unit: 'items/s',
    value: best * items,
    spread,
    checksum: createHash('sha256').update(load.payload).digest('hex').slice(0, 16),
    extra: {
      inMbPerS: (best * (step === 'from-json' ? jsonBytes : bytes)) / 1e6,
      outMbPerS: (best * { scan: 0, transcode: jsonBytes, 'from-json': bytes }[step]) / 1e6,
      requestBytes: bytes,
      requestItems: items,
    },
  }
}

/** runs per second in each round */
async function rounds(run: () => number, smoke: boolean): Promise<number[]> {
  const perS: number[] = []
  for (let round = 0; round < (smoke ? 1 : 3); round++) {
    const bench = new Bench({ time: smoke ? 5 : 300, iterations: 8, warmupTime: smoke ? 5 : 100 })
    bench.add('run', () => {
      run()
    })
    const [task] = await bench.run()
    const result = task!.result
    if (!('latency' in result)) throw new Error(`the bench did not complete: ${result.state}`)
    perS.push(1000 / result.latency.p50)
  }
  return perS
}
