/**
 * The counters of one ingest thread, and the rule that keeps them honest: every received request gets exactly one of
 * delivered, rejected, refused or dropped, and its items with it. A request refused before it was decoded counts no
 * items on either side.
 */
import { REASON } from '../otlp/sift-report.ts'
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import type { CounterName } from '../shared-memory/counter-catalog.ts'
import { type Counters, counterCell } from '../shared-memory/counters.ts'
import { RETRY_FACTS, RETRY_FROM } from './verdict.ts'

/** Cells by signal index. */
function cells(name: CounterName): readonly number[] {
  return Array.from({ length: SIGNAL_COUNT }, (_, signalIndex) => counterCell(name, signalIndex))
}

const RECEIVED_REQUESTS = cells('received_requests')
const RECEIVED_ITEMS = cells('received_items')
const RECEIVED_BYTES = cells('received_bytes')
const DELIVERED_REQUESTS = cells('delivered_requests')
const DELIVERED_ITEMS = cells('delivered_items')
const REJECTED_REQUESTS = cells('rejected_requests')
const REJECTED_ITEMS = cells('rejected_items')
const REJECTED_ITEMS_TEXT = cells('rejected_items_text')
const REJECTED_ITEMS_ID = cells('rejected_items_id')
const REJECTED_ITEMS_TOO_LARGE = cells('rejected_items_too_large')
const REJECTED_ITEMS_POLICY = cells('rejected_items_policy')
const WARNED_REQUESTS = cells('warned_requests')
const REFUSED_REQUESTS = cells('refused_requests')
const REFUSED_ITEMS = cells('refused_items')
const DROPPED_REQUESTS = cells('dropped_requests')
const DROPPED_ITEMS = cells('dropped_items')
const LATE_REQUESTS = cells('late_requests')
const LATE_ITEMS = cells('late_items')
const DISCONNECTED = cells('disconnected')
const HTTP_INVALID = counterCell('http_invalid')
const GRPC_INVALID = counterCell('grpc_invalid')

/** Cells by REASON; all others are policy. */
const REJECTED_ITEMS_BY_REASON: Readonly<Record<number, readonly number[]>> = {
  [REASON.UTF8]: REJECTED_ITEMS_TEXT,
  [REASON.ID_LENGTH]: REJECTED_ITEMS_ID,
  [REASON.TOO_LARGE]: REJECTED_ITEMS_TOO_LARGE,
}

/** Cells by verdict - RETRY_FROM and signal index; undefined where the catalogue has no counter of its own. */
const CAUSES: readonly (readonly number[] | undefined)[] = [
  cells('refused_queue_full'),
  cells('refused_memory_full'),
  cells('refused_kafka_down'),
  cells('refused_not_running'),
  cells('refused_deadline'),
  cells('refused_kafka_error'),
  undefined,
  undefined,
  cells('refused_deadline'),
  cells('refused_kafka_misconfigured'),
  cells('refused_memory_full'),
  cells('refused_deadline'),
]

export class Tally {
  readonly #counters: Counters
  /** Refusals since the last call of takeRefusals, by verdict - RETRY_FROM; for the log. */
  readonly #refusals = new Uint32Array(RETRY_FACTS.length)

  /** Items dropped since the last call of takeDroppedItems, by signal index; for the log. */
  readonly #droppedItems = new Float64Array(SIGNAL_COUNT)

  constructor(counters: Counters) {
    this.#counters = counters
  }

  /** The request decoded. */
  received(signalIndex: number, items: number, bytes: number): void {
    const counters = this.#counters
    counters.add(RECEIVED_REQUESTS[signalIndex]!, 1)
    counters.add(RECEIVED_ITEMS[signalIndex]!, items)
    counters.add(RECEIVED_BYTES[signalIndex]!, bytes)
  }

  delivered(signalIndex: number, items: number): void {
    this.#counters.add(DELIVERED_REQUESTS[signalIndex]!, 1)
    this.#counters.add(DELIVERED_ITEMS[signalIndex]!, items)
  }

  rejected(signalIndex: number, items: number): void {
    this.#counters.add(REJECTED_REQUESTS[signalIndex]!, 1)
    this.#counters.add(REJECTED_ITEMS[signalIndex]!, items)
  }

  /** Items that are taken out of a request; the request itself gets its class from what is left of it. */
  rejectedAlone(signalIndex: number, itemsByReason: readonly number[]): void {
    const counters = this.#counters
    for (let reason = 0; reason < itemsByReason.length; reason++) {
      const items = itemsByReason[reason]!
      if (items === 0) continue
      counters.add(REJECTED_ITEMS[signalIndex]!, items)
      counters.add((REJECTED_ITEMS_BY_REASON[reason] ?? REJECTED_ITEMS_POLICY)[signalIndex]!, items)
    }
  }

  /** The request is accepted; its answer carries a warning. */
  warned(signalIndex: number): void {
    this.#counters.add(WARNED_REQUESTS[signalIndex]!, 1)
  }

  refused(signalIndex: number, items: number, verdict: number): void {
    this.#counters.add(REFUSED_REQUESTS[signalIndex]!, 1)
    this.#counters.add(REFUSED_ITEMS[signalIndex]!, items)
    const cause = CAUSES[verdict - RETRY_FROM]
    if (cause !== undefined) this.#counters.add(cause[signalIndex]!, 1)
    this.#refusals[verdict - RETRY_FROM]!++
  }

  dropped(signalIndex: number, items: number): void {
    this.#counters.add(DROPPED_REQUESTS[signalIndex]!, 1)
    this.#counters.add(DROPPED_ITEMS[signalIndex]!, items)
    this.#droppedItems[signalIndex]! += items
  }

  late(signalIndex: number, items: number): void {
    this.#counters.add(LATE_REQUESTS[signalIndex]!, 1)
    this.#counters.add(LATE_ITEMS[signalIndex]!, items)
  }

  /** A verdict before the body decoded: received and classed at once, with no items. */
  undecoded(signalIndex: number, verdict: number): void {
    this.#counters.add(RECEIVED_REQUESTS[signalIndex]!, 1)
    if (verdict >= RETRY_FROM) this.refused(signalIndex, 0, verdict)
    else this.rejected(signalIndex, 0)
  }

  disconnected(signalIndex: number): void {
    this.#counters.add(DISCONNECTED[signalIndex]!, 1)
  }

  httpInvalid(): void {
    this.#counters.add(HTTP_INVALID, 1)
  }

  grpcInvalid(): void {
    this.#counters.add(GRPC_INVALID, 1)
  }

  /** @returns refusals of this cause since the last call */
  takeRefusals(verdict: number): number {
    const count = this.#refusals[verdict - RETRY_FROM]!
    this.#refusals[verdict - RETRY_FROM] = 0
    return count
  }

  /** @returns items of this signal dropped since the last call */
  takeDroppedItems(signalIndex: number): number {
    const items = this.#droppedItems[signalIndex]!
    this.#droppedItems[signalIndex] = 0
    return items
  }
}
