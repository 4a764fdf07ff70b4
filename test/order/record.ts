import {
  type AtomicCall,
  type AtomicName,
  type AtomicResult,
  REAL_ATOMICS,
  withAtomics,
} from '../interleave/atomic-calls.ts'

/** The words of a buffer by name: byte offset to what a reader of the test should see. */
export type WordNames = Readonly<Record<number, string>>

/**
 * Runs `body` on the real Atomics and writes down each call: `store writePosition 64`.
 * `beforeCall` looks at the memory as another thread would find it the moment before that call.
 */
export function record(names: WordNames, body: () => void, beforeCall?: (line: string) => void): string[] {
  const lines: string[] = []
  const log = (call: AtomicCall): AtomicResult => {
    const offset = call.array.byteOffset + call.index * 4
    const line = [call.name, names[offset] ?? `offset ${offset}`, ...call.values].join(' ')
    beforeCall?.(line)
    lines.push(line)
    return performAny(call)
  }
  withAtomics(log, body)
  return lines
}

function performAny({ name, array, index, values }: AtomicCall): AtomicResult {
  const real = REAL_ATOMICS[name as AtomicName] as (
    array: Int32Array,
    index: number,
    ...values: number[]
  ) => AtomicResult
  return real(array, index, ...values)
}
