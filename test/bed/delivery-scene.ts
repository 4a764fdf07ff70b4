/**
 * A Delivery over real shared memory with a fake producer and a fake clock, made anew for each test. The exports are live
 * bindings: they name what `setDeliveryScene`, called in beforeEach, has made last.
 */
import { vi } from 'vitest'
import { Delivery } from '../../src/produce/delivery.ts'
import { serializerSlot } from '../../src/shared-memory/layout.ts'
import { queueTake } from '../../src/shared-memory/queue-take.ts'
import { capturedLog } from './captured-log.ts'
import { FakeProducer } from './fake-producer.ts'
import { SharedBed } from './shared-bed.ts'

export const RECORD_BYTES_MAX = 1000
/** Beyond the longest pause before a retry. */
const RETRY_PAUSE_MS = 6000

export let bed: SharedBed
export let delivery: Delivery
export let port: FakeProducer
/** The first serializer's. */
export let slot: number
export let captured: ReturnType<typeof capturedLog>

/** @returns what ends the scene */
export function setDeliveryScene(): () => void {
  vi.useFakeTimers()
  furnish({})
  return () => vi.useRealTimers()
}

/** The same with other sizes of the shared memory; inside a test that has a scene. */
export function furnish(sizes: ConstructorParameters<typeof SharedBed>[0]): void {
  bed = new SharedBed(sizes)
  captured = capturedLog()
  delivery = new Delivery(bed.shared, {
    topics: ['t', 'm', 'l', 'p'],
    formats: ['json', 'json', 'json', 'protobuf'],
    recordBytesMax: RECORD_BYTES_MAX,
    log: captured.log,
  })
  port = new FakeProducer({
    delivered: (opaque, error) => delivery.delivered(opaque, error),
    brokersDown: () => {},
    fatal: () => {},
  })
  slot = serializerSlot(bed.shared.layout, 0)
}

export function sendBody(requestNumber: number): boolean {
  const { requests } = bed.shared
  return delivery.send(port, requestNumber, requests.payloadOffset(requestNumber), requests.payloadBytes(requestNumber))
}

/** What a serializer sees in the queue of a signal. */
export function takeFrom(signal: number): number {
  return queueTake(bed.shared.queues[signal]!, (number) => bed.shared.requests.claim(number, slot))
}

export function retriesFallDue(): void {
  vi.advanceTimersByTime(RETRY_PAUSE_MS)
  delivery.tick()
}
