/**
 * Mend: text that is no UTF-8 becomes valid, each of its broken sequences one U+FFFD, as in TextDecoder. Used on finished
 * OTLP/JSON with otlp.validation=off; what surrounds the strings is ASCII, so no sequence reaches beyond its string.
 */
import { OUTPUT_FULL } from './faults'
import { isText } from './utf8'

/** returns the bytes it has now, at most bytesMax, or OUTPUT_FULL negated */
export function mend(offset: usize, bytes: usize, bytesMax: usize): i32 {
  if (isText(offset, bytes)) return <i32>bytes
  // from the end of the space, so that writing does not catch up with reading unless there is too little of it
  let at = offset + bytesMax - bytes
  const end = offset + bytesMax
  memory.copy(at, offset, bytes)
  let out = offset
  while (at < end) {
    const length = sequenceBytes(at, end)
    if (length > 0) {
      memory.copy(out, at, length)
      out += length
      at += length
    } else {
      at += brokenBytes(at, end)
      if (out + 3 > at) return -<i32>OUTPUT_FULL
      store<u16>(out, 0xbfef)
      store<u8>(out, 0xbd, 2)
      out += 3
    }
  }
  return <i32>(out - offset)
}

/** bytes of the whole character that begins here, or 0 */
function sequenceBytes(at: usize, end: usize): usize {
  const lead: u32 = load<u8>(at)
  if (lead < 0x80) return 1
  const bytes: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  return bytes <= end - at && isText(at, bytes) ? bytes : 0
}

/** the longest beginning of a character that is none: at least one byte */
function brokenBytes(at: usize, end: usize): usize {
  const lead: u32 = load<u8>(at)
  if (lead < 0xe0 || lead > 0xf4 || end - at < 2) return 1
  const second: u32 = load<u8>(at + 1)
  const least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80
  const most: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 1
  return lead >= 0xf0 && end - at > 2 && (load<u8>(at + 2) & 0xc0) == 0x80 ? 3 : 2
}
