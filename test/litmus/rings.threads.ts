import { ingestSlot, MAIN_SLOT, serializerSlot } from '../../src/shared-memory/layout.ts'
import { RECORD_KIND } from '../../src/shared-memory/out-ring.ts'
import { PHASE } from '../../src/shared-memory/request-table.ts'
import type { SharedState } from '../../src/shared-memory/shared-state.ts'
import { ENTRIES_PER_PRODUCER, mix, outcomeOf, payloadWordsOf, type ThreadReport, type ThreadTask } from './scene.ts'
import { waitFor } from './wait-for.ts'

export function writeRecords(task: ThreadTask, shared: SharedState): ThreadReport {
  const ring = shared.outRingWriter(0)
  const words = new Int32Array(shared.buffer)
  const roomBell = shared.control.bell(serializerSlot(shared.layout, 0))
  let longestWaitMs = 0
  for (let sequence = 0; sequence < task.messages; sequence++) {
    const payloadWords = payloadWordsOf(sequence)
    let offset = 0
    const claimed = (): boolean => {
      offset = ring.claim(payloadWords * 4)
      return offset !== 0
    }
    longestWaitMs = Math.max(longestWaitMs, waitFor(roomBell, claimed))
    for (let at = 0; at < payloadWords; at++) words[offset / 4 + at] = mix(sequence, at)
    ring.commit(sequence & 0xfffff, sequence, RECORD_KIND.RECORD, payloadWords * 4)
    shared.control.bell(MAIN_SLOT).ring()
  }
  return { count: task.messages, checksum: 0, longestWaitMs }
}

export function readRecords(task: ThreadTask, shared: SharedState): ThreadReport {
  const ring = shared.outRingReader(0)
  const words = new Int32Array(shared.buffer)
  let [checksum, longestWaitMs] = [0, 0]
  for (let sequence = 0; sequence < task.messages; sequence++) {
    longestWaitMs = Math.max(
      longestWaitMs,
      waitFor(shared.control.bell(MAIN_SLOT), () => ring.next()),
    )
    const { requestNumber, generation, kind, payloadBytes, payloadOffset } = ring
    const header = requestNumber === (sequence & 0xfffff) && generation === sequence && kind === RECORD_KIND.RECORD
    if (!header || payloadBytes !== payloadWordsOf(sequence) * 4)
      throw new Error(`header of record ${sequence} is torn`)
    for (let at = 0; at < payloadBytes / 4; at++) {
      if (words[payloadOffset / 4 + at] !== mix(sequence, at)) throw new Error(`payload of record ${sequence} is torn`)
    }
    checksum = (checksum + mix(sequence, 0)) | 0
    ring.release()
    shared.control.bell(serializerSlot(shared.layout, 0)).ring()
  }
  return { count: task.messages, checksum, longestWaitMs }
}

export function settleRequests(task: ThreadTask, shared: SharedState): ThreadReport {
  const ring = shared.outcomeRing(0)
  let longestWaitMs = 0
  for (let sequence = 0; sequence < task.messages; sequence++) {
    const number = sequence % ENTRIES_PER_PRODUCER
    const opened = (): boolean => shared.requests.phase(number) === PHASE.RECEIVING
    longestWaitMs = Math.max(longestWaitMs, waitFor(shared.control.bell(MAIN_SLOT), opened))
    shared.requests.settle(number, outcomeOf(sequence))
    ring.put(number)
    shared.control.bell(ingestSlot(0)).ring()
  }
  return { count: task.messages, checksum: 0, longestWaitMs }
}

export function answerRequests(task: ThreadTask, shared: SharedState): ThreadReport {
  const ring = shared.outcomeRing(0)
  let [checksum, longestWaitMs, number] = [0, 0, -1]
  const taken = (): boolean => {
    number = ring.take()
    return number !== -1
  }
  for (let entry = 0; entry < ENTRIES_PER_PRODUCER; entry++) shared.requests.open(entry, 0, 0)
  shared.control.bell(MAIN_SLOT).ring()
  for (let sequence = 0; sequence < task.messages; sequence++) {
    longestWaitMs = Math.max(longestWaitMs, waitFor(shared.control.bell(ingestSlot(0)), taken))
    if (number !== sequence % ENTRIES_PER_PRODUCER) throw new Error(`outcome ${sequence} is out of order`)
    if (shared.requests.outcome(number) !== outcomeOf(sequence)) throw new Error(`outcome ${sequence} is stale`)
    checksum = (checksum + mix(sequence, 0)) | 0
    shared.requests.close(number)
    shared.requests.open(number, 0, 0)
    shared.control.bell(MAIN_SLOT).ring()
  }
  return { count: task.messages, checksum, longestWaitMs }
}
