import { expect, test } from 'vitest'
import { explore } from './explorer.ts'
import type { Operation } from './replay.ts'

function memory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(64))
}

function increment(words: Int32Array): Operation {
  return () => {
    Atomics.store(words, 0, Atomics.load(words, 0) + 1)
    return 0
  }
}

function finalValues(operations: Operation[], words: Int32Array, crashesMax = 0): number[] {
  const values = new Set<number>()
  explore({
    words,
    tracked: [0, 1],
    threads: operations.map((operation, index) => ({ name: `thread ${index}`, operations: [operation] })),
    crashesMax,
    onEnd: () => void values.add(words[0]!),
  })
  return [...values].sort()
}

test('finds the order in which load and store lose an increment', () => {
  const words = memory()
  expect(finalValues([increment(words), increment(words)], words)).toEqual([1, 2])
})

test('finds that an atomic add loses nothing', () => {
  const words = memory()
  const add: Operation = () => Atomics.add(words, 0, 1)
  expect(finalValues([add, add, add], words)).toEqual([3])
})

test('crashes a thread before each of its calls', () => {
  const words = memory()
  const add: Operation = () => Atomics.add(words, 0, 1) + Atomics.add(words, 0, 1)
  expect(finalValues([add], words, 1)).toEqual([0, 1, 2])
})

test('visits as many states as two threads of two calls have', () => {
  const words = memory()
  const loads: Operation = () => Atomics.load(words, 0) + Atomics.load(words, 1)
  const script = { name: 'loads', operations: [loads] }
  const explored = explore({ words, tracked: [0, 1], threads: [script, script], onEnd: () => {} })
  expect(explored).toEqual({ states: 9, steps: 12, ends: 1 })
})

test('replays plain reads of the words that only the thread itself writes', () => {
  const words = memory()
  const twice: Operation = () => {
    Atomics.store(words, 0, words[0]! + 1)
    Atomics.store(words, 1, 0)
    return Atomics.store(words, 0, words[0]! + 1)
  }
  const results: number[] = []
  explore({
    words,
    tracked: [0, 1],
    threads: [{ name: 'twice', operations: [twice, twice] }],
    onEnd: ([thread]) => results.push(...thread!.results),
  })
  expect(results).toEqual([2, 4])
})

test('ends with a waiter where a wake-up can be lost', () => {
  const words = memory()
  const ends = new Set<string>()
  explore({
    words,
    tracked: [0, 1],
    threads: [
      { name: 'waiter', operations: [() => (Atomics.load(words, 1) === 0 ? Atomics.wait(words, 0, 0).length : 0)] },
      { name: 'ringer', operations: [() => Atomics.store(words, 1, 1) + Atomics.notify(words, 0, 1)] },
    ],
    onEnd: (threads) => void ends.add(threads.map(({ status }) => status).join()),
  })
  expect([...ends].sort()).toEqual(['done,done', 'waiting,done'])
})

test('forgets what happened before the loop head, so that a loop ends', () => {
  const words = memory()
  const spin: Operation = () => {
    while (Atomics.load(words, 0) === 0);
    return 0
  }
  const store: Operation = () => Atomics.store(words, 0, 1)
  const explored = explore({
    words,
    tracked: [0, 1],
    threads: [
      { name: 'spin', operations: [spin], loopHead: ({ name }) => name === 'load' },
      { name: 'store', operations: [store] },
    ],
    onEnd: () => {},
  })
  expect(explored.states).toBe(3)
})

test('refuses a word that nobody tracks, and says which steps led there', () => {
  const words = memory()
  const script = { name: 'stray', operations: [() => Atomics.add(words, 0, 1) + Atomics.add(words, 5, 1)] }
  expect(() => explore({ words, tracked: [0, 1], threads: [script], onEnd: () => {} })).toThrow(
    /word 5 is not tracked\nafter\n {2}stray: add word 0 \(1\) -> 0/,
  )
})
