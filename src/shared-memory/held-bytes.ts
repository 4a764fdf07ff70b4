/**
 * Body bytes that each ingress thread holds per signal: being received, queued, in work, or not yet confirmed by
 * Kafka.
 *
 *   0                          128
 *   +--------------------------+--------------------------+
 *   | ingress 0: 4 x int32     | ingress 1: 4 x int32     | ...
 *   +--------------------------+--------------------------+
 *
 * One writer per line, so the limit `otlp.queue.max.bytes` needs no atomic read-modify-write and a thread that dies
 * leaves no wrong sum behind. Words are int32 counts of KiB (rounded up per body): 2^31 KiB is beyond the memory.
 */
import { KIB } from '../base/units.ts'

const LINE_BYTES = 128
const LINE_WORDS = LINE_BYTES / 4

export function heldBytesBytes(ingestThreads: number): number {
  return ingestThreads * LINE_BYTES
}

function kibOf(bytes: number): number {
  return Math.ceil(bytes / KIB)
}

export class HeldBytes {
  readonly #words: Int32Array
  readonly #ingestThreads: number

  constructor(buffer: SharedArrayBuffer, heldBytesOffset: number, ingestThreads: number) {
    this.#words = new Int32Array(buffer, heldBytesOffset, ingestThreads * LINE_WORDS)
    this.#ingestThreads = ingestThreads
  }

  /** The ingress thread itself. */
  add(ingestIndex: number, signalIndex: number, bytes: number): void {
    const at = ingestIndex * LINE_WORDS + signalIndex
    Atomics.store(this.#words, at, this.#words[at]! + kibOf(bytes))
  }

  /** The ingress thread itself, with the same bytes as in `add`. */
  remove(ingestIndex: number, signalIndex: number, bytes: number): void {
    const at = ingestIndex * LINE_WORDS + signalIndex
    Atomics.store(this.#words, at, this.#words[at]! - kibOf(bytes))
  }

  /** Bytes held for a signal by all threads, each body rounded up to a KiB. */
  total(signalIndex: number): number {
    let kib = 0
    for (let ingest = 0; ingest < this.#ingestThreads; ingest++) {
      kib += Atomics.load(this.#words, ingest * LINE_WORDS + signalIndex)
    }
    return kib * KIB
  }
}
