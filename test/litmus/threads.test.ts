/**
 * Real threads, free running, on the real structures: for what the lock-step explorer cannot see, the order of plain
 * accesses around the atomic ones. 10^7 messages in all by default; SLUICE_LITMUS_MESSAGES sets another total.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { createSharedMemory } from '../../src/shared-memory/layout.ts'
import {
  CONSUMERS,
  checksumOf,
  PRODUCERS,
  type Role,
  sceneLayout,
  sharedStateOf,
  type ThreadReport,
  type ThreadTask,
  WAIT_MS,
} from './scene.ts'

const MESSAGES = Number(process.env.SLUICE_LITMUS_MESSAGES ?? 10_000_000)
/** 2^31 a message: more would leave the 53 bits of a counter. */
const COUNTER_MESSAGES_MAX = 4_000_000
const TIMEOUT_MS = Math.max(5 * 60_000, MESSAGES / 20)

function share(part: number): number {
  return Math.max(1000, Math.floor(MESSAGES * part))
}

async function runThreads(messages: number, ...roles: readonly Role[]): Promise<ThreadReport[]> {
  const layout = sceneLayout()
  const memory = createSharedMemory(layout)
  sharedStateOf({ memory, layout }).initialize()
  const done = new Int32Array(new SharedArrayBuffer(4))
  const workers = roles.map((role, at) => {
    const index = roles.slice(0, at).filter((other) => other === role).length
    const bellIndex = role.startsWith('bell') ? at : index
    const task: ThreadTask = { role, index: bellIndex, messages, memory, layout, done }
    return new Worker(new URL('./threads.worker.ts', import.meta.url), {
      workerData: task,
      execArgv: ['--experimental-strip-types', '--no-warnings'],
    })
  })
  try {
    return await Promise.all(workers.map(async (worker) => ((await once(worker, 'message')) as [ThreadReport])[0]))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function expectNoLostWakeUp(reports: readonly ThreadReport[]): void {
  for (const { longestWaitMs } of reports) expect(longestWaitMs).toBeLessThan(WAIT_MS / 2)
}

test('two producers and two consumers: every number once, with the entry of its life', {
  timeout: TIMEOUT_MS,
}, async () => {
  const messages = share(0.4 / PRODUCERS)
  const producers: Role[] = new Array(PRODUCERS).fill('queue-producer')
  const reports = await runThreads(messages, ...producers, ...new Array<Role>(CONSUMERS).fill('queue-consumer'))
  const consumers = reports.slice(PRODUCERS)
  expect(consumers.reduce((sum, { count }) => sum + count, 0)).toBe(messages * PRODUCERS)
  expect(consumers.reduce((sum, { checksum }) => (sum + checksum) | 0, 0)).toBe(checksumOf(PRODUCERS, messages))
  expectNoLostWakeUp(reports)
})

test('out ring: every record whole and in order', { timeout: TIMEOUT_MS }, async () => {
  const messages = share(0.2)
  const reports = await runThreads(messages, 'out-writer', 'out-reader')
  expect(reports[1]).toMatchObject({ count: messages, checksum: checksumOf(1, messages) })
  expectNoLostWakeUp(reports)
})

test('outcome ring: every number in order, with the outcome stored before it', { timeout: TIMEOUT_MS }, async () => {
  const messages = share(0.26)
  const reports = await runThreads(messages, 'outcome-writer', 'outcome-reader')
  expect(reports[1]).toMatchObject({ count: messages, checksum: checksumOf(1, messages) })
  expectNoLostWakeUp(reports)
})

test('a counter is never torn and never goes backward', { timeout: TIMEOUT_MS }, async () => {
  const messages = Math.min(COUNTER_MESSAGES_MAX, share(0.13))
  const [, reader] = await runThreads(messages, 'counter-writer', 'counter-reader')
  expect(reader!.count).toBeGreaterThan(1)
})

test.each([
  ['blocking', 'bell-waits', 0.01],
  ['asynchronous', 'bell-waits-async', 0.002],
] as const)(
  'bells lose no wake-up between a blocking waiter and one that is %s',
  { timeout: TIMEOUT_MS },
  async (_, role, part) => {
    expectNoLostWakeUp(await runThreads(share(part), 'bell-waits', role))
  },
)
