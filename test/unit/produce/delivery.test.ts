import { beforeEach, describe, expect, it } from 'vitest'
import { PRODUCED } from '../../../src/produce/producer-port.ts'
import { NOTHING } from '../../../src/shared-memory/queue-descriptor.ts'
import { OUTCOME, PHASE } from '../../../src/shared-memory/request-table.ts'
import {
  bed,
  delivery,
  furnish,
  port,
  RECORD_BYTES_MAX,
  retriesFallDue,
  sendBody,
  setDeliveryScene,
  slot,
  takeFrom,
} from '../../bed/delivery-scene.ts'

const TIMED_OUT = 'Local: Message timed out'

beforeEach(setDeliveryScene)

function count(name: Parameters<typeof bed.shared.countersReader.total>[0], signal = 0): number {
  return bed.shared.countersReader.total(name, signal)
}

describe('a request that is sent', () => {
  it('goes to the topic of its signal with the headers of its format and count', () => {
    bed.take(3, slot, { signal: 3, body: Buffer.from('bytes'), items: 12 })
    expect(sendBody(3)).toBe(true)
    const headers = {
      'otlp.signal': 'profiles',
      'otlp.format': 'protobuf',
      'otlp.items': '12',
      'content-type': 'application/x-protobuf',
    }
    expect(port.records).toMatchObject([{ topic: 'p', payload: 'bytes', headers }])
    expect(bed.shared.requests.phase(3)).toBe(PHASE.PRODUCING)
    expect(delivery.outstanding).toBe(1)
  })

  it('is delivered when Kafka confirms it, and told to the thread that owns it', () => {
    bed.take(1, slot)
    bed.take(9, slot)
    sendBody(1)
    sendBody(9)
    port.report()
    expect(bed.settled(0)).toEqual([[1, OUTCOME.DELIVERED]])
    expect(bed.settled(1)).toEqual([[9, OUTCOME.DELIVERED]])
    expect(delivery.outstanding).toBe(0)
    expect(count('produced_records')).toBe(2)
    expect(count('produced_bytes')).toBe(8)
  })

  it('stays where it is while the producer is full', () => {
    bed.take(1, slot)
    port.answers = [PRODUCED.FULL]
    expect(sendBody(1)).toBe(false)
    expect(bed.shared.requests.phase(1)).toBe(PHASE.TAKEN)
    expect(delivery.outstanding).toBe(0)
    expect(count('producer_queue_full')).toBe(1)
    expect(sendBody(1)).toBe(true)
  })

  it('stays where it is while there is no producer', () => {
    bed.take(1, slot)
    expect(delivery.send(undefined, 1, 1024, 4)).toBe(false)
    expect(bed.shared.requests.phase(1)).toBe(PHASE.TAKEN)
  })

  it('is not sent when its client was answered with an error already, with a producer or without', () => {
    for (const target of [port, undefined]) {
      bed.take(1, slot)
      bed.shared.requests.markAnswered(1)
      expect(delivery.send(target, 1, 1024, 4)).toBe(true)
      expect(bed.settled()).toEqual([[1, OUTCOME.CANCELLED]])
    }
    expect(port.records).toEqual([])
  })

  it('is sent when its client was answered "accepted"', () => {
    bed.take(1, slot, { acked: true })
    bed.shared.requests.markAnswered(1)
    sendBody(1)
    expect(port.records).toHaveLength(1)
  })

  it('is too large by our own limit, by the limit of the producer, and by that of the broker', () => {
    bed.take(1, slot, { body: Buffer.alloc(RECORD_BYTES_MAX + 1) })
    sendBody(1)
    bed.take(2, slot)
    port.answers = [PRODUCED.TOO_LARGE]
    sendBody(2)
    bed.take(3, slot, { body: Buffer.alloc(RECORD_BYTES_MAX) })
    sendBody(3)
    port.report('Broker: Message size too large')
    expect(bed.settled()).toEqual([1, 2, 3].map((number) => [number, OUTCOME.TOO_LARGE]))
    expect(count('delivery_errors')).toBe(1)
  })

  it('is refused when the broker refuses it for good', () => {
    bed.take(1, slot)
    sendBody(1)
    port.report('Broker: Broker failed to validate record')
    expect(bed.settled()).toEqual([[1, OUTCOME.REFUSED]])
  })
})

describe('a request that failed', () => {
  it('goes back into its queue after a pause, in a new life', () => {
    bed.queue(1, { signal: 2 })
    takeFrom(2)
    const generation = bed.shared.requests.generation(1)
    sendBody(1)
    port.report(TIMED_OUT)
    expect(takeFrom(2)).toBe(NOTHING)
    retriesFallDue()
    expect(takeFrom(2)).toBe(1)
    expect(bed.shared.requests.generation(1)).toBe(generation + 1)
    expect(count('retried_requests', 2)).toBe(1)
    sendBody(1)
    port.report()
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })

  it('does so when the producer does not take it for another reason', () => {
    bed.queue(1)
    takeFrom(0)
    port.answers = [PRODUCED.FAILED]
    expect(sendBody(1)).toBe(true)
    retriesFallDue()
    expect(takeFrom(0)).toBe(1)
  })

  it('is given up when its client was answered meanwhile', () => {
    bed.take(1, slot)
    sendBody(1)
    bed.shared.requests.markAnswered(1)
    port.report(TIMED_OUT)
    expect(bed.settled()).toEqual([[1, OUTCOME.UNKNOWN]])
  })

  it('is given up after five more attempts', () => {
    bed.queue(1)
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(takeFrom(0)).toBe(1)
      sendBody(1)
      port.report(TIMED_OUT)
      retriesFallDue()
    }
    takeFrom(0)
    sendBody(1)
    port.report(TIMED_OUT)
    expect(bed.settled()).toEqual([[1, OUTCOME.UNKNOWN]])
  })

  it('is never given up when it was acknowledged', () => {
    bed.queue(1, { acked: true })
    for (let attempt = 0; attempt < 50; attempt++) {
      expect(takeFrom(0)).toBe(1)
      sendBody(1)
      port.report(TIMED_OUT)
      retriesFallDue()
    }
    expect(bed.settled()).toEqual([])
  })

  it('waits on while its queue has no room', () => {
    furnish({ queueCountMax: 1, requestEntriesPerIngest: 32 })
    bed.take(20, slot)
    delivery.putBack(20)
    const { queueCapacity } = bed.shared.layout
    while (takeFrom(0) !== NOTHING);
    for (let number = 0; number < queueCapacity; number++) bed.queue(number)
    retriesFallDue()
    expect(bed.shared.requests.phase(20)).toBe(PHASE.TAKEN)
    expect(takeFrom(0)).toBe(0)
    retriesFallDue()
    for (let number = 1; number < queueCapacity; number++) expect(takeFrom(0)).toBe(number)
    expect(takeFrom(0)).toBe(20)
  })
})

describe('a report', () => {
  it('of an earlier life of the number is ignored', () => {
    bed.take(1, slot)
    sendBody(1)
    const stale = port.records[0]!.opaque
    port.report()
    bed.settled()
    bed.take(1, slot)
    port.records = []
    sendBody(1)
    delivery.delivered(stale, 'Broker: Invalid message')
    expect(bed.settled()).toEqual([])
    port.report()
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })

  it('that comes twice settles once', () => {
    bed.take(1, slot)
    sendBody(1)
    const { opaque } = port.records[0]!
    port.report()
    delivery.delivered(opaque, undefined)
    delivery.delivered(opaque, 'Broker: Invalid message')
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })

  it('names generations beyond 2^31 correctly', () => {
    const { requests } = bed.shared
    bed.take(1, slot)
    while (requests.generation(1) >= 0) {
      // Straight to the wrap: the word is the second of the entry.
      new Int32Array(bed.shared.buffer, bed.shared.layout.requestTableOffset + 128, 2)[1] = -2
    }
    sendBody(1)
    port.report()
    expect(bed.settled()).toEqual([[1, OUTCOME.DELIVERED]])
  })
})

describe('when the producer was replaced', () => {
  it('what it held is sent again, once, and nothing else is touched', () => {
    bed.queue(1)
    bed.queue(2)
    takeFrom(0)
    takeFrom(0)
    bed.take(3, slot)
    sendBody(1)
    sendBody(2)
    const stale = port.records.map(({ opaque }) => opaque)
    port.records = []
    delivery.producerReplaced()
    delivery.producerReplaced()
    expect(delivery.outstanding).toBe(0)
    retriesFallDue()
    expect([takeFrom(0), takeFrom(0)].sort()).toEqual([1, 2])
    expect(bed.shared.requests.phase(3)).toBe(PHASE.TAKEN)
    for (const opaque of stale) delivery.delivered(opaque, undefined)
    expect(bed.settled()).toEqual([])
  })
})
