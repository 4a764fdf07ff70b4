import { SIGNALS, type Signal } from '../otlp/signal.ts'
import type { SignalSnapshot, Snapshot } from './snapshot.ts'

export interface ConservationError {
  /** Received and in no place; negative when something is in two. */
  readonly items: number
  readonly requests: number
}

/**
 * received - (delivered + rejected + refused + dropped + queued + in flight), per signal. Zero at every quiescent moment;
 * in motion it can be off by what moved while the words were read.
 */
export function conservation(snapshot: Snapshot): Readonly<Record<Signal, ConservationError>> {
  const errors = SIGNALS.map((signal) => {
    const facts = snapshot.signals[signal]
    return [signal, { items: missing(facts, 'items'), requests: missing(facts, 'requests') }]
  })
  return Object.fromEntries(errors) as Record<Signal, ConservationError>
}

function missing({ counters, queued, inFlight }: SignalSnapshot, unit: 'items' | 'requests'): number {
  const ends = ['delivered', 'rejected', 'refused', 'dropped'].reduce(
    (sum, end) => sum + counters[`${end}_${unit}`]!,
    0,
  )
  return counters[`received_${unit}`]! - ends - queued[unit] - inFlight[unit]
}
