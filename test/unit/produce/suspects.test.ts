import { expect, it } from 'vitest'
import { DEATHS_MAX, Suspects } from '../../../src/produce/suspects.ts'

it('a request is tried again until it had its share of deaths, one after the other', () => {
  const suspects = new Suspects()
  for (let death = 1; death < DEATHS_MAX; death++) expect(suspects.mayTryAgain(5, death)).toBe(true)
  expect(suspects.mayTryAgain(5, DEATHS_MAX)).toBe(false)
})

it('whatever happened to the number between two deaths begins the count again', () => {
  const suspects = new Suspects()
  for (let death = 0; death < 5 * DEATHS_MAX; death++) expect(suspects.mayTryAgain(5, 2 * death)).toBe(true)
})

it('counts across the wrap of the generation', () => {
  const suspects = new Suspects()
  expect(suspects.mayTryAgain(5, 2 ** 31 - 1)).toBe(true)
  expect(suspects.mayTryAgain(5, -(2 ** 31))).toBe(true)
  expect(suspects.mayTryAgain(5, -(2 ** 31) + 1)).toBe(false)
})
