/**
 * The dictionary of a profiles request, which all its profiles share: how many entries each table has, and whether each
 * begins with the zero value. It may stand behind the profiles, so it is measured before they are read.
 */
import { FAULTS_END } from './faults'
import { addDictionaryEntry, dictionaryEntries } from './report'
import { ACT_INT32, ACT_STRINDEX, actionOf, entryOf, requestTable, subTableOf, TAGS_END } from './tables'
import { readFixed, readSize, readTag, readVarint, skipValue, varintValue } from './wire'

const PROFILES: i32 = 3
/** ExportProfilesServiceRequest.dictionary */
const DICTIONARY_TAG: u32 = 0x12
const TABLES: u32 = 7
const STRINGS: u32 = 5

let areZeroFirst: bool = true

/** returns a position, or a fault */
export function measureDictionary(at: usize, end: usize): usize {
  areZeroFirst = true
  return measure(requestTable(PROFILES), at, end, false)
}

/** every table has entries and begins with the zero value (C122) */
export function isDictionaryWhole(): bool {
  for (let table: u32 = 1; table <= TABLES; table++) if (dictionaryEntries(table) == 0) return false
  return areZeroFirst
}

function measure(message: usize, at: usize, end: usize, isInside: bool): usize {
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return at
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return next
    if (isInside && (tag & 7) == 2 && tag >>> 3 <= TABLES) {
      const table = tag >>> 3
      if (dictionaryEntries(table) == 0) {
        at = readSize(at, end)
        if (at < FAULTS_END) return at
        if (table == STRINGS ? at != next : !isZeroValue(subTableOf(entryOf(message, table)), at, next)) {
          areZeroFirst = false
        }
      }
      addDictionaryEntry(table)
    } else if (!isInside && tag == DICTIONARY_TAG) {
      at = readSize(at, end)
      if (at < FAULTS_END) return at
      const fault = measure(subTableOf(entryOf(message, tag >>> 3)), at, next, true)
      if (fault < FAULTS_END) return fault
    }
    at = next
  }
  return at
}

/** a message whose fields are all at their default; of nested ones only the size is looked at */
function isZeroValue(table: usize, at: usize, end: usize): bool {
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return false
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return false
    switch (tag & 7) {
      case 0:
        readVarint(at, end)
        break
      case 1:
        readFixed(at, end, 8)
        break
      case 5:
        readFixed(at, end, 4)
        break
      case 2:
        readSize(at, end)
        break
      default:
        return false
    }
    if (isInt32(table, tag) ? <u32>varintValue != 0 : varintValue != 0) return false
    at = next
  }
  return true
}

/** of whose varint the upper bits do not count */
function isInt32(table: usize, tag: u32): bool {
  const action = tag < TAGS_END ? actionOf(table, tag) : 0
  return action == ACT_INT32 || action == ACT_STRINDEX
}
