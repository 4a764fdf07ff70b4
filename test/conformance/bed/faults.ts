/** What every refusal over HTTP must be, whatever it refuses: a google.rpc.Status in the right encoding, fit for people. */
import { expect } from 'vitest'
import { CONTENT_TYPES, type Encoding } from './bodies.ts'
import { type Answer, type Status, statusOf } from './status.ts'

/** Clients send again after these and no others. */
const RETRYABLE = [429, 502, 503, 504]
const CODE_MAX = 16
/** Stack frames, paths of a machine, versions of libraries. */
const GIVEAWAY = /\n\s+at |node_modules|(?:^|[\s(])\/(?:home|root|usr|var|work)\/|\.ts:\d|\.js:\d/

export interface ExpectedFault {
  readonly status: number
  readonly encoding: Encoding
}

/** Asserts the rules of failures and returns the Status, for what is particular to the case. */
export function expectFault(answer: Answer & { readonly status: number }, wanted: ExpectedFault): Status {
  const { status, encoding } = wanted
  expect({ status: answer.status, contentType: answer.headers['content-type'] }).toEqual({
    status,
    contentType: CONTENT_TYPES[encoding],
  })
  const said = statusOf(answer)
  expect(said.code).toBeGreaterThan(0)
  expect(said.code).toBeLessThanOrEqual(CODE_MAX)
  expect(said.message).not.toBe('')
  expect(said.message).not.toMatch(GIVEAWAY)
  const asksToRetry = said.details.some(({ type }) => type === 'google.rpc.RetryInfo')
  expect({ asksToRetry, retryAfter: answer.headers['retry-after'] !== undefined }).toEqual({
    asksToRetry: RETRYABLE.includes(status),
    retryAfter: RETRYABLE.includes(status),
  })
  return said
}

/** The violations of a BadRequest among the details. */
export function violationsOf({ details }: Status): readonly { readonly description: string }[] {
  const found = details.find(({ type }) => type === 'google.rpc.BadRequest')?.value.fieldViolations
  return (found ?? []) as readonly { readonly description: string }[]
}
