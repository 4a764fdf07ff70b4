import { expect, test } from 'vitest'
import * as errors from '../../../src/base/errors.ts'

const CASES = [
  [errors.AssertionError, 'ASSERTION', false],
  [errors.ReceiverFailedError, 'RECEIVER_FAILED', false],
  [errors.KafkaUnreachableError, 'KAFKA_UNREACHABLE', true],
  [errors.ThreadDiedError, 'THREAD_DIED', false],
] as const

test.each(CASES)('%o has its code, its name and says whether to try again', (ErrorClass, code, retryable) => {
  const cause = new Error('foreign')
  const error = new ErrorClass('what happened', { cause })
  expect(error).toMatchObject({ code, retryable, cause, name: ErrorClass.name, message: 'what happened' })
  expect(error).toBeInstanceOf(errors.SluiceError)
  expect(errors.ERROR_CODES).toContain(code)
})

test('no two classes share a code', () => {
  expect(new Set(errors.ERROR_CODES).size).toBe(errors.ERROR_CODES.length)
})
