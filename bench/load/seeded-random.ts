/** A small seeded generator (mulberry32): the same seed makes the same bytes on every machine. Not for secrets. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 to 2^32 - 1 */
  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** 0 to `end` - 1 */
  below(end: number): number {
    return this.uint32() % end
  }

  hex(bytes: number): string {
    let text = ''
    for (let index = 0; index < bytes; index++) text += this.below(256).toString(16).padStart(2, '0')
    return text
  }
}
