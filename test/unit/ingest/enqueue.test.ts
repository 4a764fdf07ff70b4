import { beforeEach, describe, expect, it } from 'vitest'
import { Answers } from '../../../src/ingest/answer.ts'
import { Bodies } from '../../../src/ingest/bodies.ts'
import { CODING } from '../../../src/ingest/body.ts'
import { CollectBudget } from '../../../src/ingest/collected.ts'
import { Enqueue } from '../../../src/ingest/enqueue.ts'
import type { HttpHead } from '../../../src/ingest/http-head.ts'
import { HttpRequest, type HttpScope } from '../../../src/ingest/http-request.ts'
import { Inflater } from '../../../src/ingest/inflater.ts'
import { Numbers } from '../../../src/ingest/numbers.ts'
import { Receiving } from '../../../src/ingest/receiving.ts'
import { RetryPace } from '../../../src/ingest/retry-pace.ts'
import { Tally } from '../../../src/ingest/tally.ts'
import type { IngestInit } from '../../../src/ingest/thread-init.ts'
import type { HttpResponse } from '../../../src/ingest/uws.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import type { Kernel } from '../../../src/otlp/kernel-instance.ts'
import { ENCODING } from '../../../src/otlp/responses.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../../src/shared-memory/control-block.ts'
import { ingestSlot } from '../../../src/shared-memory/layout.ts'
import { PHASE } from '../../../src/shared-memory/request-table.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const ITEMS = 7
const RECORD_BYTES_MAX = 3000
const PASS_THROUGH = 0
const AS_JSON = 1

let bed: SharedBed
let answers: [verdict: number, items: number][]
beforeEach(() => {
  bed = new SharedBed()
  bed.shared.control.engineState = ENGINE_STATE.RUNNING
  bed.shared.control.kafkaState = KAFKA_STATE.UP
  answers = []
})

const responder = {
  requestNumber: -1,
  answer(verdict: number, items: number): void {
    answers.push([verdict, items])
  },
}

function enqueueWith(ackAtQueue: boolean, scan: () => number = () => ITEMS): Enqueue {
  const { shared } = bed
  const { requests, heldBytes } = shared
  const init = {
    ingestIndex: 0,
    queueCountMax: 8,
    queueBytesMax: 65_536,
    ackAtQueue,
    recordBytesMax: RECORD_BYTES_MAX,
    validation: 'spec',
    passThrough: [true, false, false, false],
  } as unknown as IngestInit // what Enqueue looks at
  const tally = new Tally(shared.counters(ingestSlot(0)))
  const numbers = new Numbers(0, 8)
  const { ingestIndex, queueBytesMax } = init
  const { bytes } = shared
  const bodies = new Bodies({ requests, heldBytes, numbers, arena: shared.arena(0), bytes, ingestIndex, queueBytesMax })
  const timeouts = { requestTimeoutMs: 1000 }
  const collectBudget = new CollectBudget(1000)
  return new Enqueue({
    init,
    shared,
    kernel: { scan, sift: () => ITEMS } as unknown as Kernel, // memory is all zero: an empty report
    bodies,
    answers: new Answers({ requests, bodies, tally, firstNumber: 0, numberCount: 8, ...timeouts }),
    tally,
    receiving: new Receiving(1000),
    collectBudget,
    inflater: new Inflater(1000, collectBudget),
    retryPace: new RetryPace(() => true),
  })
}

function counter(name: 'received' | 'refused' | 'rejected', signalIndex = 0): [requests: number, items: number] {
  const { countersReader } = bed.shared
  return [
    countersReader.ofThread(ingestSlot(0), `${name}_requests`, signalIndex),
    countersReader.ofThread(ingestSlot(0), `${name}_items`, signalIndex),
  ]
}

describe('a request that Kafka would not take', () => {
  it.each([true, false])('is told so at once where its bytes are the record; otlp.ack=queue: %s', (ackAtQueue) => {
    const enqueue = enqueueWith(ackAtQueue)
    expect(enqueue.submitCopy(PASS_THROUGH, 0, Buffer.alloc(RECORD_BYTES_MAX + 1), responder)).toBe(VERDICT.PENDING)
    expect(answers).toEqual([[VERDICT.RECORD_TOO_LARGE, ITEMS]])
    expect([counter('received'), counter('rejected')]).toEqual([
      [1, ITEMS],
      [1, ITEMS],
    ])
    expect([enqueue.bodies.openCount, bed.shared.heldBytes.total(0)]).toEqual([0, 0])
  })
})

describe('otlp.ack=queue', () => {
  it('acknowledges when queued what fits into a record', () => {
    const enqueue = enqueueWith(true)
    expect(enqueue.submitCopy(PASS_THROUGH, 0, Buffer.alloc(RECORD_BYTES_MAX), responder)).toBe(VERDICT.ACCEPTED)
    expect(enqueue.submitCopy(AS_JSON, 0, Buffer.alloc(RECORD_BYTES_MAX / 3), responder)).toBe(VERDICT.ACCEPTED)
    expect([0, 1].map((number) => bed.shared.requests.isAcked(number))).toEqual([true, true])
  })

  it('waits for the outcome where the record might become too large', () => {
    const enqueue = enqueueWith(true)
    expect(enqueue.submitCopy(AS_JSON, 0, Buffer.alloc(RECORD_BYTES_MAX / 3 + 1), responder)).toBe(VERDICT.PENDING)
    const { requests } = bed.shared
    expect([requests.isAcked(0), requests.phase(0), answers]).toEqual([false, PHASE.QUEUED, []])
  })
})

describe('a fault of ours', () => {
  const broken = (): number => {
    throw new Error('broken')
  }

  it('in the scan counts the request as refused and gives its number, block and bytes back', () => {
    const enqueue = enqueueWith(false, broken)
    expect(() => enqueue.submitCopy(0, 0, Buffer.alloc(10), responder)).toThrow('broken')
    expect([enqueue.bodies.openCount, bed.shared.heldBytes.total(0)]).toEqual([0, 0])
    expect([counter('received'), counter('refused')]).toEqual([
      [1, 0],
      [1, 0],
    ])
  })

  it('in the copy, too', () => {
    const enqueue = enqueueWith(false)
    enqueue.bodies.write = broken
    expect(() => enqueue.submitCopy(0, 0, Buffer.alloc(10), responder)).toThrow('broken')
    expect([enqueue.bodies.openCount, bed.shared.heldBytes.total(0)]).toEqual([0, 0])
    expect([counter('received'), counter('refused')]).toEqual([
      [1, 0],
      [1, 0],
    ])
  })

  /** A request of 100 bytes as uWebSockets.js would begin it. */
  function beginRequest(enqueue: Enqueue): { faults: unknown[]; statusLine(): string; send(bytes: number): void } {
    const faults: unknown[] = []
    const fault = (error: unknown): void => void faults.push(error)
    const scope: HttpScope = { enqueue, requestBytesMax: 1000, isDraining: false, pool: [], fault }
    let onData: (chunk: ArrayBuffer, isLast: boolean) => void = () => {}
    let statusLine = ''
    const res = {
      onAborted() {},
      onData(handler: typeof onData) {
        onData = handler
      },
      cork: (write: () => void) => write(),
      writeStatus(line: string) {
        statusLine = line
        return res
      },
      writeHeader: () => res,
      end() {},
    }
    const head = { bodyBytes: 100, acceptEncoding: '' } as HttpHead
    new HttpRequest(scope).begin(res as unknown as HttpResponse, 0, head, ENCODING.PROTOBUF, CODING.IDENTITY)
    return { faults, statusLine: () => statusLine, send: (bytes) => onData(new ArrayBuffer(bytes), false) }
  }

  it('while a body is received answers its client and gives back what it holds', () => {
    const enqueue = enqueueWith(false)
    enqueue.bodies.write = broken
    const request = beginRequest(enqueue)
    expect(enqueue.bodies.openCount).toBe(1)
    request.send(10)
    expect([request.faults.length, request.statusLine()]).toEqual([1, '503 Service Unavailable'])
    expect([enqueue.bodies.openCount, enqueue.receiving.count, bed.shared.heldBytes.total(0)]).toEqual([0, 0, 0])
    expect([counter('received'), counter('refused')]).toEqual([
      [1, 0],
      [1, 0],
    ])
  })

  it('before its body is received answers its client, too', () => {
    const enqueue = enqueueWith(false)
    enqueue.bodies.open = broken
    const request = beginRequest(enqueue)
    expect([request.faults.length, request.statusLine()]).toEqual([1, '503 Service Unavailable'])
    expect([enqueue.bodies.openCount, enqueue.receiving.count]).toEqual([0, 0])
    expect([counter('received'), counter('refused')]).toEqual([
      [1, 0],
      [1, 0],
    ])
  })
})
