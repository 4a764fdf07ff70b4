import { expect, test } from 'vitest'
import { assert } from '../../../src/base/assert.ts'
import { AssertionError } from '../../../src/base/errors.ts'

test('lets a true condition pass', () => {
  expect(() => assert(true, 'never')).not.toThrow()
})

test('throws its own error with the message when the condition is false', () => {
  expect(() => assert(false, 'queue is broken')).toThrow(new AssertionError('queue is broken'))
})

test('says what it found', () => {
  expect(() => assert(false, 'closed in phase', 0)).toThrow(new AssertionError('closed in phase: 0'))
})
