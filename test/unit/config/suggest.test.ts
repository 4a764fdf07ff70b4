import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from '../../../src/config/suggest.ts'

test('the nearest candidate is named, and none when all are far', () => {
  expect(nearest('otlp.grcp.port', ['otlp.http.port', 'otlp.grpc.port'])).toBe('otlp.grpc.port')
  expect(nearest('something.else', ['otlp.http.port'])).toBeUndefined()
})

test('a distance counts insertions, deletions and replacements', () => {
  expect(['kitten', '', 'sitting', 'sittingx'].map((word) => editDistance(word, 'sitting'))).toEqual([3, 7, 0, 1])
})

test('a distance is the same both ways and zero only for the same word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
    }),
  )
})
