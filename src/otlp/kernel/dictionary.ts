/**
 * The dictionary of a profiles request, which all its profiles share: how many entries each table has, and whether each
 * begins with the zero value. It may stand behind the profiles, so it is measured before they are read.
 */
import { FAULTS_END } from './faults'
import { addDictionaryEntry, dictionaryEntries } from './report'
import { readFixed, readSize, readTag, readVarint, skipValue, varintValue } from './wire'

/** ExportProfilesServiceRequest.dictionary */
const DICTIONARY_TAG: u32 = 0x12
const TABLES: u32 = 7
const STRINGS: u32 = 5

let areZeroFirst: bool = true

/** returns a position, or a fault */
export function measureDictionary(at: usize, end: usize): usize {
  areZeroFirst = true
  return measure(at, end, false)
}

/** every table has entries and begins with the zero value (C122) */
export function isDictionaryWhole(): bool {
  for (let table: u32 = 1; table <= TABLES; table++) if (dictionaryEntries(table) == 0) return false
  return areZeroFirst
}

function measure(at: usize, end: usize, isInside: bool): usize {
  while (at < end) {
    at = readTag(at, end)
    if (at < FAULTS_END) return at
    const tag = <u32>varintValue
    const next = skipValue(tag, at, end, 0)
    if (next < FAULTS_END) return next
    if (isInside && (tag & 7) == 2 && tag >>> 3 <= TABLES) {
      const table = tag >>> 3
      if (dictionaryEntries(table) == 0) noteFirst(table, readSize(at, end), next)
      addDictionaryEntry(table)
    } else if (!isInside && tag == DICTIONARY_TAG) {
      const fault = measure(readSize(at, end), next, true)
      if (fault < FAULTS_END) return fault
    }
    at = next
  }
  return at
}

function noteFirst(table: u32, at: usize, end: usize): void {
  if (table == STRINGS ? at != end : !isZeroValue(at, end)) areZeroFirst = false
}

/** a message whose fields are all at their default; of nested ones only the size is looked at */
function isZeroValue(at: usize, end: usize): bool {
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
    if (varintValue != 0) return false
    at = next
  }
  return true
}
