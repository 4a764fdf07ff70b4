/**
 * Is it UTF-8? (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.) Nearly all telemetry is ASCII:
 * that is settled 16 bytes at a time, the rest byte by byte.
 */

/** True when all bytes are below 128. Reads nothing outside [at, at + bytes). */
// @ts-ignore: decorator
@inline
export function isAscii(at: usize, bytes: usize): bool {
  if (bytes >= 16) return isAsciiLong(at, bytes)
  if (bytes >= 8) return ((load<u64>(at) | load<u64>(at + bytes - 8)) & 0x8080808080808080) == 0
  if (bytes >= 4) return ((load<u32>(at) | load<u32>(at + bytes - 4)) & 0x80808080) == 0
  if (bytes == 0) return true
  // 1 to 3 bytes: first, middle and last cover them
  return (load<u8>(at) | load<u8>(at + (bytes >> 1)) | load<u8>(at + bytes - 1)) < 128
}

// @ts-ignore: decorator
@inline
function isAsciiLong(at: usize, bytes: usize): bool {
  const last = at + bytes - 16
  let seen = v128.load(last)
  while (at < last) {
    seen = v128.or(seen, v128.load(at))
    at += 16
  }
  return i8x16.bitmask(seen) == 0
}

// @ts-ignore: decorator
@inline
export function isText(at: usize, bytes: usize): bool {
  return isAscii(at, bytes) || isUtf8(at, at + bytes)
}

// @ts-ignore: decorator
@inline
function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80
}

function isUtf8(at: usize, end: usize): bool {
  while (at < end) {
    while (end - at >= 16 && i8x16.bitmask(v128.load(at)) == 0) at += 16
    if (at >= end) return true
    const lead: u32 = load<u8>(at)
    const left = end - at
    if (lead < 0x80) {
      at += 1
    } else if (lead < 0xe0) {
      if (lead < 0xc2 || left < 2 || !isContinuation(at + 1)) return false
      at += 2
    } else if (lead < 0xf0) {
      if (left < 3 || !isContinuation(at + 1) || !isContinuation(at + 2)) return false
      const second: u32 = load<u8>(at + 1)
      if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return false
      at += 3
    } else {
      if (lead > 0xf4 || left < 4) return false
      if (!isContinuation(at + 1) || !isContinuation(at + 2) || !isContinuation(at + 3)) return false
      const second: u32 = load<u8>(at + 1)
      if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return false
      at += 4
    }
  }
  return true
}
