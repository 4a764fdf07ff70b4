import { describe, expect, it } from 'vitest'
import { JsonReadError } from '../../../src/otlp/json-read-error.ts'
import { readJson } from '../../../src/otlp/json-reader.ts'

const read = (text: string | Buffer) => readJson(0, Buffer.isBuffer(text) ? text : Buffer.from(text))

describe('JSON text', () => {
  it.each(['{}', ' \t\r\n{ } \n', '{"resourceSpans":[]}', '{"a":[],"b":{},"c":-0.5E+3,"d":"\\u0041","e":null}'])(
    'reads %j',
    (text) => {
      expect(read(text)).toHaveLength(0)
    },
  )

  it.each([
    ['', /must be a JSON object, found the end/],
    [' ', /must be an object, found the end/],
    ['null', /top level/],
    ['[]', /an object/],
    ['"x"', /an object/],
    ['1', /an object/],
    ['{} {}', /the end of the text, found \{\}/],
    ['{}x', /character 2/],
    ['{,}', /member name/],
    ['{"a":1,}', /member name/],
    ['{"a" 1}', /a colon/],
    ['{"a":}', /a JSON value/],
    ['{a:1}', /member name/],
    ["{'a':1}", /member name/],
    ['{"a":1 "b":2}', /comma or a closing brace/],
    ['{"a":[1,]}', /a JSON value/],
    ['{"a":[1 2]}', /closing bracket/],
    ['{"a":nul}', /a JSON value/],
    ['{"a":tru}', /a JSON value/],
    ['{"a":undefined}', /a JSON value/],
    ['{"a":1}//', /the end of the text/],
    ['/**/{}', /an object/],
    ['{"a":"\n"}', /control characters/],
    ['{"a":"\\x"}', /escapes of JSON/],
    ['{"a":"\\u12"}', /escapes of JSON/],
    ['{"a":"', /double quote/],
    ['{"a":"\\', /double quote/],
    ['{"a":-}', /a digit/],
    ['{"a":1.}', /a digit/],
    ['{"a":1e+}', /a digit/],
    [`{"a":${'1'.repeat(2001)}}`, /at most 2000 characters/],
    ['{"a":"\\ud800"}', /surrogate/],
    ['{"a":"\\udc00\\ud800"}', /surrogate/],
    ['{"\\ud800":1}', /surrogate/],
    ['\ufeff{}', /byte order mark/],
    ['{}\0', /the end of the text/],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(JsonReadError)
  })

  it.each([
    'ff',
    '7b2261223a22c0af227d',
    '7b2261223a22eda080227d',
    '7b2261223a22f4908080227d',
    '7b2261223a22e2822278227d',
    'fffe7b007d00',
  ])('refuses bytes that are not UTF-8: %s', (bytes) =>
    expect(() => read(Buffer.from(bytes, 'hex'))).toThrow(/valid UTF-8/),
  )

  it('refuses a text cut off anywhere', () => {
    const text =
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"doubleValue":-1.5e3}}]},"x":[true,null]}]}'
    expect(() => read(text)).not.toThrow()
    for (let length = 0; length < text.length; length++) {
      expect(() => read(text.slice(0, length)), `${length} characters`).toThrow(JsonReadError)
    }
  })

  it('shows neither control characters nor half surrogate pairs of what it found', () => {
    const message = (text: string): string => {
      try {
        read(text)
      } catch (error) {
        return (error as Error).message
      }
      return ''
    }
    expect(message('{}\u001b[2J\n')).toMatch(/found \ufffd\[2J\ufffd$/)
    expect(message(`{}${'x'.repeat(31)}😀`).isWellFormed()).toBe(true)
    expect(message(`{}${'x'.repeat(1_000_000)}`).length).toBeLessThan(200)
  })

  it('reads a body that lies in shared memory', () => {
    const shared = Buffer.from(new SharedArrayBuffer(20)).fill(' ')
    shared.write('{"resourceSpans":[]}')
    expect(read(shared)).toHaveLength(0)
  })
})
