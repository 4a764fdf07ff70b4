import { describe, expect, it } from 'vitest'
import { badRequestStatus, ENCODING, MEDIA_TYPES, partialSuccess, retryStatus } from '../../../../src/otlp/responses.ts'
import { expectFault, violationsOf } from '../../../conformance/bed/faults.ts'
import { partialOf, statusOf } from '../../../conformance/bed/status.ts'

const ENCODINGS = [ENCODING.PROTOBUF, ENCODING.JSON] as const
const NAMES = ['protobuf', 'json'] as const

function answer(encoding: number, body: Buffer, more: Record<string, string> = {}) {
  return { status: 400, headers: { 'content-type': MEDIA_TYPES[encoding], ...more }, body }
}

describe.each(ENCODINGS)('in encoding %i', (encoding) => {
  it('a Status is read with its details', () => {
    const status = statusOf(answer(encoding, badRequestStatus(encoding, 'no')))
    expect(status).toMatchObject({ code: 3, message: 'no', details: [{ type: 'google.rpc.BadRequest' }] })
    expect(violationsOf(status)).toMatchObject([{ description: 'no' }])
  })

  it('a partial success is read by the name of its signal, and an empty response has none', () => {
    const said = answer(encoding, partialSuccess(encoding, 1, 3, 'why', 1000)!)
    expect(partialOf('metrics', said)).toEqual({ rejected: 3, errorMessage: 'why' })
    expect(partialOf('logs', answer(encoding, Buffer.from(encoding === ENCODING.JSON ? '{}' : '')))).toBeUndefined()
  })

  it('a refusal that asks to retry must have both forms of the delay', () => {
    const body = retryStatus(encoding, 'later', 2)
    const wanted = { status: 503, encoding: NAMES[encoding] }
    expectFault({ ...answer(encoding, body, { 'retry-after': '2' }), status: 503 }, wanted)
    expect(() => expectFault({ ...answer(encoding, body), status: 503 }, wanted)).toThrow()
    expect(() => expectFault({ ...answer(encoding, body), status: 400 }, { ...wanted, status: 400 })).toThrow()
  })

  it('a refusal must not give the machine away', () => {
    const told = answer(encoding, badRequestStatus(encoding, 'Error at /home/someone/app.js:3'))
    expect(() => expectFault(told, { status: 400, encoding: NAMES[encoding] })).toThrow()
  })
})

it('a page, an unknown type and members that do not belong are no Status', () => {
  expect(() => statusOf({ headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>') })).toThrow()
  const json = { 'content-type': 'application/json' }
  expect(() => statusOf({ headers: json, body: Buffer.from('{"error":"x"}') })).toThrow()
  expect(() =>
    partialOf('traces', { headers: json, body: Buffer.from('{"partialSuccess":{"rejectedSpans":3}}') }),
  ).toThrow()
})
