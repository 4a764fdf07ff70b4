import { describe, expect, it } from 'vitest'
import { JsonRefused, readJson, span, TRACES } from '../../../bed/json-request.ts'

const read = (text: string | Buffer) => readJson(TRACES, text)

describe('JSON text', () => {
  it.each(['{}', ' \t\r\n{ } \n', '{"resourceSpans":[]}', '{"a":[],"b":{},"c":-0.5E+3,"d":"\\u0041","e":null}'])(
    'reads %j',
    (text) => {
      expect(read(text)).toHaveLength(0)
    },
  )

  it.each([
    ['', /byte 0: must be an object, found the end/],
    [' ', /must be an object, found the end/],
    ['null', /byte 0: must be an object, found null/],
    ['[]', /an object/],
    ['"x"', /an object/],
    ['1', /an object/],
    ['{} {}', /byte 3: must be the end of the text, found \{\}/],
    ['{}x', /byte 2/],
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
    ['{"a":"\\u12x4"}', /escapes of JSON/],
    ['{"a":"', /double quote/],
    ['{"a":"\\', /double quote/],
    ['{"a":-}', /a number/],
    ['{"a":1.}', /a number/],
    ['{"a":1e+}', /a number/],
    ['{"a":01}', /closing brace/],
    ['{"a":+1}', /a JSON value/],
    ['{"a":.5}', /a JSON value/],
    ['{"a":"\\ud800"}', /surrogate/],
    ['{"a":"\\udc00\\ud800"}', /surrogate/],
    ['{"a":"\\udc00\\udc00"}', /surrogate/],
    ['{"a":"\\ud800\\ud800"}', /surrogate/],
    ['{"\\ud800":1}', /surrogate/],
    ['\ufeff{}', /byte order mark/],
    ['{}\0', /the end of the text/],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message)
    expect(() => read(text)).toThrow(JsonRefused)
  })

  it.each([
    '7b2261223a22c0af227d',
    '7b2261223a22eda080227d',
    '7b2261223a22f4908080227d',
    '7b2261223a22e2822278227d',
    '7b22c0af223a317d',
    '7b2261223a22616263646566676869206a6b6c6d6e6fff707172737475767778797a227d',
  ])('refuses strings that are not UTF-8: %s', (bytes) =>
    expect(() => read(Buffer.from(bytes, 'hex'))).toThrow(/valid UTF-8/),
  )

  it.each(['ff', 'fffe7b007d00', 'feff007b007d'])('refuses other encodings: %s', (bytes) =>
    expect(() => read(Buffer.from(bytes, 'hex'))).toThrow(/must be an object/),
  )

  it('refuses a value that is not UTF-8 at any place of a block of 16', () => {
    for (let before = 0; before < 40; before++) {
      const text = Buffer.from(
        `{"resourceSpans":[{"schemaUrl":"${'x'.repeat(before)}\x80${'y'.repeat(20)}"}]}`,
        'latin1',
      )
      expect(() => read(text), `${before} before`).toThrow(/field schemaUrl: must be a string of valid UTF-8/)
    }
  })

  it('refuses a text cut off anywhere', () => {
    const text =
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"doubleValue":-1.5e3}}]},"x":[true,null]}]}'
    expect(() => read(text)).not.toThrow()
    for (let length = 0; length < text.length; length++) {
      expect(() => read(text.slice(0, length)), `${length} characters`).toThrow(JsonRefused)
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

  it('takes long numbers and long strings of escapes, in the time of their length', () => {
    expect(read(`{"a":${'1'.repeat(1_000_000)}}`)).toHaveLength(0)
    expect(span(`"name":"${'\\u0061'.repeat(200_000)}"`)).toEqual({ name: 'a'.repeat(200_000) })
  })

  it('reads strings of every length, with escapes at every place', () => {
    for (let length = 0; length < 70; length++) {
      const plain = 'abcdefghij'.repeat(7).slice(0, length)
      for (const text of [plain, `${plain}"`, `${plain}\n${plain}`, `${plain}é😀${plain}`, `\u0001${plain}\\`]) {
        expect(span(`"name":${JSON.stringify(text)},"flags":1`), text).toEqual(
          text === '' ? { flags: 1 } : { name: text, flags: 1 },
        )
      }
    }
  })

  it('knows keys by what they mean, however they are written', () => {
    expect(span('"\\u006eame":"n"')).toEqual({ name: 'n' })
    expect(span(' "name" \n:\t"n" , "flags" : 1 ')).toEqual({ name: 'n', flags: 1 })
    expect(span(`"${'\\u006e'.repeat(50)}ame":"n"`)).toEqual({})
    expect(span('"nam":"n","names":"n","name ":"n","Name":"n","":"n","n":"n","na":"n"')).toEqual({})
  })
})
