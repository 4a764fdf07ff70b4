/**
 * Which requests may have killed the serializers that held them.
 *
 * - Of all that a dead serializer had claimed, only the one without a committed record was in its hands; the others wait
 *   in its out ring for the main thread, some for as long as Kafka is away, and must not be blamed.
 * - Deaths are kept with the generation that follows them: a request that lived on in any other way has another one.
 */
import type { OutRingReader } from '../shared-memory/out-ring.ts'

/** Whoever is in the wrong hands at a kill from outside gets two more chances. */
export const DEATHS_MAX = 3

interface Deaths {
  readonly count: number
  /** Of the life that began with the last of them. */
  readonly generation: number
}

export class Suspects {
  /** Bounded by the request table. */
  readonly #deaths = new Map<number, Deaths>()

  /**
   * One more serializer died with this request in its hands.
   * @returns false when it must not be tried again
   */
  mayTryAgain(requestNumber: number, generation: number): boolean {
    const before = this.#deaths.get(requestNumber)
    const count = before?.generation === generation ? before.count + 1 : 1
    if (count >= DEATHS_MAX) {
      this.#deaths.delete(requestNumber)
      return false
    }
    this.#deaths.set(requestNumber, { count, generation: (generation + 1) | 0 })
    return true
  }
}

/** Requests whose records a dead writer had committed and nobody has read, by number, with the generation. */
export function committedRequests(reader: OutRingReader): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  reader.peek((requestNumber, generation) => found.set(requestNumber, generation))
  return found
}
