import { beforeEach, expect, test } from 'vitest'
import { OUTCOME, PHASE, REQUEST_ENTRY_BYTES, RequestTable } from '../../../src/shared-memory/request-table.ts'

let table: RequestTable
beforeEach(() => {
  table = new RequestTable(new SharedArrayBuffer(3 * REQUEST_ENTRY_BYTES), 0, 3)
})

test('a request lives from FREE to FREE', () => {
  expect(table.phase(1)).toBe(PHASE.FREE)
  table.open(1, 2, 1)
  expect(table.phase(1)).toBe(PHASE.RECEIVING)
  table.markQueued(1)
  expect(table.phase(1)).toBe(PHASE.QUEUED)
  expect(table.claim(1, 200)).toBe(true)
  expect([table.phase(1), table.holder(1)]).toEqual([PHASE.TAKEN, 200])
  table.markProducing(1)
  expect(table.phase(1)).toBe(PHASE.PRODUCING)
  table.settle(1, OUTCOME.DELIVERED)
  expect([table.phase(1), table.outcome(1)]).toEqual([PHASE.SETTLED, OUTCOME.DELIVERED])
  table.close(1)
  expect(table.phase(1)).toBe(PHASE.FREE)
})

test('an entry keeps what its owner says, and leaves its neighbours alone', () => {
  table.open(1, 3, 1)
  table.setPayload(1, 3 * 2 ** 30, 205_000)
  table.setItems(1, 512)
  expect([table.signal(1), table.protocol(1), table.payloadOffset(1), table.payloadBytes(1), table.items(1)]).toEqual([
    3,
    1,
    3 * 2 ** 30,
    205_000,
    512,
  ])
  expect([table.phase(0), table.phase(2), table.items(0), table.items(2)]).toEqual([0, 0, 0, 0])
})

test('a request is claimed once, and only while it is queued', () => {
  table.open(0, 0, 0)
  expect(table.claim(0, 1)).toBe(false)
  table.markQueued(0)
  expect([table.claim(0, 1), table.claim(0, 2), table.holder(0)]).toEqual([true, false, 1])
})

test('the mark can be taken back until somebody has claimed', () => {
  table.open(0, 0, 0)
  table.markQueued(0)
  expect([table.unmarkQueued(0), table.phase(0)]).toEqual([true, PHASE.RECEIVING])
  table.markQueued(0)
  table.claim(0, 1)
  expect([table.unmarkQueued(0), table.phase(0)]).toEqual([false, PHASE.TAKEN])
})

test('main holds a request as slot 0', () => {
  table.open(0, 0, 0)
  table.markTakenByMain(0)
  expect([table.phase(0), table.holder(0)]).toEqual([PHASE.TAKEN, 0])
})

test('a new life has a new generation, one attempt more and nothing outstanding', () => {
  table.open(0, 0, 0)
  const generation = table.generation(0)
  table.addOutstanding(0)
  table.nextGeneration(0)
  expect([table.generation(0) - generation, table.attempts(0), table.removeOutstanding(0)]).toEqual([1, 1, -1])
})

test('opening forgets everything of the life before but counts the generation on', () => {
  table.open(0, 1, 1)
  const generation = table.generation(0)
  table.setPayload(0, 4096, 100)
  table.setItems(0, 9)
  table.markAnswered(0)
  table.markAcked(0)
  table.nextGeneration(0)
  table.settle(0, OUTCOME.UNKNOWN)
  table.close(0)
  table.open(0, 0, 0)
  expect(table.generation(0)).toBe(generation + 2)
  expect([table.payloadBytes(0), table.items(0), table.outcome(0), table.attempts(0)]).toEqual([0, 0, OUTCOME.NONE, 0])
  expect([table.isAnswered(0), table.isAcked(0)]).toEqual([false, false])
})

test('outstanding records are counted down', () => {
  table.open(0, 0, 0)
  table.addOutstanding(0)
  table.addOutstanding(0)
  expect([table.removeOutstanding(0), table.removeOutstanding(0)]).toEqual([1, 0])
})

test('opening a request in use and closing one on its way are assertions', () => {
  table.open(0, 0, 0)
  expect(() => table.open(0, 0, 0)).toThrow(/while in use/)
  table.markQueued(0)
  expect(() => table.close(0)).toThrow(/closed in phase/)
})
