/** Integers as decimal digits. All write at most 20 characters, within RESERVE, and return the new position. */

/** "00" to "99" */
const PAIRS = memory.data<u8>([
  48, 48, 48, 49, 48, 50, 48, 51, 48, 52, 48, 53, 48, 54, 48, 55, 48, 56, 48, 57, 49, 48, 49, 49, 49, 50, 49, 51, 49,
  52, 49, 53, 49, 54, 49, 55, 49, 56, 49, 57, 50, 48, 50, 49, 50, 50, 50, 51, 50, 52, 50, 53, 50, 54, 50, 55, 50, 56,
  50, 57, 51, 48, 51, 49, 51, 50, 51, 51, 51, 52, 51, 53, 51, 54, 51, 55, 51, 56, 51, 57, 52, 48, 52, 49, 52, 50, 52,
  51, 52, 52, 52, 53, 52, 54, 52, 55, 52, 56, 52, 57, 53, 48, 53, 49, 53, 50, 53, 51, 53, 52, 53, 53, 53, 54, 53, 55,
  53, 56, 53, 57, 54, 48, 54, 49, 54, 50, 54, 51, 54, 52, 54, 53, 54, 54, 54, 55, 54, 56, 54, 57, 55, 48, 55, 49, 55,
  50, 55, 51, 55, 52, 55, 53, 55, 54, 55, 55, 55, 56, 55, 57, 56, 48, 56, 49, 56, 50, 56, 51, 56, 52, 56, 53, 56, 54,
  56, 55, 56, 56, 56, 57, 57, 48, 57, 49, 57, 50, 57, 51, 57, 52, 57, 53, 57, 54, 57, 55, 57, 56, 57, 57,
])

// @ts-ignore: decorator
@inline
function writePair(value: u32, out: usize): void {
  store<u16>(out, load<u16>(PAIRS + (<usize>value << 1)))
}

/** how many decimal digits a value has, at least 1 */
// @ts-ignore: decorator
@inline
function digitCount32(value: u32): usize {
  if (value < 10) return 1
  if (value < 100) return 2
  if (value < 1000) return 3
  if (value < 10000) return 4
  if (value < 100000) return 5
  if (value < 1000000) return 6
  if (value < 10000000) return 7
  if (value < 100000000) return 8
  return value < 1000000000 ? 9 : 10
}

export function writeUint32(value: u32, out: usize): usize {
  const end = out + digitCount32(value)
  let place = end
  while (value >= 100) {
    const rest = value / 100
    place -= 2
    writePair(value - rest * 100, place)
    value = rest
  }
  if (value >= 10) writePair(value, place - 2)
  else store<u8>(place - 1, <u8>(value + 48))
  return end
}

// @ts-ignore: decorator
@inline
export function writeInt32(value: i32, out: usize): usize {
  if (value >= 0) return writeUint32(<u32>value, out)
  store<u8>(out, 0x2d)
  return writeUint32(0 - <u32>value, out + 1)
}

/** exactly eight digits, leading zeros and all: split in four, in pairs, in digits, all lanes of a word at once */
// @ts-ignore: decorator
@inline
export function writeEightDigits(value: u32, out: usize): void {
  const high = value / 10000
  const fours = <u64>high | (<u64>(value - high * 10000) << 32)
  // x / 100 for x < 10000 is x * 10486 >> 20; x / 10 for x < 100 is x * 103 >> 10
  const hundreds = ((fours * 10486) >> 20) & 0x0000007f0000007f
  const pairs = hundreds | ((fours - hundreds * 100) << 16)
  const tens = ((pairs * 103) >> 10) & 0x000f000f000f000f
  store<u64>(out, (tens | ((pairs - tens * 10) << 8)) + 0x3030303030303030)
}

export function writeUint64(value: u64, out: usize): usize {
  if (value <= 0xffffffff) return writeUint32(<u32>value, out)
  const top = value / 100000000
  const low = <u32>(value - top * 100000000)
  if (top < 100000000) {
    out = writeUint32(<u32>top, out)
  } else {
    const first = top / 100000000
    out = writeUint32(<u32>first, out)
    writeEightDigits(<u32>(top - first * 100000000), out)
    out += 8
  }
  writeEightDigits(low, out)
  return out + 8
}

// @ts-ignore: decorator
@inline
export function writeInt64(value: i64, out: usize): usize {
  if (value >= 0) return writeUint64(<u64>value, out)
  store<u8>(out, 0x2d)
  return writeUint64(0 - <u64>value, out + 1)
}
