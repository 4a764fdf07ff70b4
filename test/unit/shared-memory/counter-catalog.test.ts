import { expect, test } from 'vitest'
import { COUNTER_CATALOG } from '../../../src/shared-memory/counter-catalog.ts'

test('names are unique, in snake case, and every counter explains itself', () => {
  const names = COUNTER_CATALOG.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, help } of COUNTER_CATALOG) {
    expect(name).toMatch(/^[a-z]+(_[a-z][a-z0-9]*)*$/)
    expect(help).toMatch(/^[A-Z].*\.$/)
  }
})

test('a unit in a name is the unit of the counter', () => {
  for (const { name, unit } of COUNTER_CATALOG) {
    const suffix = /_(requests|items|bytes|records)$/.exec(name)?.[1]
    if (suffix !== undefined) expect(`${name} ${unit}`).toBe(`${name} ${suffix}`)
  }
})

test('the classes of conservation are decided by one kind of thread, in requests and in items', () => {
  for (const verdict of ['received', 'delivered', 'rejected', 'refused', 'dropped']) {
    for (const unit of ['requests', 'items']) {
      const facts = COUNTER_CATALOG.find(({ name }) => name === `${verdict}_${unit}`)
      expect(facts).toMatchObject({ writer: 'ingest', perSignal: true, unit })
    }
  }
})
