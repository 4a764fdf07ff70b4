/** Decimal to double against V8, which rounds right: whatever is written, the bits must be the same. */
import { describe, expect, it } from 'vitest'
import { METRICS, readJson } from '../../../bed/json-request.ts'
import { createRandom, type Random } from '../../../generator/random.ts'

/** The doubles of a histogram's explicitBounds: a packed field, eight bytes each. */
function bounds(texts: readonly string[]): number[] {
  const point = `{"histogram":{"dataPoints":[{"explicitBounds":[${texts.join(',')}]}]}}`
  const bytes = readJson(METRICS, `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${point}]}]}]}`)
  const first = bytes.length - 8 * texts.length
  return texts.map((_, index) => bytes.readDoubleLE(first + 8 * index))
}

function expectSame(texts: readonly string[]): void {
  const found = bounds(texts)
  for (const [index, text] of texts.entries()) {
    if (!Object.is(found[index], Number(text))) expect(`${text} = ${found[index]}`).toBe(`${text} = ${Number(text)}`)
  }
}

describe('doubles are rounded right', () => {
  it.each([
    '0',
    '-0',
    '-0.0e5',
    '0e999999999999999999999',
    '1e-400',
    '-1e-999999999999999',
    '4.9406564584124654e-324',
    '2.4703282292062327e-324',
    '2.4703282292062328e-324',
    '2.2250738585072014e-308',
    '2.2250738585072011e-308',
    '1.7976931348623157e308',
    '1.7976931348623158e308',
    '9007199254740993',
    '9007199254740993.0000000000000000000000000000000001',
    '9007199254740992.9999999999999999999999999999999999',
    '9007199254740993.0',
    '9007199254740993.00',
    '4503599627370496.5',
    '4503599627370497.5',
    '1448997445238699',
    '6.02214076e23',
    '123456789012345678901234567890',
    '0.000000000000000000000000000000000000000000000000001',
    '1e22',
    '1e23',
    '8.5e22',
    '17976931348623157e292',
    '0.1e-320',
    '3.237883913302901e-319',
  ])('%s', (text) => expectSame([text, `"${text}"`.replaceAll('"', '')]))

  it('for shortest and long decimals of random bits', () => {
    const random = createRandom(1)
    for (let batch = 0; batch < 40; batch++) {
      expectSame(Array.from({ length: 1000 }, () => randomDecimal(random)))
    }
  })

  it('for what lies in the middle of two doubles, or next to it', () => {
    const random = createRandom(2)
    const texts: string[] = []
    for (let count = 0; count < 3000; count++) {
      const middle = middleOf(random)
      texts.push(middle, `${middle}${middle.includes('.') ? '' : '.'}000000000000000001`, justBelow(middle))
    }
    expectSame(texts)
  })

  it.each([
    '1e309',
    '1.7976931348623159e308',
    '-1.7976931348623159e308',
    '1e999999999999',
    '179769313486231580793e289',
  ])('refuses %s, which rounds to no double', (text) =>
    expect(() => bounds([text])).toThrow(/field explicitBounds: must be a number in the range of a double/),
  )

  it('asks for more room rather than read a number wrong', () => {
    expectSame([`9007199254740993.${'0'.repeat(800)}1`, `9007199254740993.${'0'.repeat(1000)}`])
    expectSame([`${'9'.repeat(2000)}e-1990`, `0.${'0'.repeat(500)}${'7'.repeat(2000)}e500`, `1.${'0'.repeat(5000)}1`])
  })
})

function randomDecimal(random: Random): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, random.long())
  const value = view.getFloat64(0)
  if (!Number.isFinite(value)) return '1.5'
  const digits = 1 + random.below(25)
  switch (random.below(4)) {
    case 0:
      return String(value)
    case 1:
      return value.toExponential(Math.min(digits, 20))
    case 2:
      return `${random.long()}.${random.long()}e${random.below(40) - 20}`
    default:
      return `${random.below(2) === 0 ? '-' : ''}${random.below(1_000_000)}.${random.below(1_000_000)}`
  }
}

/** All digits of the middle of a random double and the next one. */
function middleOf(random: Random): string {
  const mantissa = (1n << 53n) + (random.long() >> 11n)
  const exponent = random.below(3) === 0 ? random.below(20) - 10 : random.below(1900) - 1000
  const whole = mantissa * 2n + 1n
  if (exponent >= 0) return String(whole << BigInt(exponent % 900))
  const digits = String(whole * 5n ** BigInt(-exponent)).padStart(-exponent + 1, '0')
  return `${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

function justBelow(middle: string): string {
  return `${middle.slice(0, -1)}${Math.max(Number(middle.at(-1)) - 1, 0)}${middle.includes('.') ? '9999' : '.9999'}`
}
