/** Keys: which field of a message is it? */
import { FAULTS_END } from './faults'
import { fault, NO_COLON, NO_KEY } from './json-fault'
import { peek, skipSpace } from './json-skip'
import { bytesOf, isOriginal, nameAt, nameCount, nameInSlot } from './json-tables'
import { plainAt, plainEnd, readPlain, skipString } from './json-text'

/** name entry of the key that readKey read, 0 when no field has it */
export let keyName: usize = 0
/** entry of the first key that is only the .proto name of a field and was passed over for that, or 0 */
export let originalSeen: usize = 0
let isLenient: bool = false

/** the longest name */
const NAME_BYTES_MAX: usize = 31
/** all characters of the longest name as escapes */
const ESCAPED_NAME_BYTES_MAX: usize = 6 * NAME_BYTES_MAX

export function beginKeys(lenient: bool): void {
  isLenient = lenient
  originalSeen = 0
}

/** sets keyName; returns where the value begins */
// @ts-ignore: decorator
@inline
export function readKey(table: usize, at: usize, end: usize, scratch: usize): usize {
  const after = readCommonKey(table, at, end)
  return after != 0 ? after : readOtherKey(table, at, end, scratch)
}

/** a known name, a colon, and no space between; 0 when it is anything else */
// @ts-ignore: decorator
@inline
function readCommonKey(table: usize, at: usize, end: usize): usize {
  if (end - at < 40 || load<u8>(at) != 0x22) return 0
  at++
  const first = v128.load(at)
  const second = v128.load(at, 16)
  let quotes: u32 = i8x16.bitmask(i8x16.eq(first, i8x16.splat(0x22)))
  if (quotes == 0) quotes = i8x16.bitmask(i8x16.eq(second, i8x16.splat(0x22))) << 16
  // no known name has less than 3 characters: the last four of a shorter one would reach before the text
  const bytes = ctz(quotes)
  if (bytes > 31 || bytes < 3) return 0
  const name = nameInSlot(table, load<u32>(at), load<u32>(at + <usize>bytes - 4), bytes)
  if (name == 0 || <u32>bytesOf(name) != bytes) return 0
  let same: u32 = i8x16.bitmask(i8x16.eq(first, v128.load(name)))
  if (bytes > 16) same |= i8x16.bitmask(i8x16.eq(second, v128.load(name, 16))) << 16
  const all = (1 << bytes) - 1
  if ((same & all) != all) return 0
  if (load<u8>(at + <usize>bytes, 1) != 0x3a || isOriginal(name)) return 0
  keyName = name
  return skipSpace(at + <usize>bytes + 2, end)
}

/** any other key: unknown, with escapes, with spaces behind it, near the end of the text */
function readOtherKey(table: usize, at: usize, end: usize, scratch: usize): usize {
  if (peek(at, end) != 0x22) return fault(NO_KEY, at)
  const start = at + 1
  at = skipString(start, end)
  if (at < FAULTS_END) return at
  const bytes = at - 1 - start
  keyName = 0
  if (bytes <= ESCAPED_NAME_BYTES_MAX) {
    const again = readPlain(start, end, scratch)
    if (again < FAULTS_END) return again
    keyName = find(table, plainAt, plainEnd - plainAt)
    if (keyName != 0 && isOriginal(keyName) && !isLenient) {
      if (originalSeen == 0) originalSeen = keyName
      keyName = 0
    }
  }
  at = skipSpace(at, end)
  if (peek(at, end) != 0x3a) return fault(NO_COLON, at)
  return skipSpace(at + 1, end)
}

function find(table: usize, at: usize, bytes: usize): usize {
  for (let index: usize = 0, count = nameCount(table); index < count; index++) {
    const name = nameAt(table, index)
    if (bytesOf(name) == bytes && memory.compare(name, at, bytes) == 0) return name
  }
  return 0
}
