import { AssertionError } from './errors.ts'

/** Misuse and broken invariants. Stays on in production: corruption stops the thread instead of spreading. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}
