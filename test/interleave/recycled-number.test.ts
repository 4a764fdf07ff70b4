/**
 * A number that is settled, marked and put again while a taker still stands before the claim of its earlier life: the
 * late claim may win the new life, the number may stand in two cells, but it has one holder and is never forgotten.
 */
import { expect, test } from 'vitest'
import { NOTHING } from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { OUTCOME, PHASE } from '../../src/shared-memory/request-table.ts'
import { explore, type Step } from './explorer.ts'
import { CAPACITY, QueueScene } from './queue-scene.ts'
import type { Operation, ThreadScript } from './replay.ts'

const SLOTS = [5, 6]
const NO_PUT = 2

function owner(scene: QueueScene, number: number, lives: number): ThreadScript {
  const { table, queue } = scene
  const live: Operation[] = [
    () => Number(table.phase(number) === PHASE.SETTLED),
    ([...results]) => {
      if (results.at(-1) === 1) table.markQueued(number)
      return 0
    },
    (results) => (results.at(-2) === 1 ? Number(queuePut(queue, number, CAPACITY)) : NO_PUT),
    (results) => (results.at(-1) === 0 ? Number(!table.unmarkQueued(number)) : 1),
  ]
  const { operations, ...head } = scene.producer('owner', [number])
  return { ...head, operations: [...operations, ...Array.from({ length: lives - 1 }, () => live).flat()] }
}

function settlingConsumer(scene: QueueScene, slot: number, takes: number): ThreadScript {
  const { operations, ...head } = scene.consumer(slot, 1)
  const settle: Operation = (results) => {
    const number = results.at(-1)!
    if (number !== NOTHING) scene.table.settle(number, OUTCOME.DELIVERED)
    return number
  }
  return { ...head, operations: Array.from({ length: takes }, () => [...operations, settle]).flat() }
}

function checkHolder(scene: QueueScene, firstConsumer: number, { threadIndex, before, after }: Step): void {
  const taken = after.results.length > before.results.length && before.results.length % 2 === 0
  const number = after.results.at(-1)!
  if (threadIndex < firstConsumer || !taken || number === NOTHING) return
  const holder = SLOTS[threadIndex - firstConsumer]
  const held = scene.table.phase(number) === PHASE.TAKEN && scene.table.holder(number) === holder
  if (!held) throw new Error(`broken law: ${number} was given to a thread that does not hold it`)
}

test('a number that lives three times has one holder at any time and is never forgotten', () => {
  const scene = new QueueScene(1)
  const explored = explore({
    words: scene.words,
    tracked: scene.tracked,
    threads: [owner(scene, 0, 3), ...SLOTS.map((slot) => settlingConsumer(scene, slot, 2))],
    onStep: (step) => checkHolder(scene, 1, step),
    onEnd: () => {
      const queued = scene.table.phase(0) === PHASE.QUEUED
      if (scene.drain().join() !== (queued ? '0' : '')) throw new Error('broken law: queued is what can be taken')
    },
  })
  expect(explored.ends).toBeGreaterThan(1)
})

test('a number that a late taker has claimed is not taken back when its put finds the queue full', () => {
  const scene = new QueueScene(3)
  const fillers = scene.producer('filler', [1, 2])
  const explored = explore({
    words: scene.words,
    tracked: scene.tracked,
    threads: [
      owner(scene, 0, 2),
      fillers,
      settlingConsumer(scene, SLOTS[0]!, 1),
      settlingConsumer(scene, SLOTS[1]!, 1),
    ],
    onStep: (step) => checkHolder(scene, 2, step),
    onEnd: () => {
      const queued = [0, 1, 2].filter((number) => scene.table.phase(number) === PHASE.QUEUED)
      if (scene.drain().sort().join() !== queued.join()) throw new Error('broken law: queued is what can be taken')
    },
  })
  expect(explored.ends).toBeGreaterThan(1)
})
