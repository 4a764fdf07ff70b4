import { expect, test } from 'vitest'
import { BELL_BYTES, Bell } from '../../src/shared-memory/park.ts'
import { wordOf } from './atomic-calls.ts'
import { type Explored, explore } from './explorer.ts'
import type { ThreadScript } from './replay.ts'

const FIRST_WORK_WORD = BELL_BYTES / 4
const BOTH = [0, 1]

type Bringer = (bell: Bell, bring: (work: number) => void) => void

/** Two threads look for work and wait; others bring work and ring. No timeouts: only a wake-up ends a wait. */
function run(bringers: readonly Bringer[]): Explored {
  const buffer = new SharedArrayBuffer(2 * BELL_BYTES)
  const words = new Int32Array(buffer)
  const bell = new Bell(buffer, 0)
  const seek = (): number => {
    for (;;) {
      const seen = bell.sequence()
      const found = BOTH.find((work) => Atomics.compareExchange(words, FIRST_WORK_WORD + work, 1, 0) === 1)
      if (found !== undefined) return found
      bell.wait(seen, 1)
    }
  }
  const seeker: ThreadScript = {
    name: 'seeker',
    operations: [seek],
    loopHead: (call) => call.name === 'load' && wordOf(call) === 0,
  }
  const bring = (work: number): number => Atomics.store(words, FIRST_WORK_WORD + work, 1)
  const scripts = bringers.map((bringer): ThreadScript => {
    const operation = (): number => {
      bringer(bell, bring)
      return 0
    }
    return { name: 'bringer', operations: [operation] }
  })
  return explore({
    words,
    tracked: [0, 1, FIRST_WORK_WORD, FIRST_WORK_WORD + 1],
    threads: [seeker, seeker, ...scripts],
    onEnd: (threads) => {
      if (threads.some(({ status }) => status !== 'done')) throw new Error('broken law: a wake-up was lost')
      if (words[1] !== 0) throw new Error('broken law: whoever waited is counted out')
    },
  })
}

function bringsOne(work: number): Bringer {
  return (bell, bring) => {
    bring(work)
    bell.ring()
  }
}

test('no order of two rings and two waits loses a wake-up', () => {
  expect(run([bringsOne(0), bringsOne(1)]).states).toBeGreaterThan(500)
})

test('no order of one ring for all and two waits loses a wake-up', () => {
  const bringsBoth: Bringer = (bell, bring) => {
    bring(0)
    bring(1)
    bell.ringAll()
  }
  expect(run([bringsBoth]).states).toBeGreaterThan(100)
})
