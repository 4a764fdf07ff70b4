/** Attributes as encoders write them take a short way; whatever is only nearly so must come out the same as on the long one. */
import { describe, expect, it } from 'vitest'
import { JsonRefused, LOGS, readJson, TRACES } from '../../../bed/json-request.ts'

const BEHIND = `,"droppedAttributesCount":1,"name":"${'n'.repeat(400)}"`

function request(attribute: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[${attribute}]${BEHIND}}]}]}]}`
}

/** the short way, and the long one, which a space before the colon makes the text take */
function both(attribute: string): [Buffer, Buffer] {
  const short = readJson(TRACES, request(attribute))
  return [short, readJson(TRACES, request(attribute.replace('"key":', '"key" :')))]
}

function attribute(key: string, member: string): string {
  return `{"key":${JSON.stringify(key)},"value":{${member}}}`
}

describe('an attribute', () => {
  it('of any length is the same on both ways', () => {
    for (let keyLength = 0; keyLength < 130; keyLength += 1) {
      for (const valueLength of [0, 1, 15, 16, 17, 40, 95, 111, 112, 113, 120, 127, 128, 300, 120 - keyLength]) {
        if (valueLength < 0) continue
        const [short, long] = both(attribute('k'.repeat(keyLength), `"stringValue":"${'v'.repeat(valueLength)}"`))
        expect(short.equals(long), `${keyLength} and ${valueLength}`).toBe(true)
      }
    }
  })

  it.each([
    ...[
      '0',
      '-0',
      '1',
      '127',
      '128',
      '-1',
      '16384',
      '9223372036854775807',
      '-9223372036854775808',
      '1.0',
      '1e2',
      '10e-1',
    ],
  ])('of the integer %s is the same on both ways, in quotes or not', (text) => {
    for (const value of [text, `"${text}"`]) {
      const [short, long] = both(attribute('key', `"intValue":${value}`))
      expect(short.equals(long), value).toBe(true)
    }
  })

  it.each([
    attribute('é', '"stringValue":"😀"'),
    attribute('a"b\\c\n', '"stringValue":"x"'),
    attribute('k', '"stringValue":"a\\n\\u0041\\""'),
    attribute('k', '"boolValue":true'),
    attribute('k', '"doubleValue":1.5'),
    attribute('k', '"arrayValue":{"values":[{"intValue":1}]}'),
    attribute('k', '"stringValue":null,"intValue":"3"'),
    attribute('k', ''),
    '{"key":"k","value":{"stringValue":"v"},"keyStrindex":2}',
    '{"key":"k","value":{"stringValue":"v"} }',
    '{"key":"k","value":{"stringValue":"v" }}',
    '{"key":"k"}',
    '{"key":"k","key":"l","value":{"stringValue":"v","stringValue":"w"}}',
  ])('of another form is the same on both ways: %s', (text) => {
    const [short, long] = both(text)
    expect(short.equals(long)).toBe(true)
  })

  it.each([
    attribute('k', '"stringValue":"v","intValue":1'),
    attribute('k', '"intValue":9223372036854775808'),
    attribute('k', '"intValue":"1'),
    attribute('k', '"intValue":1"'),
    attribute('k', '"intValue":"1.5"'),
    attribute('k', '"intValue":01'),
    attribute('k', '"stringValue":"\u0001"'),
    '{"key":"\u0001","value":{"stringValue":"v"}}',
    '{"key":"k","value":{"stringValue":"v"}}}',
    '{"key":"k","value":{"stringValue":"v"}',
  ])('that is none is refused: %j', (text) => expect(() => readJson(TRACES, request(text))).toThrow(JsonRefused))

  it('of text that is no UTF-8 is refused', () => {
    for (const place of ['key', 'value']) {
      const text = Buffer.from(request(attribute('K', '"stringValue":"V"')), 'latin1')
      text[text.indexOf(place === 'key' ? 'K' : 'V')] = 0xff
      expect(() => readJson(TRACES, text), place).toThrow(/valid UTF-8/)
    }
  })

  it('is refused where its value would be nested too deep', () => {
    const log = (arrays: number): string => {
      const list = `{"kvlistValue":{"values":[${attribute('k', '"stringValue":"v"')}]}}`
      const value = `${'{"arrayValue":{"values":['.repeat(arrays)}${list}${']}}'.repeat(arrays)}`
      return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value},"eventName":"${'n'.repeat(400)}"}]}]}]}`
    }
    // resourceLogs, scopeLogs, logRecords and body are four levels, each array two, list, attribute and value three
    expect(() => readJson(LOGS, log(46))).not.toThrow()
    expect(() => readJson(LOGS, log(47))).toThrow(/at most 100 messages deep/)
  })
})
