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
 * The writer stores highBefore, low, highAfter when the low word wraps; a reader that sees both highs equal around its
 * read of low has a value that was true at one moment. Blocks start on their own 128-byte line.
 */
import { assert } from '../base/assert.ts'
import { alignUp } from '../base/units.ts'
import { COUNTER_CATALOG, type CounterFacts, type CounterName } from './counter-catalog.ts'

const COUNTER_WORDS = 4
const COUNTER_BYTES = COUNTER_WORDS * 4
const LINE_BYTES = 128
const SIGNALS_PER_COUNTER = 4
const WORD_RANGE = 2 ** 32
const READ_ATTEMPTS_MAX = 1000

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

/** The writing side of one thread's block. */
export class Counters {
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer, countersOffset: number, slot: number) {
    this.#words = blockWords(buffer, countersOffset, slot)
  }

  /** @param amount 0 to 2^32-1 */
  add(cell: number, amount: number): void {
    const words = this.#words
    const at = cell * COUNTER_WORDS
    const sum = (words[at]! >>> 0) + amount
    if (sum < WORD_RANGE) {
      Atomics.store(words, at, sum | 0)
      return
    }
    const high = words[at + 1]! + 1
    Atomics.store(words, at + 1, high)
    Atomics.store(words, at, sum | 0)
    Atomics.store(words, at + 2, high)
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
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const after = Atomics.load(words, at + 2)
      const low = Atomics.load(words, at)
      if (Atomics.load(words, at + 1) === after) return after * WORD_RANGE + (low >>> 0)
    }
    throw new Error(`counter ${name} of thread ${slot} is torn: its block has two writers`)
  }

  /** Sum over all threads. */
  total(name: CounterName, signalIndex = 0): number {
    let sum = 0
    for (let slot = 0; slot < this.#blocks.length; slot++) sum += this.ofThread(slot, name, signalIndex)
    return sum
  }
}
