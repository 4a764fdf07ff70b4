import { expect, test } from 'vitest'
import { COUNTER_BLOCK_BYTES, Counters, CountersReader, counterCell } from '../../src/shared-memory/counters.ts'
import { explore } from './explorer.ts'
import type { Operation } from './replay.ts'

const NAME = 'produced_bytes'
const CELL = counterCell(NAME)
const CELL_WORDS = [0, 1, 2].map((word) => CELL * 4 + word)
const WORD = 2 ** 32
/** Values after each addition, and the one that a reader may see while the second of two wraps is under way. */
const ADDITIONS = [1, WORD - 1, 5]
const ALLOWED = [WORD - 1, WORD, 2 * WORD - 1, 2 * WORD, 2 * WORD + 4]

test('no order of wrapping additions and reads is torn or goes backward, and a writer may die anywhere', () => {
  const buffer = new SharedArrayBuffer(COUNTER_BLOCK_BYTES)
  const words = new Int32Array(buffer)
  words[CELL * 4] = -1
  const counters = new Counters(buffer, 0, 0)
  const reader = new CountersReader(buffer, 0, 1)
  const add = (amount: number): Operation => {
    return () => {
      counters.add(CELL, amount)
      return amount
    }
  }
  const read: Operation = () => reader.ofThread(0, NAME)
  const seen = new Set<number>()
  explore({
    words,
    tracked: CELL_WORDS,
    threads: [
      { name: 'writer', operations: ADDITIONS.map(add) },
      { name: 'reader', operations: [read, read, read] },
    ],
    crashesMax: 1,
    onEnd: ([writer, { results }]) => {
      for (const value of results) seen.add(value)
      const last = reader.ofThread(0, NAME)
      if ([...results, last].some((value, at, all) => at > 0 && value < all[at - 1]!)) throw new Error('went backward')
      if (writer!.status === 'done' && last !== ALLOWED.at(-1)) throw new Error('lost an addition')
      new Counters(buffer, 0, 0).add(CELL, 7)
      if (reader.ofThread(0, NAME) < last + 7) throw new Error('the next writer lost an addition')
      if (reader.ofThread(0, NAME) > ALLOWED.at(-1)! + 7) throw new Error('the next writer counted twice')
    },
  })
  expect([...seen].sort((left, right) => left - right)).toEqual(ALLOWED)
})
