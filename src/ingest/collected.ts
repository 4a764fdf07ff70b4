/** Bodies that cannot go straight to the arena (compressed, or of unknown length), until they are complete. */
import { KIB } from '../base/units.ts'

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
/**
 * Parts below this are joined as they come. Kept by itself, a part of a byte costs a hundred, and what it was cut from
 * (for gRPC, a whole read of the socket) stays with it.
 */
const SMALL_BYTES = 16 * KIB
const BLOCK_BYTES_MIN = KIB

/** The parts of one body. Paid for as they come: a length that is only announced takes nothing from others. */
export class Collected {
  readonly #budget: CollectBudget
  #chunks: Buffer[] = []
  #bytes = 0
  /** Small parts that came one after the other; #blockBytes of it are used. */
  #block = NOTHING
  #blockBytes = 0

  constructor(budget: CollectBudget) {
    this.#budget = budget
  }

  /** Keeps the chunk itself unless it is small. @returns false, and keeps nothing, when the budget is used up */
  add(chunk: Buffer): boolean {
    if (!this.#budget.take(chunk.length)) return false
    this.#bytes += chunk.length
    if (chunk.length < SMALL_BYTES) this.#joinSmall(chunk)
    else {
      this.#endBlock()
      this.#chunks.push(chunk)
    }
    return true
  }

  #joinSmall(chunk: Buffer): void {
    if (this.#blockBytes + chunk.length > this.#block.length) {
      this.#endBlock()
      // As large as what is there already: few blocks, and never more than half of them empty.
      const bytes = Math.min(Math.max(this.#bytes, BLOCK_BYTES_MIN), SMALL_BYTES)
      this.#block = Buffer.allocUnsafeSlow(Math.max(bytes, chunk.length))
    }
    chunk.copy(this.#block, this.#blockBytes)
    this.#blockBytes += chunk.length
  }

  #endBlock(): void {
    if (this.#blockBytes > 0) this.#chunks.push(this.#block.subarray(0, this.#blockBytes))
    this.#block = NOTHING
    this.#blockBytes = 0
  }

  /** The whole body; nothing is kept any more. @param last its end, not kept before: a body of one chunk is not copied */
  join(last: Buffer = NOTHING): Buffer {
    this.#endBlock()
    const chunks = this.#chunks
    const bytes = this.#bytes + last.length
    this.drop()
    if (chunks.length === 0) return last
    if (chunks.length === 1 && last.length === 0) return chunks[0]!
    return Buffer.concat([...chunks, last], bytes)
  }

  drop(): void {
    this.#budget.give(this.#bytes)
    this.#bytes = 0
    if (this.#chunks.length > 0) this.#chunks = []
    this.#block = NOTHING
    this.#blockBytes = 0
  }
}
