import { expect, test } from 'vitest'
import { KIB } from '../../../src/base/units.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { computeLayout, createSharedMemory } from '../../../src/shared-memory/layout.ts'
import { RECORD_KIND } from '../../../src/shared-memory/out-ring.ts'
import { queuePut } from '../../../src/shared-memory/queue-put.ts'
import { queueTake } from '../../../src/shared-memory/queue-take.ts'
import { PHASE } from '../../../src/shared-memory/request-table.ts'
import { SharedState } from '../../../src/shared-memory/shared-state.ts'

function twoThreads(): [SharedState, SharedState] {
  const layout = computeLayout({
    signalCount: 4,
    ingestThreads: 2,
    serializerThreads: 2,
    kernelTablesBytes: 100,
    queueCountMax: 8,
    requestEntriesPerIngest: 4,
    arenaBytesPerIngest: 64 * KIB,
    outRingCapacityBytes: 4 * KIB,
  })
  const memory = createSharedMemory(layout)
  const first = new SharedState(memory, layout)
  first.initialize()
  return [first, new SharedState(memory, layout)]
}

test('two threads see the same structures', () => {
  const [first, second] = twoThreads()
  first.control.engineState = ENGINE_STATE.RUNNING
  first.requests.open(5, 1, 0)
  first.heldBytes.add(1, 1, 10)
  first.counters(3).add(counterCell('serialized_requests', 2), 4)
  first.outcomeRing(1).put(5)
  expect(second.control.engineState).toBe(ENGINE_STATE.RUNNING)
  expect(second.requests.phase(5)).toBe(PHASE.RECEIVING)
  expect(second.heldBytes.total(1)).toBe(KIB)
  expect(second.countersReader.total('serialized_requests', 2)).toBe(4)
  expect([second.outcomeRing(0).take(), second.outcomeRing(1).take()]).toEqual([-1, 5])
})

test('initialized queues work, each for itself', () => {
  const [first, second] = twoThreads()
  for (const [signal, queue] of first.queues.entries()) queuePut(queue, signal, 8)
  expect(second.queues.map((queue) => queueTake(queue, () => true))).toEqual([0, 1, 2, 3])
})

test('a payload written through one view is read through the other', () => {
  const [first, second] = twoThreads()
  const writer = first.outRingWriter(1)
  const reader = second.outRingReader(1)
  const offset = writer.claim(5)
  first.bytes.write('hello', offset)
  writer.commit(0, 0, RECORD_KIND.RECORD, 5)
  expect(reader.next()).toBe(true)
  expect(second.bytes.toString('utf8', reader.payloadOffset, reader.payloadOffset + reader.payloadBytes)).toBe('hello')
})

test('an arena hands out its own part of the memory, and a number names its owner', () => {
  const [state] = twoThreads()
  const { arenaOffsets } = state.layout
  expect([0, 1].map((index) => state.arena(index).allocate(1))).toEqual(arenaOffsets)
  expect([0, 3, 4, 7].map((number) => state.ownerOf(number))).toEqual([0, 0, 1, 1])
})
