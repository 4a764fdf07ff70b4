import { monotonicMs } from '../base/clock.ts'
import { OUTCOME, PHASE } from '../shared-memory/request-table.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'

const LOOK_INTERVAL_MS = 10

/** Resolves true as soon as `done` holds, false at the deadline. `deadlineMs` may move closer meanwhile (a second signal). */
export async function waitUntil(done: () => boolean, deadlineMs: () => number): Promise<boolean> {
  while (!done()) {
    if (monotonicMs() >= deadlineMs()) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS))
  }
  return true
}

/** Items that were acknowledged (otlp.ack=queue) and are not confirmed by Kafka: lost if the process ends now. */
export function undeliveredItems({ requests }: SharedState): number {
  let items = 0
  for (let requestNumber = 0; requestNumber < requests.entryCount; requestNumber++) {
    const phase = requests.phase(requestNumber)
    if (phase === PHASE.FREE || phase === PHASE.RECEIVING || !requests.isAcked(requestNumber)) continue
    // Settled and confirmed, only its owner has not seen it yet.
    if (phase === PHASE.SETTLED && requests.outcome(requestNumber) === OUTCOME.DELIVERED) continue
    items += requests.items(requestNumber)
  }
  return items
}

/** Items that were acknowledged and whose way is not over. What is refused for good is over, and in undeliveredItems. */
export function unsettledItems({ requests }: SharedState): number {
  let items = 0
  for (let requestNumber = 0; requestNumber < requests.entryCount; requestNumber++) {
    const phase = requests.phase(requestNumber)
    const isOver = phase === PHASE.FREE || phase === PHASE.RECEIVING || phase === PHASE.SETTLED
    if (!isOver && requests.isAcked(requestNumber)) items += requests.items(requestNumber)
  }
  return items
}
