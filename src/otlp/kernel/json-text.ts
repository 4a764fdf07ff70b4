/**
 * Strings. All functions take the position behind the opening quote, and return the one behind the closing quote or a
 * fault. Text is found to be UTF-8 here, once: keys and values, also those that are passed over.
 */
import { FAULTS_END, OUTPUT_FULL } from './faults'
import { BAD_ESCAPE, CONTROL_CHARACTER, fault, HALF_SURROGATE, NOT_UTF8, UNENDED_STRING } from './json-fault'
import { outputLimit } from './space'
import { specialBits } from './text'
import { isText } from './utf8'

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c

/** where the output ends after readText */
export let textEnd: usize = 0
/** what readPlain found: the string without quotes and escapes */
export let plainAt: usize = 0
export let plainEnd: usize = 0
/** what readEscape found */
let codePoint: u32 = 0

/** copies a string, escapes resolved, to `out` */
export function readText(at: usize, end: usize, out: usize): usize {
  const start = at
  const outStart = out
  let high: i32 = 0
  while (true) {
    if (out > outputLimit) return OUTPUT_FULL
    if (end - at >= 16) {
      const block = v128.load(at)
      v128.store(out, block)
      const special = specialBits(block)
      if (special == 0) {
        high |= i8x16.bitmask(block)
        at += 16
        out += 16
        continue
      }
      const plain = <usize>ctz(special)
      high |= i8x16.bitmask(block) & ((1 << <i32>plain) - 1)
      at += plain
      out += plain
    } else if (at >= end) {
      return fault(UNENDED_STRING, end)
    }
    const char: u32 = load<u8>(at)
    if (char == QUOTE) break
    if (char == BACKSLASH) {
      at = readEscape(at, end)
      if (at < FAULTS_END) return at
      out = writeCodePoint(codePoint, out)
    } else {
      if (char < 32) return fault(CONTROL_CHARACTER, at)
      high |= <i32>(char & 128)
      store<u8>(out, <u8>char)
      at++
      out++
    }
  }
  if (high != 0 && !isText(outStart, out - outStart)) return fault(NOT_UTF8, start)
  textEnd = out
  return at + 1
}

/** passes over a string, and checks it */
export function skipString(at: usize, end: usize): usize {
  const start = at
  let high: i32 = 0
  while (true) {
    if (end - at >= 16) {
      const block = v128.load(at)
      const special = specialBits(block)
      high |= i8x16.bitmask(block)
      if (special == 0) {
        at += 16
        continue
      }
      at += <usize>ctz(special)
    } else if (at >= end) {
      return fault(UNENDED_STRING, end)
    }
    const char: u32 = load<u8>(at)
    if (char == QUOTE) break
    if (char == BACKSLASH) {
      at = readEscape(at, end)
      if (at < FAULTS_END) return at
    } else {
      if (char < 32) return fault(CONTROL_CHARACTER, at)
      high |= <i32>(char & 128)
      at++
    }
  }
  if (high != 0 && !isText(start, at - start)) return fault(NOT_UTF8, start)
  return at + 1
}

/** plainAt and plainEnd of a string: where it stands, or without its escapes at `scratch` in the output space */
export function readPlain(at: usize, end: usize, scratch: usize): usize {
  const start = at
  while (end - at >= 16) {
    const special = specialBits(v128.load(at))
    if (special != 0) {
      at += <usize>ctz(special)
      break
    }
    at += 16
  }
  while (at < end) {
    const char: u32 = load<u8>(at)
    if (char == QUOTE) {
      plainAt = start
      plainEnd = at
      return at + 1
    }
    if (char == BACKSLASH) {
      at = readText(start, end, scratch)
      plainAt = scratch
      plainEnd = textEnd
      return at
    }
    if (char < 32) return fault(CONTROL_CHARACTER, at)
    at++
  }
  return fault(UNENDED_STRING, end)
}

/** `at` is that of the backslash; sets codePoint */
function readEscape(at: usize, end: usize): usize {
  if (end - at < 2) return fault(UNENDED_STRING, end)
  const char: u32 = load<u8>(at, 1)
  if (char == 0x75) return readUnicode(at, end)
  if (char == QUOTE || char == BACKSLASH || char == 0x2f) codePoint = char
  else if (char == 0x6e) codePoint = 10
  else if (char == 0x72) codePoint = 13
  else if (char == 0x74) codePoint = 9
  else if (char == 0x62) codePoint = 8
  else if (char == 0x66) codePoint = 12
  else return fault(BAD_ESCAPE, at)
  return at + 2
}

/** backslash, u, four hex digits; twice for a pair of surrogates */
function readUnicode(at: usize, end: usize): usize {
  const first = hexOf(at, end)
  if (first < 0) return fault(end - at < 6 ? UNENDED_STRING : BAD_ESCAPE, at)
  codePoint = first
  if ((first & 0xf800) != 0xd800) return at + 6
  if (first >= 0xdc00 || end - at < 12 || load<u16>(at, 6) != 0x755c) return fault(HALF_SURROGATE, at)
  const second = hexOf(at + 6, end)
  if (second < 0xdc00 || second > 0xdfff) return fault(HALF_SURROGATE, at)
  codePoint = 0x10000 + ((<u32>first & 0x3ff) << 10) + (<u32>second & 0x3ff)
  return at + 12
}

/** of a backslash, u and four hex digits; -1 when they are not there */
function hexOf(at: usize, end: usize): i32 {
  if (end - at < 6) return -1
  let value: u32 = 0
  for (let index: usize = 2; index < 6; index++) {
    const char: u32 = load<u8>(at + index)
    let digit = char - 0x30
    if (digit > 9) {
      digit = (char | 32) - 0x61
      if (digit > 5) return -1
      digit += 10
    }
    value = (value << 4) | digit
  }
  return <i32>value
}

function writeCodePoint(code: u32, out: usize): usize {
  if (code < 0x80) {
    store<u8>(out, <u8>code)
    return out + 1
  }
  if (code < 0x800) {
    store<u8>(out, <u8>(0xc0 | (code >> 6)))
    store<u8>(out, <u8>(0x80 | (code & 63)), 1)
    return out + 2
  }
  if (code < 0x10000) {
    store<u8>(out, <u8>(0xe0 | (code >> 12)))
    store<u8>(out, <u8>(0x80 | ((code >> 6) & 63)), 1)
    store<u8>(out, <u8>(0x80 | (code & 63)), 2)
    return out + 3
  }
  store<u8>(out, <u8>(0xf0 | (code >> 18)))
  store<u8>(out, <u8>(0x80 | ((code >> 12) & 63)), 1)
  store<u8>(out, <u8>(0x80 | ((code >> 6) & 63)), 2)
  store<u8>(out, <u8>(0x80 | (code & 63)), 3)
  return out + 4
}
