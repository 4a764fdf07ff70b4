import { expect, it } from 'vitest'
import {
  EACH_WAY,
  emptyBody,
  malformedBody,
  meaningOf,
  namedItems,
  namesIn,
  usualBody,
} from '../../../conformance/bed/bodies.ts'

it.each(EACH_WAY)('%s in %s: names go in and come out, in order', (signal, encoding) => {
  const payload = namedItems(signal, ['first', 'second'], encoding)
  expect(namesIn(signal, [{ payload }])).toEqual(['first', 'second'])
})

it.each(EACH_WAY)('%s in %s: the usual body holds items, the malformed one does not decode', (signal, encoding) => {
  const usual = usualBody(signal, encoding)
  const decode = (body: Buffer) => (encoding === 'json' ? JSON.parse(body.toString()) : meaningOf(signal, body))
  expect(JSON.stringify(decode(usual)).length).toBeGreaterThan(500)
  expect(decode(emptyBody(encoding))).toEqual({})
  expect(() => decode(malformedBody(encoding))).toThrow()
})
