/** An exact set of 64-bit keys, given as two int32: open addressing, because millions of strings do not fit. */
export class StateSet {
  #keys: Int32Array
  #used: Uint8Array
  #mask: number
  size = 0

  constructor(capacityLog2 = 16) {
    this.#keys = new Int32Array(2 ** (capacityLog2 + 1))
    this.#used = new Uint8Array(2 ** capacityLog2)
    this.#mask = 2 ** capacityLog2 - 1
  }

  /** @returns true when the key was not in the set */
  add(low: number, high: number): boolean {
    if (this.size * 2 > this.#mask) this.#grow()
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high ^ (high >>> 15), 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 13)) & this.#mask
    while (this.#used[slot] === 1) {
      if (this.#keys[slot * 2] === low && this.#keys[slot * 2 + 1] === high) return false
      slot = (slot + 1) & this.#mask
    }
    this.#used[slot] = 1
    this.#keys[slot * 2] = low
    this.#keys[slot * 2 + 1] = high
    this.size++
    return true
  }

  #grow(): void {
    const larger = new StateSet(Math.log2(this.#mask + 1) + 2)
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#used[slot] === 1) larger.add(this.#keys[slot * 2]!, this.#keys[slot * 2 + 1]!)
    }
    this.#keys = larger.#keys
    this.#used = larger.#used
    this.#mask = larger.#mask
  }
}
