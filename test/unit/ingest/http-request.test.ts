import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/base/units.ts'
import { CODING } from '../../../src/ingest/body.ts'
import { CollectBudget } from '../../../src/ingest/collected.ts'
import type { Enqueue } from '../../../src/ingest/enqueue.ts'
import type { HttpHead } from '../../../src/ingest/http-head.ts'
import { HttpRequest, type HttpScope } from '../../../src/ingest/http-request.ts'
import { Inflater } from '../../../src/ingest/inflater.ts'
import { Receiving } from '../../../src/ingest/receiving.ts'
import type { HttpResponse } from '../../../src/ingest/uws.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { ENCODING } from '../../../src/otlp/responses.ts'
import { until } from '../../bed/until.ts'

const HEAD = { bodyBytes: 1, acceptEncoding: '', allowOrigin: undefined } as HttpHead
const LARGE = deflateSync(Buffer.concat([randomBytes(64 * KIB), Buffer.alloc(2 * MIB)]))

/** What uWebSockets.js calls, and the answer. */
class FakeResponse {
  status = ''
  aborted: () => void = () => {}
  data: (chunk: ArrayBuffer, isLast: boolean) => void = () => {}

  onAborted(handler: () => void): void {
    this.aborted = handler
  }

  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.data = handler
  }

  cork(write: () => void): void {
    write()
  }

  writeStatus(status: string): this {
    this.status = status
    return this
  }

  writeHeader(): this {
    return this
  }

  end(): void {}
}

let budget: CollectBudget
let inflater: Inflater
let scope: HttpScope
const counted: number[] = []
const submitted: Buffer[] = []
const faults: unknown[] = []
beforeEach(() => {
  budget = new CollectBudget(64 * MIB)
  inflater = new Inflater(4 * MIB, budget)
  for (const list of [counted, submitted, faults]) list.length = 0
  const enqueue = {
    inflater,
    collectBudget: budget,
    receiving: new Receiving(60_000),
    retryPace: { stepFor: () => 0 },
    responseBytesMax: MIB,
    tally: { undecoded: (_: number, verdict: number) => counted.push(verdict) },
    submitCopy: (_signal: number, _protocol: number, body: Buffer) => {
      submitted.push(body)
      return VERDICT.ACCEPTED
    },
  } as unknown as Enqueue
  const fault = (error: unknown) => faults.push(error)
  scope = { enqueue, requestBytesMax: 4 * MIB, isDraining: false, pool: [], fault }
})

/** One compressed upload, all of it sent. */
function upload(body = LARGE): FakeResponse {
  const res = new FakeResponse()
  const request = new HttpRequest(scope)
  request.begin(res as unknown as HttpResponse, 0, HEAD, ENCODING.PROTOBUF, CODING.DEFLATE)
  res.data(Uint8Array.from(body).buffer, true)
  return res
}

describe('an upload whose client goes while it waits to be inflated', () => {
  it('leaves the line at once, and counts nowhere', async () => {
    const [first, gone, last] = [upload(), upload(), upload()]
    expect([inflater.count, scope.pool.length]).toEqual([3, 0])
    gone.aborted()
    expect([inflater.count, scope.pool.length, budget.usedBytes]).toEqual([2, 1, 2 * LARGE.length])
    await until('the others being inflated', () => submitted.length === 2)
    expect([first, last, gone].map(({ status }) => status)).toEqual(['', '', ''])
    expect([counted, faults, budget.usedBytes, scope.pool.length]).toEqual([[], [], 0, 3])
  })

  it('is given back when it was at work', async () => {
    upload().aborted()
    expect([inflater.count, scope.pool.length]).toEqual([1, 0])
    await until('its end', () => inflater.count === 0)
    expect([submitted, counted, budget.usedBytes, scope.pool.length]).toEqual([[], [], 0, 1])
  })
})

it('counts a request once when inflating it fails by a bug of ours', () => {
  inflater.inflate = () => {
    throw new Error('broken')
  }
  expect(upload().status).toMatch(/^503 /)
  expect([counted, faults.length, scope.enqueue.receiving.count]).toEqual([[VERDICT.FAULT], 1, 0])
})
