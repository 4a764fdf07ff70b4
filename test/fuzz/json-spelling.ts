/** OTLP/JSON written in other ways that mean the same. */
import type { Random } from '../generator/random.ts'
import type { Json } from '../generator/reference-json.ts'

/** As JSON.stringify, but zero keeps its sign, and a profile id of an odd length is base64. */
export function textOf(json: Json): string {
  return JSON.stringify(json, (_, value: unknown) => (Object.is(value, -0) ? NEGATIVE_ZERO : value)).replaceAll(
    `"${NEGATIVE_ZERO}"`,
    '-0',
  )
}

const NEGATIVE_ZERO = '\u0000negative zero\u0000'.replaceAll('\u0000', '~')

/** Keys in snake_case, which no value of the generator looks like. */
export function snakeCased(text: string): string {
  return text.replace(/"([a-z][A-Za-z]*)":/g, (_, key: string) => {
    return `"${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`
  })
}

/** Spaces, another order of members, escapes, numbers in other forms, unknown members and null. */
export function respelled(json: Json, random: Random): string {
  return new Speller(random).value(json, '')
}

/** Keys whose strings are text: everything else in a string may be spelled as what it stands for. */
const IDS = new Set(['traceId', 'spanId', 'parentSpanId', 'profileId'])
const BYTES = new Set(['bytesValue', 'originalPayload'])
const LONGS =
  /(?:UnixNano|intValue|asInt|[cC]ounts?|durationNano|period|address|memory\w+|fileOffset|line|column|values|startLine)$/

class Speller {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  value(json: Json, key: string): string {
    if (typeof json === 'string') return this.#string(json, key)
    if (typeof json === 'number') return this.#number(json)
    if (typeof json === 'boolean') return String(json)
    if (Array.isArray(json)) return `[${this.#joined(json.map((each) => this.value(each, key)))}]`
    return `{${this.#joined(this.#members(json))}}`
  }

  #members(json: { [key: string]: Json }): string[] {
    const members = Object.entries(json).map(([key, value]) => this.#member(this.#key(key), this.value(value, key)))
    if (this.#random.oneIn(4)) members.push(this.#member('"unknown"', UNKNOWN[this.#random.below(UNKNOWN.length)]!))
    // between this one and its value no other member of a oneof stands
    const [first] = Object.keys(json)
    if (first !== undefined && this.#random.oneIn(6)) members.unshift(this.#member(this.#key(first), 'null'))
    return this.#random.oneIn(2) ? members : members.reverse().sort((left) => (left.endsWith('null') ? -1 : 0))
  }

  #member(key: string, value: string): string {
    return `${key}${this.#space()}:${this.#space()}${value}`
  }

  #joined(parts: readonly string[]): string {
    return this.#space() + parts.join(`${this.#space()},${this.#space()}`) + this.#space()
  }

  #space(): string {
    return this.#random.oneIn(3) ? this.#random.pick([' ', '\n', '\t', '\r\n', '    ']) : ''
  }

  #key(key: string): string {
    return this.#random.oneIn(10) ? `"${escaped(key, 1)}"` : JSON.stringify(key)
  }

  #string(text: string, key: string): string {
    if (IDS.has(key)) return `"${this.#random.oneIn(2) ? text : text.toUpperCase()}"`
    if (BYTES.has(key)) return `"${this.#base64(text)}"`
    if (LONGS.test(key) && /^-?\d+$/.test(text)) return this.#long(text)
    return this.#random.oneIn(3) ? `"${escaped(text, 1 + this.#random.below(4))}"` : JSON.stringify(text)
  }

  #base64(text: string): string {
    const unpadded = this.#random.oneIn(2) ? text.replace(/=+$/, '') : text
    return this.#random.oneIn(2) ? unpadded : unpadded.replaceAll('+', '-').replaceAll('/', '_')
  }

  #long(text: string): string {
    const longer = /^-?0$/.test(text) ? text : `${text}0e-1`
    const form = this.#random.pick([text, `${text}.0`, `${text}e0`, longer, `${text}.000E+0`])
    return this.#random.oneIn(2) ? form : `"${form}"`
  }

  #number(value: number): string {
    const text = Object.is(value, -0) ? '-0' : String(value)
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return this.#long(text)
    return this.#random.oneIn(2) ? text : `"${text}"`
  }
}

const UNKNOWN = [
  'null',
  '1e400',
  '{"resourceSpans":[{"a":[1,"x",{"b":{}}]}],"":[]}',
  '"\\ud83d\\ude00 \\" \\\\ é"',
  `${'['.repeat(90)}${']'.repeat(90)}`,
]

/** every so many characters as an escape */
function escaped(text: string, every: number): string {
  let result = ''
  for (let index = 0; index < text.length; index++) {
    const hex = text.charCodeAt(index).toString(16).padStart(4, '0')
    result += index % every === 0 ? `\\u${hex}` : JSON.stringify(text[index]).slice(1, -1)
  }
  return result
}
