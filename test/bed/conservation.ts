/**
 * received = delivered + rejected + refused + queued + in flight + dropped, per signal, in items and in requests, at every
 * quiescent moment (CONTRACT section 5). The metric names of the sum stand here and nowhere else in the tests.
 */
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import type { RunningEngine } from './engine.ts'
import type { Metrics } from './prometheus.ts'

export const SIGNALS = ['traces', 'metrics', 'logs', 'profiles'] as const
export type Signal = (typeof SIGNALS)[number]

const COUNTED = ['received', 'delivered', 'rejected', 'refused', 'dropped'] as const
const HELD = ['queued', 'in_flight'] as const
const UNITS = ['items', 'requests'] as const
export type Place = (typeof COUNTED)[number] | (typeof HELD)[number]
type Unit = (typeof UNITS)[number]
export type Places = Record<Place, number>

const QUIESCENT_DEADLINE_MS = 15_000

function placesOf(metrics: Metrics, signal: Signal, unit: Unit): Places {
  const counted = COUNTED.map((place) => [place, metrics.sum(`sluice_${place}_${unit}_total`, { signal })])
  const held = HELD.map((place) => [place, metrics.sum(`sluice_${place}_${unit}`, { signal })])
  return Object.fromEntries([...counted, ...held])
}

export function itemsOf(metrics: Metrics, signal: Signal): Places {
  return placesOf(metrics, signal, 'items')
}

/** Throws when the sum does not hold, in items or in requests, for a signal; with every term. */
export function assertConservation(metrics: Metrics): void {
  const broken: string[] = []
  for (const unit of UNITS) {
    for (const signal of SIGNALS) {
      const { received, ...ends } = placesOf(metrics, signal, unit)
      const found = Object.values(ends).reduce((sum, value) => sum + value, 0)
      if (received !== found) broken.push(`${signal} ${JSON.stringify({ received, ...ends })}`)
    }
    if (broken.length > 0) throw new Error(`${unit} are not conserved: ${broken.join('; ')}`)
  }
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

function isEmpty({ queued, in_flight }: Places): boolean {
  return queued === 0 && in_flight === 0
}
