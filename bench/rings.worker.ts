/** One end of a topology of bench/rings.ts; told what to do by workerData, answers with a checksum. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Layout } from '../src/shared-memory/layout.ts'
import { MAIN_SLOT } from '../src/shared-memory/layout.ts'
import { RECORD_KIND } from '../src/shared-memory/out-ring.ts'
import { NOTHING } from '../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../src/shared-memory/queue-put.ts'
import { queueTake } from '../src/shared-memory/queue-take.ts'
import { SharedState } from '../src/shared-memory/shared-state.ts'

export type RingsRole = 'queue-put' | 'queue-take' | 'ring-write' | 'ring-read' | 'pong'

export interface RingsTask {
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  readonly role: RingsRole
  readonly count: number
  /** First number to put; putters do not overlap. */
  readonly first: number
  readonly payloadBytes: number
}

const WAIT_MS = 100
const NUMBERS = 1 << 16

const task = workerData as RingsTask
const shared = new SharedState(task.memory, task.layout)
const queue = shared.queues[0]!
/** Inlets wait for room on one bell, outlets for work on another: a ring must not wake the wrong side. */
const room = shared.control.bell(1)
const work = shared.control.workBell

function put(): number {
  let sum = 0
  for (let index = 0; index < task.count; index++) {
    const number = (task.first + index) % NUMBERS
    for (let seen = room.sequence(); !queuePut(queue, number, task.layout.queueCapacity); seen = room.sequence())
      room.wait(seen, WAIT_MS)
    work.ring()
    sum += number
  }
  return sum
}

function take(): number {
  let sum = 0
  for (let index = 0; index < task.count; index++) {
    let number = NOTHING
    for (;;) {
      const seen = work.sequence()
      number = queueTake(queue, () => true)
      if (number !== NOTHING) break
      work.wait(seen, WAIT_MS)
    }
    room.ring()
    sum += number
  }
  return sum
}

function write(): number {
  const ring = shared.outRingWriter(0)
  let sum = 0
  for (let index = 0; index < task.count; index++) {
    let offset = 0
    for (;;) {
      const seen = room.sequence()
      offset = ring.claim(task.payloadBytes)
      if (offset !== 0) break
      room.wait(seen, WAIT_MS)
    }
    shared.bytes.fill(index & 0xff, offset, offset + task.payloadBytes)
    ring.commit(index % NUMBERS, index, RECORD_KIND.RECORD, task.payloadBytes)
    work.ring()
    sum += index & 0xff
  }
  return sum
}

function read(): number {
  const ring = shared.outRingReader(0)
  let sum = 0
  for (let index = 0; index < task.count; index++) {
    for (;;) {
      const seen = work.sequence()
      if (ring.next()) break
      work.wait(seen, WAIT_MS)
    }
    const first = shared.bytes[ring.payloadOffset]!
    if (first !== shared.bytes[ring.payloadOffset + ring.payloadBytes - 1]) throw new Error(`record ${index} is torn`)
    sum += first
    ring.release()
    room.ring()
  }
  return sum
}

/** Answers each ring of its own bell with a ring of main's. */
function pong(): number {
  const own = shared.control.bell(1)
  let seen = task.first
  for (let index = 0; index < task.count; index++) {
    while (own.sequence() === seen) own.wait(seen, WAIT_MS)
    seen = (seen + 1) | 0
    shared.control.bell(MAIN_SLOT).ring()
  }
  return task.count
}

const ROLES: Readonly<Record<RingsRole, () => number>> = {
  'queue-put': put,
  'queue-take': take,
  'ring-write': write,
  'ring-read': read,
  pong,
}

parentPort!.postMessage('ready')
parentPort!.once('message', () => parentPort!.postMessage({ sum: ROLES[task.role]() }))
