import { expect, test } from 'vitest'
import { createLog, type LogFields, type LogFormat, type LogLevel } from '../../../src/base/log.ts'

function linesOf(format: LogFormat, level: LogLevel, fields?: LogFields): string[] {
  const lines: string[] = []
  createLog({ format, level: 'info' }, (line) => lines.push(line))(level, 'engine_ready', fields)
  return lines
}

test('a line has time, level, event and the fields in their order', () => {
  const [line] = linesOf('logfmt', 'info', { port: 4317, host: 'localhost', up: true })
  expect(line).toMatch(/^ts=\d{4}-\d\d-\d\dT[\d:.]+Z level=info event=engine_ready port=4317 host=localhost up=true$/)
})

test('what is below the level is not written', () => {
  expect(linesOf('logfmt', 'debug')).toEqual([])
  expect(linesOf('logfmt', 'error')).toHaveLength(1)
})

test.each(['two words', 'a=b', '"quoted"', 'back\\slash', 'line\nbreak', ''])('logfmt quotes %j', (text) => {
  const [line] = linesOf('logfmt', 'info', { text })
  expect(line).toContain(` text=${JSON.stringify(text)}`)
  expect(line).not.toContain('\n')
})

test('logfmt never writes a control character raw', () => {
  const [line] = linesOf('logfmt', 'info', { text: '\u001b[31m' })
  expect(line).not.toContain('\u001b')
})

test('a field without value is left out', () => {
  expect(linesOf('logfmt', 'info', { reason: undefined })[0]).not.toContain('reason')
  expect(linesOf('json', 'info', { reason: undefined })[0]).not.toContain('reason')
})

test('json keeps the types of the fields', () => {
  expect(JSON.parse(linesOf('json', 'warn', { items: 3, up: false })[0]!)).toMatchObject({
    level: 'warn',
    event: 'engine_ready',
    items: 3,
    up: false,
  })
})
