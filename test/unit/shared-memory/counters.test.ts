import { expect, test } from 'vitest'
import { COUNTER_CATALOG } from '../../../src/shared-memory/counter-catalog.ts'
import { COUNTER_BLOCK_BYTES, Counters, CountersReader, counterCell } from '../../../src/shared-memory/counters.ts'

const OFFSET = 128

function scene(slots: number) {
  const buffer = new SharedArrayBuffer(OFFSET + slots * COUNTER_BLOCK_BYTES)
  const writers = Array.from({ length: slots }, (_, slot) => new Counters(buffer, OFFSET, slot))
  return { buffer, writers, reader: new CountersReader(buffer, OFFSET, slots) }
}

test('every counter has cells of its own, inside the block', () => {
  const { writers, reader } = scene(1)
  const cells = COUNTER_CATALOG.flatMap(({ name, perSignal }) => {
    return Array.from({ length: perSignal ? 4 : 1 }, (_, signalIndex) => ({ name, signalIndex }))
  })
  for (const [index, { name, signalIndex }] of cells.entries())
    writers[0]!.add(counterCell(name, signalIndex), index + 1)
  expect(cells.map(({ name, signalIndex }) => reader.ofThread(0, name, signalIndex))).toEqual(
    cells.map((_, index) => index + 1),
  )
  expect(new Set(cells.map(({ name, signalIndex }) => counterCell(name, signalIndex))).size).toBe(cells.length)
})

test('blocks are whole lines and threads do not touch each other', () => {
  expect(COUNTER_BLOCK_BYTES % 128).toBe(0)
  const { writers, reader } = scene(3)
  for (const [slot, writer] of writers.entries()) writer.add(counterCell('received_items', 2), 10 ** slot)
  expect([0, 1, 2].map((slot) => reader.ofThread(slot, 'received_items', 2))).toEqual([1, 10, 100])
  expect(reader.total('received_items', 2)).toBe(111)
  expect(reader.total('received_items', 1)).toBe(0)
})

test('counts beyond 32 bits', () => {
  const { writers, reader } = scene(1)
  const cell = counterCell('received_bytes', 0)
  for (let round = 0; round < 5; round++) writers[0]!.add(cell, 2 ** 32 - 1)
  expect(reader.ofThread(0, 'received_bytes', 0)).toBe(5 * (2 ** 32 - 1))
})

test('a new thread in the slot of a dead one goes on from what readers saw', () => {
  const { buffer, writers, reader } = scene(1)
  const cell = counterCell('received_bytes', 0)
  writers[0]!.add(cell, 2 ** 32 - 1)
  const words = new Int32Array(buffer, OFFSET)
  words[cell * 4 + 1] = 1 // died after the first store of a wrap
  expect(reader.ofThread(0, 'received_bytes', 0)).toBe(2 ** 32)
  new Counters(buffer, OFFSET, 0).add(cell, 5)
  expect(reader.ofThread(0, 'received_bytes', 0)).toBe(2 ** 32 + 5)
})

test('an unknown name is an assertion', () => {
  expect(() => counterCell('no_such_counter' as never)).toThrow(/no counter/)
})
