import { ENGINE_STATE, KAFKA_STATE } from '../shared-memory/control-block.ts'
import { queueDepth } from '../shared-memory/queue-take.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { VERDICT } from './verdict.ts'

export interface AdmissionLimits {
  readonly queueCountMax: number
  readonly queueBytesMax: number
}

/**
 * Whether a request of this signal may come in, decided before its body is read. A few atomic loads.
 *
 * @returns VERDICT.PENDING to go on, else the verdict that refuses. The queue may fill up afterwards: the put decides.
 */
export function admit(shared: SharedState, limits: AdmissionLimits, signalIndex: number): number {
  const { control } = shared
  if (control.engineState !== ENGINE_STATE.RUNNING) return VERDICT.NOT_RUNNING
  if ((control.missingTopics >> signalIndex) & 1) return VERDICT.KAFKA_MISCONFIGURED
  if (control.kafkaState === KAFKA_STATE.DOWN) return VERDICT.KAFKA_DOWN
  if (queueDepth(shared.queues[signalIndex]!) >= limits.queueCountMax) return VERDICT.QUEUE_FULL
  if (shared.heldBytes.total(signalIndex) >= limits.queueBytesMax) return VERDICT.QUEUE_FULL
  return VERDICT.PENDING
}

/** Whether requests are taken at all, as readiness says it. */
export function isServing({ control }: SharedState): boolean {
  return control.engineState === ENGINE_STATE.RUNNING && control.kafkaState === KAFKA_STATE.UP
}
