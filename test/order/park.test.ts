import { expect, test } from 'vitest'
import { BELL_BYTES, Bell } from '../../src/shared-memory/park.ts'
import { record } from './record.ts'

const NAMES = { 0: 'sequence', 4: 'waiters' }

function scene(): { bell: Bell; words: Int32Array } {
  const buffer = new SharedArrayBuffer(BELL_BYTES)
  return { bell: new Bell(buffer, 0), words: new Int32Array(buffer) }
}

test('a ring adds to the sequence before it looks for waiters', () => {
  const { bell } = scene()
  expect(record(NAMES, () => bell.ring())).toEqual(['add sequence 1', 'load waiters'])
})

test('a ring wakes one when somebody waits', () => {
  const { bell, words } = scene()
  words[1] = 2
  expect(record(NAMES, () => bell.ring())).toEqual(['add sequence 1', 'load waiters', 'notify sequence 1'])
})

test('a ring for all asks nobody whether somebody waits', () => {
  const { bell } = scene()
  expect(record(NAMES, () => bell.ringAll())).toEqual(['add sequence 1', 'notify sequence'])
})

test('a wait counts itself in before it waits, and out afterwards', () => {
  const { bell } = scene()
  expect(record(NAMES, () => bell.wait(1, 5))).toEqual(['add waiters 1', 'wait sequence 1 5', 'sub waiters 1'])
})
