/**
 * Values that stand between quotes in OTLP/JSON: text with escapes, ids in hex, bytes in base64. Each asks for its
 * room first, and returns the new output position or OUTPUT_FULL.
 */
import { OUTPUT_FULL } from './faults'
import { hasRoom, inputEnd } from './space'

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c

/** text; valid UTF-8 passes as it is, only quote, backslash and control characters are escaped */
export function writeText(at: usize, bytes: usize, out: usize): usize {
  if (!hasRoom(out, bytes)) return OUTPUT_FULL
  const end = at + bytes
  store<u8>(out++, <u8>QUOTE)
  while (at < end) {
    const left = end - at
    // how many of the next characters are plain: by 16 where that many input bytes exist, else one
    if (inputEnd - at >= 16) {
      const block = v128.load(at)
      v128.store(out, block)
      let special = specialBits(block)
      if (left < 16) special |= 1 << <i32>left
      if (special == 0) {
        at += 16
        out += 16
        continue
      }
      const plain = <usize>ctz(special)
      at += plain
      out += plain
      if (at >= end) break
    }
    const char: u32 = load<u8>(at++)
    if (char >= 32 && char != QUOTE && char != BACKSLASH) {
      store<u8>(out++, <u8>char)
    } else {
      if (!hasRoom(out, end - at + 6)) return OUTPUT_FULL
      out = writeEscape(char, out)
    }
  }
  store<u8>(out, <u8>QUOTE)
  return out + 1
}

/** a bit for each character of a block that cannot stand in a JSON string as it is */
// @ts-ignore: decorator
@inline
export function specialBits(block: v128): i32 {
  const quotes = v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c)))
  return i8x16.bitmask(v128.or(quotes, i8x16.lt_u(block, i8x16.splat(32))))
}

function writeEscape(char: u32, out: usize): usize {
  let short: u32 = 0
  if (char == QUOTE || char == BACKSLASH) short = char
  else if (char == 10) short = 0x6e
  else if (char == 13) short = 0x72
  else if (char == 9) short = 0x74
  else if (char == 8) short = 0x62
  else if (char == 12) short = 0x66
  store<u8>(out, <u8>BACKSLASH)
  if (short != 0) {
    store<u8>(out, <u8>short, 1)
    return out + 2
  }
  // "u00" and two digits
  store<u8>(out, 0x75, 1)
  store<u16>(out, 0x3030, 2)
  store<u8>(out, hexDigit(char >> 4), 4)
  store<u8>(out, hexDigit(char & 15), 5)
  return out + 6
}

// @ts-ignore: decorator
@inline
function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? value + 0x30 : value + 0x57)
}

/** an id: lower-case hex of any number of bytes, 16 and 8 (trace and span ids) at once */
export function writeHex(at: usize, bytes: usize, out: usize): usize {
  if (!hasRoom(out, bytes << 1)) return OUTPUT_FULL
  store<u8>(out++, <u8>QUOTE)
  const end = at + bytes
  while (end - at >= 16) {
    const block = v128.load(at)
    const high = hexHigh(block)
    const low = hexLow(block)
    v128.store(out, hexDigits(hexFirst(high, low)))
    v128.store(out, hexDigits(hexSecond(high, low)), 16)
    at += 16
    out += 32
  }
  if (end - at >= 8) {
    const block = v128.load64_zero(at)
    v128.store(out, hexDigits(hexFirst(hexHigh(block), hexLow(block))))
    at += 8
    out += 16
  }
  while (at < end) {
    const byte: u32 = load<u8>(at++)
    store<u8>(out, hexDigit(byte >> 4))
    store<u8>(out, hexDigit(byte & 15), 1)
    out += 2
  }
  store<u8>(out, <u8>QUOTE)
  return out + 1
}

// @ts-ignore: decorator
@inline
function hexHigh(block: v128): v128 {
  return v128.and(i16x8.shr_u(block, 4), i8x16.splat(15))
}

// @ts-ignore: decorator
@inline
function hexLow(block: v128): v128 {
  return v128.and(block, i8x16.splat(15))
}

// @ts-ignore: decorator
@inline
function hexFirst(high: v128, low: v128): v128 {
  return i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

// @ts-ignore: decorator
@inline
function hexSecond(high: v128, low: v128): v128 {
  return i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

// @ts-ignore: decorator
@inline
function hexDigits(nibbles: v128): v128 {
  return i8x16.swizzle(i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102), nibbles)
}

/** A-Z a-z 0-9 + / */
const BASE64 = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 97, 98, 99,
  100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 48,
  49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
])

// @ts-ignore: decorator
@inline
function base64Char(value: u32): u8 {
  return load<u8>(BASE64 + (value & 63))
}

/** bytes: standard base64 with padding */
export function writeBase64(at: usize, bytes: usize, out: usize): usize {
  if (!hasRoom(out, bytes + (bytes >> 1))) return OUTPUT_FULL
  store<u8>(out++, <u8>QUOTE)
  let left = bytes
  while (left >= 3) {
    const bits = ((<u32>load<u8>(at)) << 16) | ((<u32>load<u8>(at, 1)) << 8) | load<u8>(at, 2)
    writeFourChars(bits, out)
    at += 3
    out += 4
    left -= 3
  }
  if (left > 0) {
    let bits = (<u32>load<u8>(at)) << 16
    if (left == 2) bits |= (<u32>load<u8>(at, 1)) << 8
    writeFourChars(bits, out)
    store<u8>(out, 0x3d, 3)
    if (left == 1) store<u8>(out, 0x3d, 2)
    out += 4
  }
  store<u8>(out, <u8>QUOTE)
  return out + 1
}

// @ts-ignore: decorator
@inline
function writeFourChars(bits: u32, out: usize): void {
  store<u8>(out, base64Char(bits >> 18))
  store<u8>(out, base64Char(bits >> 12), 1)
  store<u8>(out, base64Char(bits >> 6), 2)
  store<u8>(out, base64Char(bits), 3)
}
