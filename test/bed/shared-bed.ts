/** A small engine memory for tests of the stages behind ingest: requests come in by `queue`, outcomes by `settled`. */

import { KERNEL_TABLES_BYTES } from '../../src/otlp/kernel-instance.ts'
import { computeLayout, createSharedMemory, type LayoutSizes } from '../../src/shared-memory/layout.ts'
import type { OutcomeRing } from '../../src/shared-memory/outcome-ring.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import type { Outcome } from '../../src/shared-memory/request-table.ts'
import { SharedState } from '../../src/shared-memory/shared-state.ts'

const SIZES: LayoutSizes = {
  signalCount: 4,
  ingestThreads: 2,
  serializerThreads: 2,
  kernelTablesBytes: KERNEL_TABLES_BYTES,
  queueCountMax: 8,
  requestEntriesPerIngest: 8,
  arenaBytesPerIngest: 65_536,
  outRingCapacityBytes: 65_536,
}

export interface QueuedRequest {
  readonly signal?: number
  readonly body?: Uint8Array
  readonly items?: number
  readonly acked?: boolean
}

export class SharedBed {
  readonly shared: SharedState
  readonly #outcomes: OutcomeRing[]

  constructor(sizes: Partial<LayoutSizes> = {}) {
    const layout = computeLayout({ ...SIZES, ...sizes })
    this.shared = new SharedState(createSharedMemory(layout), layout)
    this.shared.initialize()
    this.#outcomes = layout.outcomeRingOffsets.map((_, ingest) => this.shared.outcomeRing(ingest))
  }

  /** What an ingress thread does with a complete body, up to the queue. The body lies at the start of its own KiB. */
  queue(requestNumber: number, request: QueuedRequest = {}): void {
    const { signal = 0, body = Buffer.from('body'), items = 1, acked = false } = request
    const { requests, queues, layout, bytes } = this.shared
    const offset = layout.arenaOffsets[0]! + requestNumber * 1024
    bytes.set(body, offset)
    requests.open(requestNumber, signal, 0)
    requests.setPayload(requestNumber, offset, body.length)
    requests.setItems(requestNumber, items)
    if (acked) requests.markAcked(requestNumber)
    requests.markQueued(requestNumber)
    queuePut(queues[signal]!, requestNumber, layout.queueCapacity)
  }

  /** The same, and claimed by the thread of that slot. */
  take(requestNumber: number, slot: number, request: QueuedRequest = {}): void {
    this.queue(requestNumber, request)
    this.shared.requests.claim(requestNumber, slot)
  }

  /** Settled requests of one ingress thread since the last call, with their outcomes, freed as their owner frees them. */
  settled(ingest = 0): [requestNumber: number, outcome: Outcome][] {
    const found: [number, Outcome][] = []
    for (;;) {
      const requestNumber = this.#outcomes[ingest]!.take()
      if (requestNumber < 0) return found
      found.push([requestNumber, this.shared.requests.outcome(requestNumber)])
      this.shared.requests.close(requestNumber)
    }
  }
}
