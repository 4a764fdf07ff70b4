import { expect, test } from 'vitest'
import { NOTHING, queueBytes, queueWords, resetQueue } from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { queueDepth, queueTake } from '../../src/shared-memory/queue-take.ts'
import { forSeeds, type Random } from './seeded.ts'

const ACTIONS = 3000

/** A queue beside an array. Each life of the scene leans to filling or to draining for a while. */
function actAtRandom(random: Random): void {
  const capacity = 2 ** (1 + random.below(6))
  const countMax = 1 + random.below(capacity)
  const queue = queueWords(new SharedArrayBuffer(queueBytes(capacity)), 0, capacity)
  resetQueue(queue, random.pick([0, 2 ** 31 - 50, -50, random.below(2 ** 32) | 0]))
  const model: number[] = []
  const claimedElsewhere = new Set<number>()
  let number = 0
  for (let action = 0; action < ACTIONS; action++) {
    const filling = (action >> 6) % 2 === 0
    if (random.below(4) < (filling ? 3 : 1)) {
      const room = model.length < countMax
      expect(queuePut(queue, number, countMax)).toBe(room)
      if (room) model.push(number)
      number = (number + 1) & 0xfffff
    } else if (random.below(10) === 0 && model.length > 0) {
      claimedElsewhere.add(random.pick(model))
    } else {
      const taken = queueTake(queue, (candidate) => !claimedElsewhere.has(candidate))
      let expected = model.shift() ?? NOTHING
      while (claimedElsewhere.delete(expected)) expected = model.shift() ?? NOTHING
      expect(taken).toBe(expected)
    }
    expect(queueDepth(queue)).toBe(model.length)
  }
}

test('the queue does what an array does, minus what others have claimed', () => {
  forSeeds('queue like an array', 60, actAtRandom)
})
