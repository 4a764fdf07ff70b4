/**
 * The shared structures alone, by topology: queue one-to-one and three-to-one, out ring one-to-one, ping-pong over two
 * bells. Real threads, fixed counts; the sums of what went in and what came out must agree.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { MIB } from '../src/base/units.ts'
import { computeLayout, createSharedMemory, MAIN_SLOT } from '../src/shared-memory/layout.ts'
import { SharedState } from '../src/shared-memory/shared-state.ts'
import type { RingsRole, RingsTask } from './rings.worker.ts'
import { type BenchRow, type BenchSize, bestOf } from './row.ts'

const ROUNDS = 3
const RECORD_BYTES = 65_536
const WAIT_MS = 100

interface Topology {
  readonly name: string
  readonly inlets: readonly RingsRole[]
  readonly outlet: RingsRole
  readonly payloadBytes: number
  readonly count: number
}

const TOPOLOGIES: readonly Topology[] = [
  { name: 'rings/queue/one-to-one', inlets: ['queue-put'], outlet: 'queue-take', payloadBytes: 0, count: 3_000_000 },
  {
    name: 'rings/queue/three-to-one',
    inlets: ['queue-put', 'queue-put', 'queue-put'],
    outlet: 'queue-take',
    payloadBytes: 0,
    count: 3_000_000,
  },
  {
    name: 'rings/out-ring/one-to-one',
    inlets: ['ring-write'],
    outlet: 'ring-read',
    payloadBytes: RECORD_BYTES,
    count: 60_000,
  },
]
const PING_PONG_COUNT = 100_000
/** Smoke size: this part of the count. */
const SMOKE_PART = 1000

export async function ringsBench({ smoke }: BenchSize): Promise<BenchRow[]> {
  const rounds = smoke ? 1 : ROUNDS
  const rows: BenchRow[] = []
  for (const topology of TOPOLOGIES) rows.push(await measureTopology(topology, smoke, rounds))
  rows.push(await measurePingPong(smoke ? PING_PONG_COUNT / SMOKE_PART : PING_PONG_COUNT, rounds))
  return rows
}

async function measureTopology(topology: Topology, smoke: boolean, rounds: number): Promise<BenchRow> {
  const perInlet = topology.count / (smoke ? SMOKE_PART : 1) / topology.inlets.length
  const results: Round[] = []
  for (let round = 0; round < rounds; round++) results.push(await runRound(topology, perInlet))
  const { best, spread } = bestOf(
    results.map(({ perSecond }) => perSecond),
    'higher',
  )
  const checksum = hex(results[0]!.sum)
  const bytes = topology.payloadBytes
  return {
    name: topology.name,
    unit: 'messages/s',
    value: best,
    spread,
    checksum,
    ...(bytes > 0 && { extra: { mbPerS: (best * bytes) / 1e6 } }),
  }
}

interface Round {
  readonly perSecond: number
  readonly sum: number
}

function makeShared(): SharedState {
  const layout = computeLayout({
    signalCount: 4,
    ingestThreads: 1,
    serializerThreads: 1,
    kernelTablesBytes: 1024,
    queueCountMax: 1000,
    requestEntriesPerIngest: 1024,
    arenaBytesPerIngest: MIB,
    outRingCapacityBytes: 4 * MIB,
  })
  const shared = new SharedState(createSharedMemory(layout), layout)
  shared.initialize()
  return shared
}

async function runRound({ name, inlets, outlet, payloadBytes }: Topology, perInlet: number): Promise<Round> {
  const { memory, layout } = makeShared()
  const tasks: RingsTask[] = inlets.map((role, index) => ({
    memory,
    layout,
    role,
    count: perInlet,
    first: index * perInlet,
    payloadBytes,
  }))
  tasks.push({ memory, layout, role: outlet, count: perInlet * inlets.length, first: 0, payloadBytes })
  const workers = await Promise.all(tasks.map(startWorker))
  const startMs = performance.now()
  const sums = await Promise.all(workers.map(runWorker))
  const seconds = (performance.now() - startMs) / 1000
  const out = sums.pop()!
  const sum = sums.reduce((total, each) => total + each, 0)
  if (out !== sum) throw new Error(`${name}: ${sum} went in, ${out} came out`)
  return { perSecond: (perInlet * inlets.length) / seconds, sum }
}

async function startWorker(task: RingsTask): Promise<Worker> {
  const worker = new Worker(new URL('./rings.worker.ts', import.meta.url), {
    workerData: task,
    execArgv: ['--experimental-strip-types', '--no-warnings'],
  })
  await once(worker, 'message')
  return worker
}

async function runWorker(worker: Worker): Promise<number> {
  worker.postMessage('go')
  const [{ sum }] = (await once(worker, 'message')) as [{ sum: number }]
  await worker.terminate()
  return sum
}

/** There and back through two bells: what one wake-up costs, twice. */
async function measurePingPong(count: number, rounds: number): Promise<BenchRow> {
  const roundTripsUs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { memory, layout, control } = makeShared()
    const worker = await startWorker({ memory, layout, role: 'pong', count, first: 0, payloadBytes: 0 })
    const done = runWorker(worker)
    const mine = control.bell(MAIN_SLOT)
    const startMs = performance.now()
    for (let index = 0; index < count; index++) {
      control.bell(1).ring()
      while (mine.sequence() === index) mine.wait(index, WAIT_MS)
    }
    roundTripsUs.push(((performance.now() - startMs) * 1000) / count)
    await done
  }
  const { best, spread } = bestOf(roundTripsUs, 'lower')
  return { name: 'rings/bell/ping-pong', unit: 'us/round-trip', value: best, spread, checksum: hex(count) }
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0')
}
