/**
 * Counters in shared memory: one block per thread, written by that thread alone, read by anybody without stopping it.
 *
 * A counter is 53 bits wide and stored as int32 words, because 64-bit atomics in JavaScript are BigInts and allocate:
 *
 *   0       4             8            12       16
 *   +-------+-------------+------------+--------+
 *   | low   | highBefore  | highAfter  | unused |
 *   +-------+-------------+------------+--------+
 *
 * P9: when the low word wraps the writer stores highBefore, low, highAfter; a reader loads highAfter, low, highBefore.
 * Equal highs: low belongs to them, the value was true at one moment. Unequal: an addition that wraps is under way, and
 * highBefore * 2^32 lies between the values before and after it. So a reader never waits, is never torn and never goes
 * backward, whatever the writer is stopped at. (Retrying until the highs agree was tried: it hangs on a writer that died
 * there.) Blocks start on their own 128-byte line.
 */
import { assert } from '../base/assert.ts'
import { alignUp } from '../base/units.ts'
import { COUNTER_CATALOG, type CounterFacts, type CounterName } from './counter-catalog.ts'

const LOW = 0
const HIGH_BEFORE = 1
const HIGH_AFTER = 2
const COUNTER_WORDS = 4
const COUNTER_BYTES = COUNTER_WORDS * 4
const LINE_BYTES = 128
const SIGNALS_PER_COUNTER = 4
const WORD_RANGE = 2 ** 32

/** First cell of each counter inside a block; a per-signal counter has four cells. */
const FIRST_CELLS = new Map<string, number>()
let cellCount = 0
for (const facts of COUNTER_CATALOG as readonly CounterFacts[]) {
  FIRST_CELLS.set(facts.name, cellCount)
  cellCount += facts.perSignal ? SIGNALS_PER_COUNTER : 1
}

export const COUNTER_BLOCK_BYTES = alignUp(cellCount * COUNTER_BYTES, LINE_BYTES)

/** Cell of a counter, for the hot path: look it up once, add by it. */
export function counterCell(name: CounterName, signalIndex = 0): number {
  const first = FIRST_CELLS.get(name)
  assert(first !== undefined, `no counter ${name}`)
  return first + signalIndex
}

function blockWords(buffer: SharedArrayBuffer, countersOffset: number, slot: number): Int32Array {
  return new Int32Array(buffer, countersOffset + slot * COUNTER_BLOCK_BYTES, COUNTER_BLOCK_BYTES / 4)
}

/** The writing side of one thread's block. One writer at a time: the thread itself. */
export class Counters {
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer, countersOffset: number, slot: number) {
    this.#words = blockWords(buffer, countersOffset, slot)
    for (let at = 0; at + COUNTER_WORDS <= this.#words.length; at += COUNTER_WORDS) this.#endWrap(at)
  }

  /** The slot's last thread died in a wrap: settle on the value that readers have seen since. */
  #endWrap(at: number): void {
    const words = this.#words
    const high = words[at + HIGH_BEFORE]!
    if (high === words[at + HIGH_AFTER]) return
    Atomics.store(words, at + LOW, 0)
    Atomics.store(words, at + HIGH_AFTER, high) // P9
  }

  /** @param amount 0 to 2^32-1 */
  add(cell: number, amount: number): void {
    const words = this.#words
    const at = cell * COUNTER_WORDS
    const sum = (words[at + LOW]! >>> 0) + amount
    if (sum < WORD_RANGE) {
      Atomics.store(words, at + LOW, sum | 0)
      return
    }
    const high = words[at + HIGH_BEFORE]! + 1
    Atomics.store(words, at + HIGH_BEFORE, high)
    Atomics.store(words, at + LOW, sum | 0)
    Atomics.store(words, at + HIGH_AFTER, high) // P9
  }
}

/** The reading side: any thread. */
export class CountersReader {
  readonly #blocks: Int32Array[]

  constructor(buffer: SharedArrayBuffer, countersOffset: number, slotCount: number) {
    this.#blocks = Array.from({ length: slotCount }, (_, slot) => blockWords(buffer, countersOffset, slot))
  }

  /** Value of a counter of one thread; never goes backward. */
  ofThread(slot: number, name: CounterName, signalIndex = 0): number {
    const words = this.#blocks[slot]!
    const at = counterCell(name, signalIndex) * COUNTER_WORDS
    const after = Atomics.load(words, at + HIGH_AFTER) // observes P9
    const low = Atomics.load(words, at + LOW)
    const before = Atomics.load(words, at + HIGH_BEFORE)
    return before * WORD_RANGE + (before === after ? low >>> 0 : 0)
  }

  /** Sum over all threads. */
  total(name: CounterName, signalIndex = 0): number {
    let sum = 0
    for (let slot = 0; slot < this.#blocks.length; slot++) sum += this.ofThread(slot, name, signalIndex)
    return sum
  }
}
