import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../../../scripts/kafka/wait-until.ts'
import { installKernelTables } from '../../../src/otlp/kernel-instance.ts'
import { ENGINE_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { serializerSlot } from '../../../src/shared-memory/layout.ts'
import { RECORD_KIND } from '../../../src/shared-memory/out-ring.ts'
import { SerializerPool } from '../../../src/workers/pool.ts'
import { capturedLog } from '../../bed/captured-log.ts'
import { SharedBed } from '../../bed/shared-bed.ts'
import { logsRequest, tracesRequest } from '../../generator/telemetry.ts'

const DEADLINE_MS = 15_000

let bed: SharedBed
let pool: SerializerPool
let captured: ReturnType<typeof capturedLog>
let died: number[]
let failures: Error[]

beforeEach(() => {
  bed = new SharedBed()
  installKernelTables(bed.shared.memory, bed.shared.layout.kernelTablesOffset)
  bed.shared.control.engineState = ENGINE_STATE.RUNNING
  captured = capturedLog()
  died = []
  failures = []
})

afterEach(async () => {
  stopEngine()
  await pool.stop()
})

function start(threads: number, firstIndex = 0): void {
  const { memory, layout } = bed.shared
  const passThrough = [false, true, false, false]
  pool = new SerializerPool({
    threads,
    log: captured.log,
    task: (index) => ({
      memory,
      layout,
      serializerIndex: firstIndex + index,
      passThrough,
      recordBytesMax: 10_000,
      mendsText: false,
    }),
    died: (serializerIndex) => died.push(serializerIndex),
    failed: (error) => failures.push(error),
  })
  pool.start()
}

function stopEngine(): void {
  bed.shared.control.engineState = ENGINE_STATE.STOPPED
  bed.shared.control.workBell.ringAll()
}

function eventually(what: string, condition: () => boolean): Promise<boolean> {
  return waitUntil(condition, { deadlineMs: DEADLINE_MS, pollMs: 5, what })
}

function runs(serializer: number): boolean {
  return bed.shared.control.threadState(serializerSlot(bed.shared.layout, serializer)) === THREAD_STATE.RUNNING
}

describe('the serializer pool', () => {
  it('runs one endless task per thread, each in a slot of its own, that takes from every queue but pass-through', async () => {
    start(2)
    await eventually('both run', () => runs(0) && runs(1))
    bed.queue(0, { body: tracesRequest(1) })
    bed.queue(1, { signal: 2, body: logsRequest(1) })
    bed.queue(2, { signal: 1 })
    bed.shared.control.workBell.ringAll()
    const kinds: number[] = []
    const readers = [bed.shared.outRingReader(0), bed.shared.outRingReader(1)]
    await eventually('two records', () => {
      for (const reader of readers) {
        if (!reader.next()) continue
        kinds.push(reader.kind)
        reader.release()
      }
      return kinds.length === 2
    })
    expect(kinds).toEqual([RECORD_KIND.RECORD, RECORD_KIND.RECORD])
    expect(bed.shared.requests.claim(2, 0)).toBe(true)
  })

  it('tells which thread died before it replaces it, in the same slot', async () => {
    start(2)
    await eventually('both run', () => runs(0) && runs(1))
    for (let kill = 0; kill < 3; kill++) {
      for (const serializer of [0, 1]) {
        bed.shared.control.setThreadState(serializerSlot(bed.shared.layout, serializer), THREAD_STATE.ABSENT)
      }
      await pool.workers[0]!.terminate()
      await eventually('a death', () => died.length === kill + 1)
      await eventually('the replacement', () => runs(died[kill]!))
    }
    expect(captured.named('worker_died')).toHaveLength(3)
    expect(failures).toEqual([])
  })

  it('ends its threads when the engine has stopped, without calling that a death', async () => {
    start(2)
    await eventually('both run', () => runs(0) && runs(1))
    stopEngine()
    await pool.stop()
    expect(died).toEqual([])
    expect(failures).toEqual([])
  })

  it('gives up when threads die faster than they can be of use', async () => {
    // There is no such slot: the task throws as soon as it begins.
    start(1, 99)
    await eventually('a failure', () => failures.length === 1)
    expect(died).toHaveLength(101)
    expect(failures[0]!.message).toMatch(/serializers died 100 times in 60 s, last: /)
  })
})
