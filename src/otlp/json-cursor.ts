/**
 * Reads a JSON text (RFC 8259) from left to right, strictly, without building a tree: memory follows the size of the
 * text, not what a hostile text would make of it (`[{},{},…]` of 64 MB as Maps is beyond 4 GB).
 *
 * - UTF-8 only: invalid bytes, a byte order mark and escapes that are half a surrogate pair are errors, since none of
 *   them can become a protobuf string.
 * - The path is kept by the caller, who knows the fields; errors name it.
 */
import { isUtf8 } from 'node:buffer'
import { JsonReadError } from './json-read-error.ts'

/** Levels of objects and arrays inside a value that is skipped. */
const SKIPPED_LEVELS_MAX = 100
/** The longest exact decimal of a double has 1077 characters. */
const NUMBER_CHARACTERS_MAX = 2000
const FOUND_CHARACTERS_MAX = 32

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const BYTE_ORDER_MARK = 0xfeff

export class JsonCursor {
  /** Field names and indices that lead to the value under the cursor. */
  readonly path: (string | number)[] = []
  readonly #text: string
  #at = 0

  /** @throws JsonReadError when the text is not UTF-8, begins with a byte order mark, or is empty */
  constructor(body: Buffer) {
    this.#text = isUtf8(body) ? body.toString('utf8') : ''
    if (this.#text === '') this.fail(body.length === 0 ? 'a JSON object' : 'valid UTF-8')
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) this.fail('a JSON object without a byte order mark')
  }

  /** The first character of the next token, after white space; '' at the end of the text. */
  peek(): string {
    const text = this.#text
    let at = this.#at
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
      at++
    }
    this.#at = at
    return at < text.length ? text[at]! : ''
  }

  /** Where the next token begins, for an error that is found later. */
  position(): number {
    this.peek()
    return this.#at
  }

  /** Consumes the next token if it is this one. */
  take(punctuation: string): boolean {
    if (this.peek() !== punctuation) return false
    this.#at++
    return true
  }

  /** Consumes this token. @param allowed what must stand here, for the error */
  expect(punctuation: string, allowed: string): void {
    if (!this.take(punctuation)) this.fail(allowed)
  }

  /** Consumes `null` if it stands here. */
  takeNull(): boolean {
    return this.peek() === 'n' && this.#takeWord('null')
  }

  /** @returns the value, or undefined when neither `true` nor `false` stands here */
  takeBoolean(): boolean | undefined {
    const first = this.peek()
    if (first === 't' && this.#takeWord('true')) return true
    if (first === 'f' && this.#takeWord('false')) return false
    return undefined
  }

  /** The key of the next member and its colon. */
  key(): string {
    const key = this.string('a member name in double quotes')
    this.expect(':', 'a colon')
    return key
  }

  /** A string, its escapes resolved. */
  string(allowed: string): string {
    if (this.peek() !== '"') this.fail(allowed)
    const text = this.#text
    const start = this.#at + 1
    let escaped = false
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        const raw = escaped ? this.#unescaped(start - 1, at + 1) : text.slice(start, at)
        this.#at = at + 1
        return raw
      }
      if (code === BACKSLASH) {
        escaped = true
        at++
      } else if (code < 0x20) this.fail('a string without raw control characters', at)
    }
    return this.fail('a string that ends with a double quote', text.length)
  }

  /** The characters of a number; the caller has seen a digit or a minus sign. */
  number(): string {
    const text = this.#text
    const start = this.position()
    let at = start
    if (text.charCodeAt(at) === MINUS) at++
    at = text.charCodeAt(at) === ZERO ? at + 1 : this.#digits(at)
    if (text[at] === '.') at = this.#digits(at + 1)
    if (text[at] === 'e' || text[at] === 'E') {
      at++
      if (text[at] === '+' || text[at] === '-') at++
      at = this.#digits(at)
    }
    if (at - start > NUMBER_CHARACTERS_MAX) this.fail(`a number of at most ${NUMBER_CHARACTERS_MAX} characters`, start)
    this.#at = at
    return text.slice(start, at)
  }

  /** Passes over a value of any kind; checks that it is JSON. */
  skip(levels = 0): void {
    const first = this.peek()
    if (levels > SKIPPED_LEVELS_MAX) this.fail(`at most ${SKIPPED_LEVELS_MAX} objects and arrays in one another`)
    if (first === '{') this.#skipObject(levels)
    else if (first === '[') this.#skipArray(levels)
    else if (first === '"') this.string('a string')
    else if (isNumberStart(first)) this.number()
    else if (!this.takeNull() && this.takeBoolean() === undefined) this.fail('a JSON value')
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.peek() !== '') this.fail('the end of the text')
  }

  /** @param allowed fits after "must be"; @param position where the value in question begins */
  fail(allowed: string, position = this.#at): never {
    const where = pathText(this.path)
    throw new JsonReadError(
      `Invalid OTLP/JSON at ${where} (character ${position}): must be ${allowed}, found ${this.#found(position)}`,
    )
  }

  #takeWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  /** V8 resolves the escapes: one flat string whatever the text, where joining pieces would cost 32 bytes an escape. */
  #unescaped(start: number, end: number): string {
    let value = ''
    try {
      value = JSON.parse(this.#text.slice(start, end)) as string
    } catch {
      this.fail('a string with the escapes of JSON', start)
    }
    if (!value.isWellFormed()) this.fail('a string without half surrogate pairs', start)
    return value
  }

  #digits(from: number): number {
    let at = from
    while (isDigit(this.#text.charCodeAt(at))) at++
    return at > from ? at : this.fail('a digit', from)
  }

  #skipObject(levels: number): void {
    this.take('{')
    if (this.take('}')) return
    do {
      this.key()
      this.skip(levels + 1)
    } while (this.take(','))
    this.expect('}', 'a comma or a closing brace')
  }

  #skipArray(levels: number): void {
    this.take('[')
    if (this.take(']')) return
    do this.skip(levels + 1)
    while (this.take(','))
    this.expect(']', 'a comma or a closing bracket')
  }

  /** The start of what stands there, safe to show: no control characters, no half surrogate pair. */
  #found(position: number): string {
    if (position >= this.#text.length) return 'the end of the text'
    const excerpt = this.#text.slice(position, position + FOUND_CHARACTERS_MAX).toWellFormed()
    return excerpt.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd')
  }
}

export function isNumberStart(first: string): boolean {
  return first === '-' || (first.length === 1 && isDigit(first.charCodeAt(0)))
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

/** `resourceSpans[0].scopeSpans[1].spans` */
function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the top level'
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}
