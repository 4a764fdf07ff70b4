import { beforeEach, expect, it } from 'vitest'
import { type Receiver, Receiving, SLOW_BODY_MS } from '../../../src/ingest/receiving.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'

const BODY_TIMEOUT_MS = 60_000

let receiving: Receiving
let cuts: [string, number][]
beforeEach(() => {
  receiving = new Receiving(BODY_TIMEOUT_MS)
  receiving.cycle(0)
  cuts = []
})

function begin(name: string): Receiver {
  const receiver: Receiver = {
    receivingDueMs: 0,
    receivingPrevious: undefined,
    receivingNext: undefined,
    cut(verdict) {
      cuts.push([name, verdict])
      receiving.remove(receiver)
    },
  }
  receiving.add(receiver)
  return receiver
}

it('cuts the bodies whose time is over, and no other', () => {
  begin('first')
  receiving.cycle(1000)
  begin('second')
  receiving.cycle(BODY_TIMEOUT_MS - 1)
  expect([cuts, receiving.count]).toEqual([[], 2])
  receiving.cycle(BODY_TIMEOUT_MS)
  expect([cuts, receiving.count]).toEqual([[['first', VERDICT.BODY_TIMEOUT]], 1])
  receiving.cycle(BODY_TIMEOUT_MS + 1000)
  expect([cuts.length, receiving.count]).toEqual([2, 0])
})

it('cuts the slow ones sooner while others are refused for want of room', () => {
  begin('slow')
  receiving.cycle(1000)
  begin('new')
  receiving.cycle(SLOW_BODY_MS, false)
  expect(cuts).toEqual([])
  receiving.cycle(SLOW_BODY_MS, true)
  expect([cuts, receiving.count]).toEqual([[['slow', VERDICT.BODY_TIMEOUT]], 1])
})

it('does not cut a body that is complete, wherever it stood', () => {
  for (const complete of [0, 1, 2]) {
    cuts = []
    const all = ['a', 'b', 'c'].map(begin)
    receiving.remove(all[complete]!)
    begin('after')
    receiving.cycle(BODY_TIMEOUT_MS)
    expect(cuts.map(([name]) => name)).toEqual([...['a', 'b', 'c'].filter((_, index) => index !== complete), 'after'])
    receiving.cycle(0)
  }
  expect(receiving.count).toBe(0)
})

it('cuts everybody when the time of a drain is over, as not running', () => {
  begin('old')
  receiving.drain(5000)
  receiving.cycle(4999)
  begin('new')
  expect(cuts).toEqual([])
  receiving.cycle(5000)
  expect(cuts).toEqual([
    ['old', VERDICT.NOT_RUNNING],
    ['new', VERDICT.NOT_RUNNING],
  ])
})
