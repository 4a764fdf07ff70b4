/**
 * Runs code with `Atomics` replaced, so that each call of it becomes a step that somebody else decides about.
 * One patch for all kinds: the code under test always calls `Atomics.name(…)`, never a saved function.
 */
export const REAL_ATOMICS = {
  load: Atomics.load,
  store: Atomics.store,
  add: Atomics.add,
  sub: Atomics.sub,
  compareExchange: Atomics.compareExchange,
  notify: Atomics.notify,
  wait: Atomics.wait,
}
export type AtomicName = keyof typeof REAL_ATOMICS
export type AtomicResult = number | 'ok' | 'not-equal' | 'timed-out'

export interface AtomicCall {
  readonly name: AtomicName
  readonly array: Int32Array
  readonly index: number
  readonly values: readonly number[]
}

const NAMES = Object.keys(REAL_ATOMICS) as AtomicName[]

/** Everything in `body` that calls Atomics calls `replacement` instead. */
export function withAtomics<T>(replacement: (call: AtomicCall) => AtomicResult, body: () => T): T {
  for (const name of NAMES) {
    const call = (array: Int32Array, index: number, ...values: number[]): AtomicResult =>
      replacement({ name, array, index, values })
    Object.assign(Atomics, { [name]: call })
  }
  try {
    return body()
  } finally {
    Object.assign(Atomics, REAL_ATOMICS)
  }
}

/** The call as the machine would do it. `wait` and `notify` are the scheduler's business and not allowed here. */
export function perform(call: AtomicCall): number {
  const { name, array, index, values } = call
  if (name === 'wait' || name === 'notify') throw new Error(`${name} cannot be performed alone`)
  const real = REAL_ATOMICS[name] as (array: Int32Array, index: number, ...values: number[]) => number
  return real(array, index, ...values)
}

/** Index of the word in the whole buffer. */
export function wordOf(call: AtomicCall): number {
  return call.array.byteOffset / 4 + call.index
}
