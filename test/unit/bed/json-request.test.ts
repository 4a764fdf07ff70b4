import { expect, it } from 'vitest'
import { body, point, profile, span } from '../../bed/json-request.ts'

it('finds the part that was written', () => {
  expect(span('"name":"n"')).toEqual({ name: 'n' })
  expect(point('sum', '"asInt":"7"')).toEqual({ asInt: '7' })
  expect(body('{"boolValue":true}')).toEqual({ boolValue: true })
  expect(profile('"period":"3"')).toEqual({ period: '3' })
})

it('does not take a part that is not there for an empty one', () => {
  expect(() => body('null')).toThrow('no body')
})
