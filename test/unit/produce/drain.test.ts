import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { monotonicMs } from '../../../src/base/clock.ts'
import { undeliveredItems, unsettledItems, waitUntil } from '../../../src/produce/drain.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

describe('waitUntil', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  it('is true at once when it is so already, even behind the deadline', async () => {
    expect(
      await waitUntil(
        () => true,
        () => 0,
      ),
    ).toBe(true)
  })

  it('is true as soon as it becomes so', async () => {
    let done = false
    const waiting = waitUntil(
      () => done,
      () => monotonicMs() + 1000,
    )
    done = true
    await vi.advanceTimersByTimeAsync(20)
    expect(await waiting).toBe(true)
  })

  it('is false at the deadline, also when that moves closer meanwhile', async () => {
    let deadlineMs = Number.POSITIVE_INFINITY
    const waiting = waitUntil(
      () => false,
      () => deadlineMs,
    )
    await vi.advanceTimersByTimeAsync(60_000)
    deadlineMs = 0
    await vi.advanceTimersByTimeAsync(20)
    expect(await waiting).toBe(false)
  })
})

describe('undelivered items', () => {
  it('are those of acknowledged requests that are queued, taken or with the producer', () => {
    const bed = new SharedBed()
    bed.queue(0, { items: 1, acked: true })
    bed.take(1, 3, { items: 10, acked: true })
    bed.take(2, 3, { items: 100, acked: true })
    bed.shared.requests.markProducing(2)
    bed.queue(3, { items: 1000 })
    expect(undeliveredItems(bed.shared)).toBe(111)
  })

  it('are not those of a request that Kafka confirmed, or that is free again', () => {
    const bed = new SharedBed()
    bed.take(0, 3, { items: 1, acked: true })
    bed.shared.requests.settle(0, 1)
    bed.take(1, 3, { items: 10, acked: true })
    bed.shared.requests.settle(1, 1)
    bed.shared.requests.close(1)
    expect(undeliveredItems(bed.shared)).toBe(0)
  })

  it('are those of a settled request that Kafka did not confirm', () => {
    const bed = new SharedBed()
    bed.take(0, 3, { items: 7, acked: true })
    bed.shared.requests.settle(0, 3)
    expect(undeliveredItems(bed.shared)).toBe(7)
  })
})

describe('unsettled items', () => {
  it('are those of acknowledged requests on their way, not of refused ones that nobody fetches any more', () => {
    const bed = new SharedBed()
    bed.queue(0, { items: 1, acked: true })
    bed.take(1, 3, { items: 10, acked: true })
    bed.take(2, 3, { items: 100 })
    bed.take(3, 3, { items: 1000, acked: true })
    bed.shared.requests.settle(3, 3)
    expect(unsettledItems(bed.shared)).toBe(11)
  })
})
