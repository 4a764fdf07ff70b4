/**
 * Keeps a body that is slow and moves from being cut: uWebSockets.js wants 160 kB in a span that it takes for ten seconds and
 * that is eight to twelve, so it also cuts clients that are fast enough. Resuming begins the span anew.
 */
import type { HttpResponse } from './uws.ts'

/** From look to look; well below the shortest span. */
const LOOK_MS = 4000
/** What a body has to bring in that time: 16 kB a second. */
const LOOK_BYTES = (LOOK_MS / 1000) * 16_000

/** Of one body, begun anew for the next. */
export class BodyPace {
  #lookDueMs = 0
  #lookedBytes = 0

  begin(nowMs: number): void {
    this.#lookDueMs = nowMs + LOOK_MS
    this.#lookedBytes = 0
  }

  /** To be called with each chunk but the last. @param nowMs on the clock of begin */
  look(nowMs: number, receivedBytes: number, res: Pick<HttpResponse, 'pause' | 'resume'>): void {
    if (nowMs < this.#lookDueMs) return
    if (receivedBytes - this.#lookedBytes >= LOOK_BYTES) {
      res.pause()
      res.resume()
    }
    this.#lookDueMs = nowMs + LOOK_MS
    this.#lookedBytes = receivedBytes
  }
}
