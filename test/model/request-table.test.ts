import { expect, test } from 'vitest'
import {
  OUTCOME,
  type Outcome,
  PHASE,
  REQUEST_ENTRY_BYTES,
  RequestTable,
} from '../../src/shared-memory/request-table.ts'
import { forSeeds, type Random } from './seeded.ts'

const ENTRIES = 5
const ACTIONS = 4000

interface Entry {
  phase: number
  holder: number
  generation: number
  attempts: number
  items: number
  outstanding: number
  outcome: Outcome
}

type Step = (table: RequestTable, number: number, entry: Entry, random: Random) => void

/** What may happen to a request in each phase, done to the table and to the model. */
const STEPS: Readonly<Record<number, readonly Step[]>> = {
  [PHASE.FREE]: [
    (table, number, entry, random) => {
      table.open(number, 1, 0)
      table.setItems(number, random.below(1000))
      const items = table.items(number)
      const generation = entry.generation + 1
      Object.assign(entry, {
        phase: PHASE.RECEIVING,
        generation,
        attempts: 0,
        items,
        outstanding: 0,
        outcome: OUTCOME.NONE,
      })
    },
  ],
  [PHASE.RECEIVING]: [
    (table, number, entry) => {
      table.close(number)
      entry.phase = PHASE.FREE
    },
    (table, number, entry) => {
      table.markQueued(number)
      entry.phase = PHASE.QUEUED
    },
    (table, number) => expect(table.claim(number, 1)).toBe(false),
  ],
  [PHASE.QUEUED]: [
    (table, number, entry) => {
      expect(table.unmarkQueued(number)).toBe(true)
      entry.phase = PHASE.RECEIVING
    },
    (table, number, entry, random) => {
      const slot = random.below(256)
      expect(table.claim(number, slot)).toBe(true)
      Object.assign(entry, { phase: PHASE.TAKEN, holder: slot })
    },
    (table, number) => expect(() => table.close(number)).toThrow(),
  ],
  [PHASE.TAKEN]: [
    (table, number, entry) => {
      expect(table.holder(number)).toBe(entry.holder)
      table.markProducing(number)
      entry.phase = PHASE.PRODUCING
    },
    (table, number, entry) => {
      table.nextGeneration(number)
      table.markQueued(number)
      Object.assign(entry, { phase: PHASE.QUEUED, generation: entry.generation + 1, outstanding: 0 })
      entry.attempts++
    },
    (table, number) => expect(table.claim(number, 9)).toBe(false),
  ],
  [PHASE.PRODUCING]: [
    (table, number, entry) => {
      table.addOutstanding(number)
      entry.outstanding++
    },
    (table, number, entry) => {
      if (entry.outstanding > 0) expect(table.removeOutstanding(number)).toBe(--entry.outstanding)
    },
    (table, number, entry, random) => {
      entry.outcome = random.pick([OUTCOME.DELIVERED, OUTCOME.REFUSED, OUTCOME.UNKNOWN])
      table.settle(number, entry.outcome)
      entry.phase = PHASE.SETTLED
    },
  ],
  [PHASE.SETTLED]: [
    (table, number, entry) => {
      table.close(number)
      entry.phase = PHASE.FREE
    },
    (table, number) => expect(() => table.open(number, 0, 0)).toThrow(),
  ],
}

function seen(table: RequestTable, number: number): Partial<Entry> {
  return {
    phase: table.phase(number),
    generation: table.generation(number),
    attempts: table.attempts(number),
    items: table.items(number),
    outcome: table.outcome(number),
  }
}

test('the request table does what plain objects do, whatever happens to requests in any order', () => {
  forSeeds('request table like objects', 40, (random) => {
    const table = new RequestTable(new SharedArrayBuffer(ENTRIES * REQUEST_ENTRY_BYTES), 0, ENTRIES)
    const model = Array.from({ length: ENTRIES }, (): Entry => {
      return { phase: 0, holder: 0, generation: 0, attempts: 0, items: 0, outstanding: 0, outcome: OUTCOME.NONE }
    })
    for (let action = 0; action < ACTIONS; action++) {
      const number = random.below(ENTRIES)
      const entry = model[number]!
      random.pick(STEPS[entry.phase]!)(table, number, entry, random)
      const { holder: _, outstanding: __, ...visible } = entry
      expect(seen(table, number)).toEqual(visible)
    }
  })
})
