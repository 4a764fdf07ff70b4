import { describe, expect, it } from 'vitest'
import { conservation } from '../../../src/observe/conservation.ts'
import { snapshot } from '../../../src/observe/snapshot.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

/** One request of 10 items received in each place there is: six ended or held places. */
function balanced(): SharedBed {
  const bed = new SharedBed()
  const ingest = bed.shared.counters(1)
  ingest.add(counterCell('received_requests', 0), 6)
  ingest.add(counterCell('received_items', 0), 60)
  for (const end of ['delivered', 'rejected', 'refused', 'dropped']) {
    ingest.add(counterCell(`${end}_requests`, 0), 1)
    ingest.add(counterCell(`${end}_items`, 0), 10)
  }
  bed.queue(0, { items: 10 })
  bed.take(1, 3, { items: 10 })
  return bed
}

describe('conservation', () => {
  it('holds when everything received is in exactly one place', () => {
    expect(conservation(snapshot(balanced().shared)).traces).toEqual({ items: 0, requests: 0 })
  })

  it.each(['delivered', 'rejected', 'refused', 'dropped'])(
    'sees items that are counted as %s once too often',
    (end) => {
      const { shared } = balanced()
      shared.counters(1).add(counterCell(`${end}_items`, 0), 1)
      expect(conservation(snapshot(shared)).traces).toEqual({ items: -1, requests: 0 })
    },
  )

  it('sees a request that was lost from the table', () => {
    const { shared } = balanced()
    shared.requests.unmarkQueued(0)
    expect(conservation(snapshot(shared)).traces).toEqual({ items: 10, requests: 1 })
    expect(conservation(snapshot(shared)).logs).toEqual({ items: 0, requests: 0 })
  })

  it('does not count a request twice that was refused at its deadline and is still on its way', () => {
    const { shared } = balanced()
    shared.requests.markAnswered(1)
    shared.counters(1).add(counterCell('refused_items', 0), 10)
    shared.counters(1).add(counterCell('refused_requests', 0), 1)
    expect(conservation(snapshot(shared)).traces).toEqual({ items: 0, requests: 0 })
  })
})
