import { expect, test } from 'vitest'
import { record } from './record.ts'

test('writes down each call with the name of its word, and performs it', () => {
  const words = new Int32Array(new SharedArrayBuffer(16))
  const lines = record({ 0: 'first' }, () => {
    Atomics.store(words, 0, 7)
    Atomics.compareExchange(words, 1, 0, Atomics.load(words, 0))
    Atomics.notify(words, 0, 1)
  })
  expect(lines).toEqual(['store first 7', 'load first', 'compareExchange offset 4 0 7', 'notify first 1'])
  expect([...words]).toEqual([7, 7, 0, 0])
})

test('looks at the memory before the call', () => {
  const words = new Int32Array(new SharedArrayBuffer(4))
  const seen: number[] = []
  record(
    {},
    () => void Atomics.store(words, 0, 5),
    () => seen.push(words[0]!),
  )
  expect(seen).toEqual([0])
})
