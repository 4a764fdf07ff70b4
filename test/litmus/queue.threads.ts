/**
 * Producers and consumers of one queue. Numbers are used again as soon as they are settled, so a late claim can meet a
 * later life; what a taker reads plainly from the entry must belong to one life in any case.
 */
import { ingestSlot, serializerSlot } from '../../src/shared-memory/layout.ts'
import { NOTHING } from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { queueTake } from '../../src/shared-memory/queue-take.ts'
import { OUTCOME, PHASE } from '../../src/shared-memory/request-table.ts'
import type { SharedState } from '../../src/shared-memory/shared-state.ts'
import { ENTRIES_PER_PRODUCER, mix, PRODUCERS, QUEUE_COUNT_MAX, type ThreadReport, type ThreadTask } from './scene.ts'
import { waitFor } from './wait-for.ts'

export function produceNumbers(task: ThreadTask, shared: SharedState): ThreadReport {
  const { requests, control, queues } = shared
  const bell = control.bell(ingestSlot(task.index))
  let longestWaitMs = 0
  const open = (number: number, sequence: number): void => {
    if (requests.phase(number) === PHASE.SETTLED) requests.close(number)
    requests.open(number, 0, task.index)
    requests.setItems(number, sequence)
    requests.setPayload(number, mix(sequence, task.index), sequence)
    requests.markQueued(number)
  }
  const put = (number: number): boolean =>
    queuePut(queues[0]!, number, QUEUE_COUNT_MAX) || !requests.unmarkQueued(number)
  for (let sequence = 0; sequence < task.messages; sequence++) {
    const number = task.index * ENTRIES_PER_PRODUCER + (sequence % ENTRIES_PER_PRODUCER)
    const free = (): boolean => requests.phase(number) === PHASE.FREE || requests.phase(number) === PHASE.SETTLED
    longestWaitMs = Math.max(longestWaitMs, waitFor(bell, free))
    open(number, sequence)
    const putAgain = (): boolean => {
      if (requests.phase(number) === PHASE.RECEIVING) requests.markQueued(number)
      return put(number)
    }
    longestWaitMs = Math.max(longestWaitMs, waitFor(bell, putAgain))
    control.workBell.ring()
  }
  return { count: task.messages, checksum: 0, longestWaitMs }
}

export function consumeNumbers(task: ThreadTask, shared: SharedState): ThreadReport {
  const { requests, control, queues } = shared
  const slot = serializerSlot(shared.layout, task.index)
  const total = task.messages * PRODUCERS
  let [count, checksum, longestWaitMs] = [0, 0, 0]
  let number = NOTHING
  const tookOrEnded = (): boolean => {
    number = queueTake(queues[0]!, (candidate) => requests.claim(candidate, slot))
    return number !== NOTHING || Atomics.load(task.done, 0) === total
  }
  for (;;) {
    longestWaitMs = Math.max(longestWaitMs, waitFor(control.workBell, tookOrEnded))
    if (number === NOTHING) break
    const sequence = requests.items(number)
    const producer = requests.protocol(number)
    const payload = requests.payloadOffset(number) | 0
    if (payload !== mix(sequence, producer) || requests.payloadBytes(number) !== sequence) throw new Error('torn entry')
    checksum = (checksum + payload) | 0
    count++
    requests.settle(number, OUTCOME.DELIVERED)
    if (Atomics.add(task.done, 0, 1) + 1 === total) control.workBell.ringAll()
    for (let ingest = 0; ingest < PRODUCERS; ingest++) control.bell(ingestSlot(ingest)).ring()
  }
  return { count, checksum, longestWaitMs }
}
