import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { JSON_ALLOWED, jsonFaultText } from '../../../src/otlp/json-fault.ts'

const source = readFileSync(new URL('../../../src/otlp/kernel/json-fault.ts', import.meta.url), 'utf8')
const text = (body: string, offset: number, reason = 1): string =>
  jsonFaultText({ reason, offset, fieldName: '' }, Buffer.from(body))

it('has a text for every reason of the kernel', () => {
  const reasons = [...source.matchAll(/export const (\w+): i32 = (\d+)/g)]
  expect(reasons.map(([, , number]) => Number(number))).toEqual(JSON_ALLOWED.map((_, index) => index).slice(1))
})

it('says where, what must stand there, and what does', () => {
  expect(jsonFaultText({ reason: 2, offset: 5, fieldName: 'spans' }, Buffer.from('12345{}'))).toBe(
    'Invalid OTLP/JSON at byte 5, field spans: must be an array, found {}',
  )
  expect(text('{}', 2)).toMatch(/found the end of the text$/)
})

it('shows neither control characters nor broken UTF-8 of what it found', () => {
  expect(text('{}\u001b[2J\n', 2)).toMatch(/found \ufffd\[2J\ufffd$/)
  expect(text(`{}${'x'.repeat(30)}😀`, 2).isWellFormed()).toBe(true)
  expect(text(`{}${'x'.repeat(1_000_000)}`, 2).length).toBeLessThan(200)
})

it('reads a body that lies in shared memory', () => {
  const shared = Buffer.from(new SharedArrayBuffer(4))
  shared.write('nope')
  expect(jsonFaultText({ reason: 1, offset: 0, fieldName: '' }, shared)).toMatch(/found nope$/)
})
