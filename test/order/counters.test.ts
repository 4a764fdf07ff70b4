import { expect, test } from 'vitest'
import { COUNTER_BLOCK_BYTES, Counters, CountersReader } from '../../src/shared-memory/counters.ts'
import { record } from './record.ts'

const NAMES = { 0: 'low', 4: 'highBefore', 8: 'highAfter' }

test('an addition is one store, and one that wraps stores the low word between the high ones', () => {
  const buffer = new SharedArrayBuffer(COUNTER_BLOCK_BYTES)
  const counters = new Counters(buffer, 0, 0)
  expect(record(NAMES, () => counters.add(0, 2 ** 32 - 1))).toEqual(['store low -1'])
  expect(record(NAMES, () => counters.add(0, 3))).toEqual(['store highBefore 1', 'store low 2', 'store highAfter 1'])
})

test('a reader loads the words in the opposite order', () => {
  const reader = new CountersReader(new SharedArrayBuffer(COUNTER_BLOCK_BYTES), 0, 1)
  expect(record(NAMES, () => void reader.ofThread(0, 'received_requests'))).toEqual([
    'load highAfter',
    'load low',
    'load highBefore',
  ])
})
