/** The threads of the litmus tests: one role each, free running, a report at the end. */
import { parentPort, workerData } from 'node:worker_threads'
import { counterCell } from '../../src/shared-memory/counters.ts'
import { ingestSlot, MAIN_SLOT } from '../../src/shared-memory/layout.ts'
import type { Bell } from '../../src/shared-memory/park.ts'
import type { SharedState } from '../../src/shared-memory/shared-state.ts'
import { consumeNumbers, produceNumbers } from './queue.threads.ts'
import { answerRequests, readRecords, settleRequests, writeRecords } from './rings.threads.ts'
import {
  COUNTER_AMOUNT,
  COUNTER_NAME,
  type Role,
  sharedStateOf,
  type ThreadReport,
  type ThreadTask,
  WAIT_MS,
} from './scene.ts'
import { waitFor } from './wait-for.ts'

type Run = (task: ThreadTask, shared: SharedState) => ThreadReport | Promise<ThreadReport>

function addToCounter(task: ThreadTask, shared: SharedState): ThreadReport {
  const counters = shared.counters(0)
  Atomics.wait(task.done, 0, 0, WAIT_MS) // until the reader reads: a writer that is done before shows nothing
  for (let added = 0; added < task.messages; added++) counters.add(counterCell(COUNTER_NAME), COUNTER_AMOUNT)
  return { count: task.messages, checksum: 0, longestWaitMs: 0 }
}

/** Reads until the last addition shows. A value is that of a moment between additions, or of a wrap under way. */
function readCounter(task: ThreadTask, shared: SharedState): ThreadReport {
  let [count, last] = [0, 0]
  Atomics.store(task.done, 0, 1)
  Atomics.notify(task.done, 0)
  while (last < task.messages * COUNTER_AMOUNT) {
    const value = shared.countersReader.ofThread(0, COUNTER_NAME)
    if (value < last) throw new Error(`counter went backward from ${last} to ${value}`)
    if (value % COUNTER_AMOUNT !== 0 && value % 2 ** 32 !== 0) throw new Error(`counter is torn: ${value}`)
    last = value
    count++
  }
  return { count, checksum: 0, longestWaitMs: 0 }
}

/** Two threads hand a ball over in `done`: each waits until it is theirs. */
function ballIsMine({ done, index }: ThreadTask): boolean {
  return Atomics.load(done, 0) % 2 === index
}

function pass(task: ThreadTask, other: Bell): void {
  Atomics.store(task.done, 0, Atomics.load(task.done, 0) + 1)
  other.ring()
}

function bellsOf({ index }: ThreadTask, { control }: SharedState): { mine: Bell; other: Bell } {
  const bells = [control.bell(MAIN_SLOT), control.bell(ingestSlot(0))]
  return { mine: bells[index]!, other: bells[1 - index]! }
}

function playBlocking(task: ThreadTask, shared: SharedState): ThreadReport {
  const { mine, other } = bellsOf(task, shared)
  let longestWaitMs = 0
  for (let count = 0; count < task.messages; count++) {
    longestWaitMs = Math.max(
      longestWaitMs,
      waitFor(mine, () => ballIsMine(task)),
    )
    pass(task, other)
  }
  return { count: task.messages, checksum: 0, longestWaitMs }
}

async function playAsync(task: ThreadTask, shared: SharedState): Promise<ThreadReport> {
  const { mine, other } = bellsOf(task, shared)
  const keepAlive = setInterval(() => {}, WAIT_MS)
  let longestWaitMs = 0
  for (let count = 0; count < task.messages; count++) {
    for (let seen = mine.sequence(); !ballIsMine(task); seen = mine.sequence()) {
      const startMs = performance.now()
      await new Promise<void>((resolve) => mine.waitAsync(seen, WAIT_MS, resolve))
      longestWaitMs = Math.max(longestWaitMs, performance.now() - startMs)
    }
    pass(task, other)
  }
  clearInterval(keepAlive)
  return { count: task.messages, checksum: 0, longestWaitMs }
}

const RUNS: Readonly<Record<Role, Run>> = {
  'queue-producer': produceNumbers,
  'queue-consumer': consumeNumbers,
  'out-writer': writeRecords,
  'out-reader': readRecords,
  'outcome-writer': settleRequests,
  'outcome-reader': answerRequests,
  'counter-writer': addToCounter,
  'counter-reader': readCounter,
  'bell-waits': playBlocking,
  'bell-waits-async': playAsync,
}

const task = workerData as ThreadTask
parentPort!.postMessage(await RUNS[task.role](task, sharedStateOf(task)))
