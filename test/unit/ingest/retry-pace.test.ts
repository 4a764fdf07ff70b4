import { beforeEach, describe, expect, it } from 'vitest'
import { DELAYS_SECONDS, RetryPace } from '../../../src/ingest/retry-pace.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'

const { QUEUE_FULL, MEMORY_FULL, KAFKA_DOWN, KAFKA_MISCONFIGURED, INFLATING_FULL } = VERDICT
const DRAWS = 400

let isAdmitted: boolean
let pace: RetryPace
let nowMs: number
beforeEach(() => {
  isAdmitted = false
  pace = new RetryPace(() => isAdmitted)
  nowMs = 1e6
  pace.cycle(nowMs)
})

function delay(verdict: number, signalIndex = 0): number {
  return DELAYS_SECONDS[pace.stepFor(verdict, signalIndex)]!
}

/** Shortest and longest of many. */
function range(verdict: number, signalIndex = 0): [shortest: number, longest: number] {
  const drawn = Array.from({ length: DRAWS }, () => delay(verdict, signalIndex))
  return [Math.min(...drawn), Math.max(...drawn)]
}

/** Somebody is refused every half second. */
function refusals(verdict: number, seconds: number): void {
  for (const endMs = nowMs + seconds * 1000; nowMs < endMs; ) {
    nowMs += 500
    pace.cycle(nowMs)
    pace.stepFor(verdict, 0)
  }
}

describe('the delay asked for', () => {
  it('knows tenths of seconds, from one second to half a minute', () => {
    expect(DELAYS_SECONDS.every((seconds) => Math.abs(seconds * 10 - Math.round(seconds * 10)) < 1e-9)).toBe(true)
    expect([DELAYS_SECONDS[0], DELAYS_SECONDS.at(-1)]).toEqual([1, 29.3])
    expect(new Set(DELAYS_SECONDS).size).toBe(DELAYS_SECONDS.length)
  })

  it('is drawn from a whole octave, so that those refused together come back apart', () => {
    const drawn = Array.from({ length: DRAWS }, () => delay(QUEUE_FULL))
    expect(new Set(drawn)).toEqual(new Set(DELAYS_SECONDS.slice(0, 9)))
  })

  it('is a second at first, and grows with the time that the cause lasts', () => {
    expect(range(QUEUE_FULL)).toEqual([1, 2])
    refusals(QUEUE_FULL, 4)
    expect(range(QUEUE_FULL)).toEqual([2, 4])
    refusals(QUEUE_FULL, 4)
    expect(range(QUEUE_FULL)).toEqual([4, 8])
    refusals(QUEUE_FULL, 300)
    expect(range(QUEUE_FULL)).toEqual([14.7, 29.3])
  })

  it('is longer where an operator has to act', () => {
    expect(range(KAFKA_DOWN)).toEqual([2, 4])
    expect(range(KAFKA_MISCONFIGURED)).toEqual([8, 16])
  })

  it('is each signal its own', () => {
    refusals(QUEUE_FULL, 20)
    expect(range(QUEUE_FULL, 1)).toEqual([1, 2])
  })
})

describe('a cause is over', () => {
  it('as soon as requests are admitted again, where admission refuses for it', () => {
    for (const verdict of [QUEUE_FULL, KAFKA_DOWN]) refusals(verdict, 20)
    isAdmitted = true
    pace.cycle(nowMs + 200)
    expect([range(QUEUE_FULL), range(KAFKA_DOWN)]).toEqual([
      [1, 2],
      [2, 4],
    ])
  })

  it('when nobody was refused for longer than anybody was asked to wait', () => {
    refusals(MEMORY_FULL, 20)
    nowMs += 45_000
    pace.cycle(nowMs)
    expect(range(MEMORY_FULL)).toEqual([1, 2])
  })

  it('not while those who were asked to wait may still be waiting', () => {
    refusals(MEMORY_FULL, 20)
    nowMs += 20_000
    pace.cycle(nowMs)
    expect(range(MEMORY_FULL)).toEqual([14.7, 29.3])
  })
})

it('says for a while that somebody was refused for want of room', () => {
  pace.stepFor(KAFKA_DOWN, 0)
  pace.stepFor(INFLATING_FULL, 0) // which holds nothing that a slow body could give back
  expect(pace.isRoomShort).toBe(false)
  for (const verdict of [QUEUE_FULL, MEMORY_FULL]) {
    pace.stepFor(verdict, 0)
    expect(pace.isRoomShort).toBe(true)
    nowMs += 1000
    pace.cycle(nowMs)
    expect(pace.isRoomShort).toBe(false)
  }
})
