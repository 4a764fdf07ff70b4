/** Bodies that cannot go straight to the arena (compressed, JSON, or of unknown length), until they are complete. */

/** What the requests of one ingest thread collect outside the arena, all together. */
export class CollectBudget {
  readonly #bytesMax: number
  #usedBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** @returns false when so much is not left */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#bytesMax) return false
    this.#usedBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
  }
}

const NOTHING = Buffer.alloc(0)

/** The parts of one body. Paid for as they come: a length that is only announced takes nothing from others. */
export class Collected {
  readonly #budget: CollectBudget
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(budget: CollectBudget) {
    this.#budget = budget
  }

  /** Keeps the chunk itself. @returns false, and keeps nothing, when the budget is used up */
  add(chunk: Buffer): boolean {
    if (!this.#budget.take(chunk.length)) return false
    this.#bytes += chunk.length
    this.#chunks.push(chunk)
    return true
  }

  /** The whole body; nothing is kept any more. @param last its end, not kept before: a body of one chunk is not copied */
  join(last: Buffer = NOTHING): Buffer {
    const chunks = this.#chunks
    const bytes = this.#bytes + last.length
    this.drop()
    if (chunks.length === 0) return last
    return Buffer.concat([...chunks, last], bytes)
  }

  drop(): void {
    this.#budget.give(this.#bytes)
    this.#bytes = 0
    if (this.#chunks.length > 0) this.#chunks = []
  }
}
