import { expect, it } from 'vitest'
import { timeoutMsOf } from '../../../src/ingest/grpc-timeout.ts'

it.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['10S', 10_000],
  ['99999999m', 99_999_999],
  ['1500u', 1.5],
])('%s is %d ms', (text, ms) => {
  expect(timeoutMsOf(text)).toBe(ms)
})

it('gives NaN for what is no timeout', () => {
  for (const text of ['', '10', 'S', '-1S', '123456789S', '1.5S', '1S ']) expect(timeoutMsOf(text)).toBeNaN()
})
