import { AssertionError } from './errors.ts'

/**
 * Misuse and broken invariants. Stays on in production: corruption stops the thread instead of spreading.
 *
 * @param found what the message is about, for hot places: a text made before the call is made in every call
 */
export function assert(condition: boolean, message: string, found?: number): asserts condition {
  if (!condition) throw new AssertionError(found === undefined ? message : `${message}: ${found}`)
}
