/**
 * Of equal keys the last one wins, whatever its field: what the earlier one wrote is taken out of the output again.
 *
 * The field is found by a walk over the message written so far. A text that makes these walks long (a key again and again
 * behind a million elements) is refused when they took more than a step for each two of its bytes. A step costs about
 * what reading two bytes of such a text does: all walks together take at most about as long as the one pass, never several.
 * What is moved is bounded: a field that was moved over stands before the one that takes its place.
 */
import { FAULTS_END } from './faults'
import { fault, TOO_MANY_DUPLICATES } from './json-fault'
import { readTag, skipValue, varintValue } from './wire'

let stepsLeft: usize = 0

export function beginDuplicates(bytes: usize): void {
  stepsLeft = (bytes >>> 1) + 1000
}

/** the new end of the output; `at` is that of the key, for the fault */
export function takeOut(field: u32, messageAt: usize, out: usize, at: usize): usize {
  let from = out
  let to = out
  for (let next = messageAt; next < out; ) {
    if (stepsLeft == 0) return fault(TOO_MANY_DUPLICATES, at)
    stepsLeft--
    const start = next
    next = readTag(next, out)
    if (next < FAULTS_END) return next
    const tag = <u32>varintValue
    next = skipValue(tag, next, out, 0)
    if (next < FAULTS_END) return next
    if (tag >>> 3 == field) {
      if (from == out) from = start
      to = next
    } else if (from != out) {
      break
    }
  }
  memory.copy(from, to, out - to)
  return from + (out - to)
}
