import { expect, test } from 'vitest'
import { OUTCOME, PHASE, RequestTable } from '../../src/shared-memory/request-table.ts'
import { record } from './record.ts'

const ITEMS_WORD = 6
const OUTCOME_WORD = 16

function scene(): { table: RequestTable; words: Int32Array } {
  const buffer = new SharedArrayBuffer(128)
  return { table: new RequestTable(buffer, 0, 1), words: new Int32Array(buffer) }
}

test('opening publishes the phase after the entry is clean', () => {
  const { table, words } = scene()
  words[ITEMS_WORD] = 99
  const items: number[] = []
  expect(
    record(
      { 0: 'state' },
      () => table.open(0, 2, 1),
      () => items.push(words[ITEMS_WORD]!),
    ),
  ).toEqual([`store state ${PHASE.RECEIVING}`])
  expect(items).toEqual([0])
})

test('settling stores the outcome before the phase', () => {
  const { table, words } = scene()
  const outcomes: number[] = []
  const lines = record(
    { 0: 'state' },
    () => table.settle(0, OUTCOME.REFUSED),
    () => outcomes.push(words[OUTCOME_WORD]!),
  )
  expect(lines).toEqual([`store state ${PHASE.SETTLED}`])
  expect(outcomes).toEqual([OUTCOME.REFUSED])
})

test('marking, unmarking and claiming are one call each', () => {
  const { table } = scene()
  table.open(0, 0, 0)
  expect(record({ 0: 'state' }, () => table.markQueued(0))).toEqual([`store state ${PHASE.QUEUED}`])
  expect(record({ 0: 'state' }, () => void table.unmarkQueued(0))).toEqual([
    `compareExchange state ${PHASE.QUEUED} ${PHASE.RECEIVING}`,
  ])
  expect(record({ 0: 'state' }, () => void table.claim(0, 4))).toEqual([
    `compareExchange state ${PHASE.QUEUED} ${PHASE.TAKEN | (4 << 8)}`,
  ])
})
