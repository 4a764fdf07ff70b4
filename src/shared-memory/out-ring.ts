/**
 * Byte ring from one serializer (writer) to the main thread (reader).
 *
 *   0               128             256
 *   +---------------+---------------+----------------------------------------------+
 *   | writePosition | readPosition  | record | record | ... | padding              |
 *   +---------------+---------------+----------------------------------------------+
 *
 * record, aligned to RECORD_ALIGNMENT:
 *
 *   0              4               8            12      16
 *   +--------------+---------------+------------+-------+---------------------------+
 *   | payloadBytes | requestNumber | generation | kind  | payload ...               |
 *   +--------------+---------------+------------+-------+---------------------------+
 *
 * - A payload is contiguous: where the rest of the ring is too short, a PADDING record fills it.
 * - The writer claims the largest payload it may need, serializes in place and commits what it used.
 * - P4: the store of writePosition publishes header and payload, and the padding before them. P7: the store of
 *   readPosition gives the bytes back. A writer that gives a claim up or dies before P4 leaves nothing behind.
 * - When the reader has caught up, the writer starts again at index 0: under a load that the reader keeps up with, the
 *   ring uses only its first, cached bytes.
 */
import { assert } from '../base/assert.ts'
import { alignUp } from '../base/units.ts'
import { advance, distance, indexOf } from './position.ts'

const LINE_BYTES = 128
export const OUT_RING_HEADER_BYTES = 2 * LINE_BYTES
export const RECORD_HEADER_BYTES = 16
export const RECORD_ALIGNMENT = 64

export const RECORD_KIND = {
  PADDING: 0,
  /** Payload is the Kafka record of the request. */
  RECORD: 1,
  /** No payload: the request's own bytes are the record. */
  FROM_ARENA: 2,
  /** No payload: the record would exceed kafka.record.max.bytes. */
  TOO_LARGE: 3,
  /** No payload: the request could not be serialized (its bytes changed after the scan; a bug of ours). */
  UNSERIALIZABLE: 4,
  /** No payload: its client had been answered before it was serialized. */
  CANCELLED: 5,
} as const
export type RecordKind = (typeof RECORD_KIND)[keyof typeof RECORD_KIND]

export function outRingBytes(capacityBytes: number): number {
  return OUT_RING_HEADER_BYTES + capacityBytes
}

interface Views {
  readonly write: Int32Array
  readonly read: Int32Array
  readonly records: Int32Array
  readonly recordsOffset: number
  readonly capacityBytes: number
}

function views(buffer: SharedArrayBuffer, ringOffset: number, capacityBytes: number): Views {
  assert(
    Number.isInteger(Math.log2(capacityBytes)) && capacityBytes >= 1024 && capacityBytes <= 2 ** 30,
    `out ring of ${capacityBytes} bytes is not a power of two from 1024 to 2^30`,
  )
  const recordsOffset = ringOffset + OUT_RING_HEADER_BYTES
  return {
    write: new Int32Array(buffer, ringOffset, 1),
    read: new Int32Array(buffer, ringOffset + LINE_BYTES, 1),
    records: new Int32Array(buffer, recordsOffset, capacityBytes / 4),
    recordsOffset,
    capacityBytes,
  }
}

/** The writer's side; one thread. */
export class OutRingWriter {
  readonly #views: Views
  #claimedPosition = 0
  /** Index of the claimed record in bytes; -1 when nothing is claimed. */
  #claimedIndex = -1
  #claimedBytesMax = 0

  constructor(buffer: SharedArrayBuffer, ringOffset: number, capacityBytes: number) {
    this.#views = views(buffer, ringOffset, capacityBytes)
  }

  /**
   * Reserves room for a payload of up to `payloadBytesMax` bytes.
   * @returns offset of the payload in the shared memory, or 0 when the ring has no such room now
   */
  claim(payloadBytesMax: number): number {
    const { write, read, capacityBytes, recordsOffset } = this.#views
    const needed = alignUp(RECORD_HEADER_BYTES + payloadBytesMax, RECORD_ALIGNMENT)
    assert(needed <= capacityBytes / 2, 'a record exceeds half the out ring, in bytes', payloadBytesMax)
    const position = write[0]!
    const readPosition = Atomics.load(read, 0) // observes P7
    const index = indexOf(position, capacityBytes)
    const toEnd = capacityBytes - index
    const caughtUp = position === readPosition
    // Behind the reader's own index there must be room too: the padding header is still to be read.
    const pads = toEnd < needed || (caughtUp && index >= needed)
    const start = pads ? advance(position, toEnd) : position
    if (distance(advance(start, needed), readPosition) > capacityBytes) return 0
    if (pads) this.#pad(index, toEnd)
    this.#claimedPosition = start
    this.#claimedIndex = indexOf(start, capacityBytes)
    this.#claimedBytesMax = payloadBytesMax
    return recordsOffset + this.#claimedIndex + RECORD_HEADER_BYTES
  }

  /** Publishes the claimed record with the bytes really used, and the padding before it. */
  commit(requestNumber: number, generation: number, kind: RecordKind, payloadBytes: number): void {
    const { write, records } = this.#views
    assert(
      this.#claimedIndex >= 0 && payloadBytes >= 0 && payloadBytes <= this.#claimedBytesMax,
      'commit without such a claim, in bytes',
      payloadBytes,
    )
    const at = this.#claimedIndex / 4
    records[at] = payloadBytes
    records[at + 1] = requestNumber
    records[at + 2] = generation
    records[at + 3] = kind
    this.#claimedIndex = -1
    const recordBytes = alignUp(RECORD_HEADER_BYTES + payloadBytes, RECORD_ALIGNMENT)
    Atomics.store(write, 0, advance(this.#claimedPosition, recordBytes)) // P4
  }

  /** Published by the commit: padding of a claim that is given up must not take room from the next one. */
  #pad(index: number, bytes: number): void {
    const { records } = this.#views
    records[index / 4] = bytes - RECORD_HEADER_BYTES
    records[index / 4 + 3] = RECORD_KIND.PADDING
  }
}

/** The reader's side; one thread. After `next()` returned true the fields describe the record until `release()`. */
export class OutRingReader {
  readonly #views: Views
  #holdsRecord = false
  payloadOffset = 0
  payloadBytes = 0
  requestNumber = 0
  generation = 0
  kind: RecordKind = RECORD_KIND.PADDING

  constructor(buffer: SharedArrayBuffer, ringOffset: number, capacityBytes: number) {
    this.#views = views(buffer, ringOffset, capacityBytes)
  }

  /** @returns false when nothing is committed; can be late, never wrong */
  next(): boolean {
    const { write, read, records, recordsOffset, capacityBytes } = this.#views
    for (;;) {
      const position = read[0]!
      if (Atomics.load(write, 0) === position) return false // observes P4
      const index = indexOf(position, capacityBytes)
      const at = index / 4
      this.payloadBytes = records[at]!
      this.kind = records[at + 3] as RecordKind
      if (this.kind !== RECORD_KIND.PADDING) {
        this.requestNumber = records[at + 1]!
        this.generation = records[at + 2]!
        this.payloadOffset = recordsOffset + index + RECORD_HEADER_BYTES
        this.#holdsRecord = true
        return true
      }
      this.#giveBack()
    }
  }

  /** Shows every committed record and takes none. Main only, like `next()`. */
  peek(visit: (requestNumber: number, generation: number) => void): void {
    const { write, read, records, capacityBytes } = this.#views
    const end = Atomics.load(write, 0) // observes P4
    for (let position = read[0]!; position !== end; ) {
      const at = indexOf(position, capacityBytes) / 4
      if (records[at + 3] !== RECORD_KIND.PADDING) visit(records[at + 1]!, records[at + 2]!)
      position = advance(position, alignUp(RECORD_HEADER_BYTES + records[at]!, RECORD_ALIGNMENT))
    }
  }

  /** Gives the bytes of the current record back to the writer. Once per `next()` that returned true. */
  release(): void {
    assert(this.#holdsRecord, 'release of an out record that next() did not return')
    this.#holdsRecord = false
    this.#giveBack()
  }

  #giveBack(): void {
    const { read } = this.#views
    Atomics.store(read, 0, advance(read[0]!, alignUp(RECORD_HEADER_BYTES + this.payloadBytes, RECORD_ALIGNMENT))) // P7
  }
}
