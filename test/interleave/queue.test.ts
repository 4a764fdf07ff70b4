/**
 * The queue in every order. The scenes are as large as can be explored whole in seconds; no bound on preemptions, no
 * reduction. The number of states in the last assertion says that the space was really walked.
 */
import { expect, test } from 'vitest'
import { NOTHING } from '../../src/shared-memory/queue-descriptor.ts'
import { queueDepth } from '../../src/shared-memory/queue-take.ts'
import { PHASE } from '../../src/shared-memory/request-table.ts'
import { wordOf } from './atomic-calls.ts'
import { type Explored, explore, type Step } from './explorer.ts'
import { CAPACITY, QueueScene } from './queue-scene.ts'
import type { ThreadState } from './replay.ts'

const CONSUMER_SLOTS = [5, 6]
const OPERATIONS_PER_PUT = 3

interface Scene {
  readonly numbersOf: readonly (readonly number[])[]
  readonly takes: readonly number[]
  readonly crashesMax: number
  readonly startPosition?: number
  /** Beyond the capacity only the cells say that the queue is full. */
  readonly countMax?: number
}

function check(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken law: ${law}`)
}

function run({ numbersOf, takes, crashesMax, startPosition = 0, countMax = CAPACITY }: Scene): Explored {
  const scene = new QueueScene(numbersOf.flat().length, startPosition)
  const producers = numbersOf.map((numbers, index) => scene.producer(`producer ${index}`, numbers, countMax))
  const consumers = takes.map((takeCount, index) => scene.consumer(CONSUMER_SLOTS[index]!, takeCount))
  return explore({
    words: scene.words,
    tracked: scene.tracked,
    threads: [...producers, ...consumers],
    crashesMax,
    onStep: (step) => checkStep(scene, numbersOf, step),
    onEnd: (threads) => checkEnd(scene, numbersOf, threads),
  })
}

function checkStep(scene: QueueScene, numbersOf: Scene['numbersOf'], step: Step): void {
  const { threadIndex, call, result, before, after } = step
  const number = scene.tracked.indexOf(wordOf(call)) - 2 - CAPACITY
  const claims = call.name === 'compareExchange' && number >= 0 && threadIndex >= numbersOf.length
  if (claims && result === PHASE.QUEUED) {
    const siblings = numbersOf.find((numbers) => numbers.includes(number))!
    const earlier = siblings.slice(0, siblings.indexOf(number))
    check(!earlier.some((other) => scene.table.phase(other) === PHASE.QUEUED), 'first in, first out per producer')
  }
  if (after.results.length === before.results.length) return
  if (threadIndex >= numbersOf.length) {
    const empty = after.results.at(-1) !== NOTHING || scene.inCells().length === 0
    check(empty, 'take returns NOTHING only when no number is there')
  } else if (before.results.length % OPERATIONS_PER_PUT === 1 && after.results[before.results.length] === 0) {
    check(queueDepth(scene.queue) >= CAPACITY, 'put is refused only while the positions stand a capacity apart')
  }
}

function checkEnd(scene: QueueScene, numbersOf: Scene['numbersOf'], threads: readonly ThreadState[]): void {
  const producers = threads.slice(0, numbersOf.length)
  const consumers = threads.slice(numbersOf.length)
  const taken = consumers.flatMap(({ results }) => results.filter((number) => number !== NOTHING))
  check(new Set(taken).size === taken.length, 'no number is taken twice')

  const toRequeue: number[] = []
  const queued: number[] = []
  numbersOf.forEach((numbers, producerIndex) => {
    numbers.forEach((number, at) => {
      const phase = scene.table.phase(number)
      const copies = scene.inCells().filter((other) => other === number).length
      const { status, results } = producers[producerIndex]!
      const accepted = results[at * OPERATIONS_PER_PUT + 2]
      check(copies <= 1, 'a number stands in one cell')
      if (phase === PHASE.RECEIVING) {
        check(accepted !== 1 && copies === 0, 'a number that was put is queued or taken')
      } else if (phase === PHASE.QUEUED) {
        check(accepted !== 0, 'a refused number is not queued')
        check(copies === 1 || status === 'dead', 'a queued number stands in a cell, or its crashed putter owns it')
        if (copies === 0) toRequeue.push(number)
        else queued.push(number)
      } else {
        const consumer = consumers[CONSUMER_SLOTS.indexOf(scene.table.holder(number))]!
        const returned = consumer.results.includes(number)
        check(returned || consumer.status === 'dead', 'a taken number was returned to its taker, or the taker crashed')
        if (!returned) toRequeue.push(number)
      }
      check(!taken.includes(number) || phase === PHASE.TAKEN, 'who was given a number holds it')
    })
  })

  check(sameNumbers(scene.drain(), queued), 'what is queued can be taken, and nothing else')
  for (const number of toRequeue) {
    check(scene.requeue(number), 'an empty queue has room')
    check(sameNumbers(scene.drain(), [number]), 'what a crashed thread held can be queued again')
  }
  for (let round = 0; round < 3; round++) {
    check(scene.requeue(0) && scene.requeue(1) && !scene.requeue(0), 'the queue holds its capacity afterwards')
    check(scene.drain().join() === '0,1', 'the queue is in order afterwards')
  }
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return [...left].sort().join() === [...right].sort().join()
}

test('no order of two producers and two consumers loses, doubles or overtakes a number', () => {
  const numbersOf = [
    [0, 1],
    [2, 3],
  ]
  expect(run({ numbersOf, takes: [2, 2], crashesMax: 0 }).states).toBeGreaterThan(800_000)
})

test('no crash of any of the four at any step loses or doubles a number', () => {
  const numbersOf = [
    [0, 1],
    [2, 3],
  ]
  expect(run({ numbersOf, takes: [2, 1], crashesMax: 4 }).states).toBeGreaterThan(600_000)
})

test('the same where the positions wrap', () => {
  const numbersOf = [[0, 1], [2]]
  const { states } = run({ numbersOf, takes: [2, 1], crashesMax: 1, startPosition: 2 ** 31 - 1 })
  expect(states).toBeGreaterThan(140_000)
})

test('the same without a limit of the count', () => {
  const numbersOf = [
    [0, 1],
    [2, 3],
  ]
  expect(run({ numbersOf, takes: [2, 1], crashesMax: 0, countMax: 2 ** 30 }).states).toBeGreaterThan(150_000)
})
