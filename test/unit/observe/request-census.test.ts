import { describe, expect, it } from 'vitest'
import { countHeld } from '../../../src/observe/request-census.ts'
import { OUTCOME } from '../../../src/shared-memory/request-table.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const LOGS = 2
const NONE = { requests: 0, items: 0, bytes: 0 }

describe('countHeld', () => {
  it('puts every phase into its place, by signal', () => {
    const bed = new SharedBed()
    const { requests } = bed.shared
    requests.open(0, 0, 0)
    requests.setItems(0, 1000)
    bed.queue(1, { items: 3, body: Buffer.alloc(10) })
    bed.queue(2, { items: 4, body: Buffer.alloc(20), signal: LOGS })
    bed.take(3, 3, { items: 5, body: Buffer.alloc(30) })
    bed.take(4, 3, { items: 7 })
    requests.markProducing(4)
    bed.take(5, 3, { items: 9 })
    requests.settle(5, OUTCOME.DELIVERED)
    const [traces, metrics, logs] = countHeld(requests)
    expect(traces).toMatchObject({
      queued: { requests: 1, items: 3, bytes: 10 },
      inFlight: { requests: 3, items: 21, bytes: 38 },
    })
    expect(logs).toMatchObject({ queued: { requests: 1, items: 4, bytes: 20 }, inFlight: NONE })
    expect(metrics).toEqual({ queued: NONE, inFlight: NONE, latePending: NONE, undelivered: NONE })
  })

  it('forgets a request that is closed', () => {
    const bed = new SharedBed()
    bed.take(0, 3)
    bed.shared.requests.settle(0, OUTCOME.DELIVERED)
    bed.shared.requests.close(0)
    expect(countHeld(bed.shared.requests)[0]).toEqual({
      queued: NONE,
      inFlight: NONE,
      latePending: NONE,
      undelivered: NONE,
    })
  })

  it('keeps a request that was answered at its deadline apart: it is counted as refused', () => {
    const bed = new SharedBed()
    bed.queue(0, { items: 2 })
    bed.take(1, 3, { items: 3 })
    bed.shared.requests.markAnswered(0)
    bed.shared.requests.markAnswered(1)
    expect(countHeld(bed.shared.requests)[0]).toMatchObject({
      queued: NONE,
      inFlight: NONE,
      latePending: { requests: 2, items: 5 },
    })
  })

  it('counts what was acknowledged as undelivered, and where it is, answered or not', () => {
    const bed = new SharedBed()
    bed.queue(0, { items: 2, acked: true })
    bed.take(1, 3, { items: 3, acked: true })
    bed.shared.requests.markAnswered(1)
    expect(countHeld(bed.shared.requests)[0]).toMatchObject({
      queued: { items: 2 },
      inFlight: { items: 3 },
      latePending: NONE,
      undelivered: { requests: 2, items: 5 },
    })
  })
})
