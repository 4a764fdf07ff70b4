import { beforeEach, describe, expect, it, vi } from 'vitest'
import { serializerSlot } from '../../../src/shared-memory/layout.ts'
import { RECORD_KIND } from '../../../src/shared-memory/out-ring.ts'
import { NOTHING } from '../../../src/shared-memory/queue-descriptor.ts'
import { OUTCOME, PHASE } from '../../../src/shared-memory/request-table.ts'
import {
  bed,
  captured,
  delivery,
  port,
  retriesFallDue,
  sendBody,
  setDeliveryScene,
  slot,
  takeFrom,
} from '../../bed/delivery-scene.ts'

beforeEach(setDeliveryScene)

describe('when a serializer died', () => {
  it('what it had claimed is queued again, and what others hold is left', () => {
    const other = serializerSlot(bed.shared.layout, 1)
    bed.queue(1)
    takeFrom(0)
    bed.take(2, other)
    bed.take(3, slot)
    sendBody(3)
    delivery.serializerDied(0)
    retriesFallDue()
    expect(takeFrom(0)).toBe(1)
    expect(bed.shared.requests.holder(2)).toBe(other)
    expect(bed.shared.requests.phase(3)).toBe(PHASE.PRODUCING)
  })

  it('twice in a row, a request that waits for its retry is queued once', () => {
    bed.queue(1)
    takeFrom(0)
    delivery.serializerDied(0)
    delivery.serializerDied(0)
    retriesFallDue()
    expect(takeFrom(0)).toBe(1)
    expect(takeFrom(0)).toBe(NOTHING)
  })

  it('a request that was in the hands of three that died is given up, acknowledged or not, and said', () => {
    bed.queue(1, { acked: true, items: 7, signal: 2 })
    for (let death = 0; death < 3; death++) {
      expect(bed.settled()).toEqual([])
      expect(takeFrom(2)).toBe(1)
      delivery.serializerDied(0)
      retriesFallDue()
    }
    expect(bed.settled()).toEqual([[1, OUTCOME.UNKNOWN]])
    expect(captured.named('request_kills_serializers').map(({ fields }) => fields)).toMatchObject([
      { signal: 'logs', items: 7, deaths: 3 },
    ])
  })

  it('a request whose record was committed before is not blamed, however often', () => {
    const ring = bed.shared.outRingWriter(0)
    bed.queue(1, { acked: true })
    for (let death = 0; death < 5; death++) {
      expect(takeFrom(0)).toBe(1)
      expect(ring.claim(4)).not.toBe(0)
      ring.commit(1, bed.shared.requests.generation(1), RECORD_KIND.RECORD, 4)
      delivery.serializerDied(0)
      retriesFallDue()
    }
    expect(bed.settled()).toEqual([])
  })

  it('deaths of an earlier request of the same number do not count', () => {
    for (let life = 0; life < 3; life++) {
      bed.queue(1)
      takeFrom(0)
      delivery.serializerDied(0)
      retriesFallDue()
      takeFrom(0)
      sendBody(1)
      port.report()
      expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
    }
  })
})

describe('a request that the kernel does not serialize', () => {
  it('may be sent again by its client: the fault is ours; a line an interval says so', () => {
    for (const number of [1, 2, 3]) {
      bed.take(number, slot)
      delivery.unserializable(number)
    }
    expect(bed.settled()).toEqual([1, 2, 3].map((number) => [number, OUTCOME.UNKNOWN]))
    expect(captured.named('request_unserializable')).toHaveLength(1)
    vi.advanceTimersByTime(10_000)
    bed.take(4, slot)
    delivery.unserializable(4)
    expect(captured.named('request_unserializable').at(-1)!.fields).toMatchObject({ signal: 'traces', count: 3 })
  })
})
