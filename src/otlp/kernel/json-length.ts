/** The length in front of what is written: known only afterwards, so that the content moves when it needs more bytes. */

/** bytes of a length as a varint */
// @ts-ignore: decorator
@inline
function lengthBytes(length: usize): usize {
  if (length < 1 << 7) return 1
  if (length < 1 << 14) return 2
  if (length < 1 << 21) return 3
  return length < 1 << 28 ? 4 : 5
}

/** `kept` bytes at lengthAt are free for it, then comes the content up to `out`; returns its new end */
// @ts-ignore: decorator
@inline
export function writeLength(lengthAt: usize, kept: usize, out: usize): usize {
  const length = out - lengthAt - kept
  if (kept == 1 && length < 128) {
    store<u8>(lengthAt, <u8>length)
    return out
  }
  return writeLongLength(lengthAt, kept, length)
}

function writeLongLength(lengthAt: usize, kept: usize, length: usize): usize {
  const bytes = lengthBytes(length)
  if (bytes != kept) memory.copy(lengthAt + bytes, lengthAt + kept, length)
  let value = length
  for (let place: usize = 0; place < bytes - 1; place++) {
    store<u8>(lengthAt + place, <u8>(value | 128))
    value >>= 7
  }
  store<u8>(lengthAt + bytes - 1, <u8>value)
  return lengthAt + bytes + length
}
