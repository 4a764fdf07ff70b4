import { expect, it } from 'vitest'
import { idsOf, readCases } from '../../../../scripts/conformance/cases.ts'

it('reads the rows from the brackets at the start of a title, and from nowhere else', () => {
  expect(idsOf('[C13 B028] one byte over [C99]')).toEqual(['C13', 'B028'])
  expect(idsOf('[C13, B028] with a comma')).toEqual(['C13', 'B028'])
  expect(idsOf('one byte over [C13]')).toEqual([])
  expect(idsOf('[] nothing')).toEqual([])
})

it('takes every status but passed and failed for skipped', () => {
  const statuses = ['passed', 'failed', 'pending', 'todo', 'skipped', 'disabled']
  const assertionResults = statuses.map((status) => ({ title: '[C01] x', status }))
  const { cases } = readCases(JSON.stringify({ testResults: [{ name: 'a', status: 'failed', assertionResults }] }))
  expect(cases.map(({ outcome }) => outcome)).toEqual(['passed', 'failed', 'skipped', 'skipped', 'skipped', 'skipped'])
})

it('names files that failed without a failed test', () => {
  const passed = { title: '[C01] x', status: 'passed' }
  const testResults = [
    { name: 'hook.test.ts', status: 'failed', assertionResults: [passed] },
    { name: 'fine.test.ts', status: 'passed', assertionResults: [passed] },
    { name: 'unloaded.test.ts', status: 'failed', assertionResults: [] },
  ]
  expect(readCases(JSON.stringify({ testResults })).brokenFiles).toEqual(['hook.test.ts', 'unloaded.test.ts'])
})
