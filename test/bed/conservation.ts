/**
 * received = delivered + rejected + refused + queued + in flight + dropped, per signal, in items, at every quiescent
 * moment (CONTRACT section 5). The metric names of the sum stand here and nowhere else in the tests.
 */
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import type { RunningEngine } from './engine.ts'
import type { Metrics } from './prometheus.ts'

export const SIGNALS = ['traces', 'metrics', 'logs', 'profiles'] as const
export type Signal = (typeof SIGNALS)[number]

const ENDS = ['delivered', 'rejected', 'refused', 'dropped', 'queued', 'in_flight'] as const
type Place = 'received' | (typeof ENDS)[number]
export type Items = Record<Place, number>

const QUIESCENT_DEADLINE_MS = 15_000

function metricOf(place: Place): string {
  return `sluice_${place}_items`
}

export function itemsOf(metrics: Metrics, signal: Signal): Items {
  const of = (place: Place) => metrics.sum(metricOf(place), { signal })
  return {
    received: of('received'),
    delivered: of('delivered'),
    rejected: of('rejected'),
    refused: of('refused'),
    dropped: of('dropped'),
    queued: of('queued'),
    in_flight: of('in_flight'),
  }
}

/** Throws when the sum does not hold for a signal, with every term. */
export function assertConservation(metrics: Metrics): void {
  const broken = SIGNALS.filter((signal) => {
    const items = itemsOf(metrics, signal)
    return items.received !== ENDS.reduce((sum, place) => sum + items[place], 0)
  })
  if (broken.length === 0) return
  const terms = broken.map((signal) => `${signal} ${JSON.stringify(itemsOf(metrics, signal))}`)
  throw new Error(`items are not conserved: ${terms.join('; ')}`)
}

/** Waits until nothing is queued or in flight, then asserts conservation; to the metrics of that moment. */
export async function quiescentMetrics(engine: RunningEngine, deadlineMs = QUIESCENT_DEADLINE_MS): Promise<Metrics> {
  const quiet = async () => {
    const metrics = await engine.metrics()
    return SIGNALS.every((signal) => isEmpty(itemsOf(metrics, signal))) && metrics
  }
  const metrics = await waitUntil(quiet, { deadlineMs, what: 'nothing queued or in flight' })
  assertConservation(metrics)
  return metrics
}

function isEmpty({ queued, in_flight }: Items): boolean {
  return queued === 0 && in_flight === 0
}
