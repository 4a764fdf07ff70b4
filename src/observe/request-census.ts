/**
 * Counts what the request table holds, by signal, without stopping anybody.
 *
 * - An entry is read twice and counted only when it stayed the same life of the number meanwhile; the sum over all
 *   entries is exact when nothing moves and near when something does.
 * - RECEIVING is not held yet: a request counts as received once it is queued or has a verdict.
 */
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import { PHASE, type Phase, type RequestTable } from '../shared-memory/request-table.ts'

export interface Amount {
  requests: number
  items: number
  bytes: number
}

export interface Held {
  /** In the queue of the signal. */
  readonly queued: Amount
  /** From the moment a serializer takes it until its ingest thread has closed it. */
  readonly inFlight: Amount
  /** Answered with an error at the deadline and counted as refused, but still on its way: what may become a duplicate. */
  readonly latePending: Amount
  /** Acknowledged and not confirmed by Kafka (otlp.ack=queue): lost if the process dies now. Part of the two first. */
  readonly undelivered: Amount
}

/** A request that changes its life so often while it is looked at is in no place for long: the next look finds it. */
const LOOKS_MAX = 3

/** @returns by signal index */
export function countHeld(requests: RequestTable): readonly Held[] {
  const held = Array.from({ length: SIGNAL_COUNT }, noneHeld)
  for (let requestNumber = 0; requestNumber < requests.entryCount; requestNumber++) {
    for (let look = 0; look < LOOKS_MAX; look++) {
      if (countEntry(requests, requestNumber, held)) break
    }
  }
  return held
}

function noneHeld(): Held {
  return { queued: nothing(), inFlight: nothing(), latePending: nothing(), undelivered: nothing() }
}

function nothing(): Amount {
  return { requests: 0, items: 0, bytes: 0 }
}

/** @returns false when the entry changed meanwhile: nothing was counted */
function countEntry(requests: RequestTable, requestNumber: number, held: readonly Held[]): boolean {
  const phase = requests.phase(requestNumber)
  if (!isHeld(phase)) return true
  const generation = requests.generation(requestNumber)
  const place = held[requests.signal(requestNumber)]
  const items = requests.items(requestNumber)
  const bytes = requests.payloadBytes(requestNumber)
  const acked = requests.isAcked(requestNumber)
  const answered = requests.isAnswered(requestNumber)
  const unchanged = requests.generation(requestNumber) === generation && isHeld(requests.phase(requestNumber))
  if (!unchanged || place === undefined) return false
  if (acked) add(place.undelivered, items, bytes)
  if (answered && !acked) add(place.latePending, items, bytes)
  else add(phase === PHASE.QUEUED ? place.queued : place.inFlight, items, bytes)
  return true
}

function isHeld(phase: Phase): boolean {
  return phase !== PHASE.FREE && phase !== PHASE.RECEIVING
}

function add(amount: Amount, items: number, bytes: number): void {
  amount.requests++
  amount.items += items
  amount.bytes += bytes
}
