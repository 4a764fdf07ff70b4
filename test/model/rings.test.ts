import { expect, test } from 'vitest'
import {
  OUT_RING_HEADER_BYTES,
  OutRingReader,
  OutRingWriter,
  outRingBytes,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
} from '../../src/shared-memory/out-ring.ts'
import { OutcomeRing, outcomeRingBytes } from '../../src/shared-memory/outcome-ring.ts'
import { forSeeds, type Random } from './seeded.ts'

const ACTIONS = 3000
const START_POSITIONS = [0, 2 ** 31 - 1024, -1024]

interface ModelRecord {
  readonly requestNumber: number
  readonly fill: number
  readonly payloadBytes: number
}

class OutRingScene {
  readonly #random: Random
  readonly #bytes: Uint8Array
  readonly #capacityBytes: number
  readonly #writer: OutRingWriter
  readonly #reader: OutRingReader
  readonly #model: ModelRecord[] = []
  #requestNumber = 0

  constructor(random: Random) {
    this.#random = random
    this.#capacityBytes = 2 ** (10 + random.below(5))
    const buffer = new SharedArrayBuffer(outRingBytes(this.#capacityBytes) + 128)
    this.#bytes = new Uint8Array(buffer)
    this.#bytes.fill(0xee, outRingBytes(this.#capacityBytes))
    const positions = new Int32Array(buffer)
    positions[0] = positions[32] = random.pick(START_POSITIONS)
    this.#writer = new OutRingWriter(buffer, 0, this.#capacityBytes)
    this.#reader = new OutRingReader(buffer, 0, this.#capacityBytes)
  }

  /** Up to half the ring, often small, often less used than claimed, sometimes given up. */
  write(): void {
    const half = this.#capacityBytes / 2 - RECORD_HEADER_BYTES
    const claimBytes = this.#random.below(3) === 0 ? this.#random.below(half + 1) : this.#random.below(100)
    const offset = this.#writer.claim(claimBytes)
    if (offset === 0) expect(this.#model.length, 'an empty ring has room').toBeGreaterThan(0)
    if (offset === 0 || this.#random.below(8) === 0) return
    expect(offset).toBeGreaterThanOrEqual(OUT_RING_HEADER_BYTES)
    expect(offset + claimBytes).toBeLessThanOrEqual(outRingBytes(this.#capacityBytes))
    const fill = this.#random.below(256)
    this.#bytes.fill(fill, offset, offset + claimBytes)
    const record = { requestNumber: this.#requestNumber++, fill, payloadBytes: this.#random.below(claimBytes + 1) }
    this.#writer.commit(record.requestNumber, fill, RECORD_KIND.RECORD, record.payloadBytes)
    this.#model.push(record)
  }

  read(): void {
    const expected = this.#model.shift()
    expect(this.#reader.next()).toBe(expected !== undefined)
    if (expected === undefined) return
    const { requestNumber, generation, payloadOffset, payloadBytes } = this.#reader
    expect([requestNumber, generation, payloadBytes]).toEqual([
      expected.requestNumber,
      expected.fill,
      expected.payloadBytes,
    ])
    const payload = this.#bytes.subarray(payloadOffset, payloadOffset + payloadBytes)
    expect(payload.every((byte) => byte === expected.fill)).toBe(true)
    this.#reader.release()
  }

  checkGuard(): void {
    expect(this.#bytes.subarray(-128).every((byte) => byte === 0xee)).toBe(true)
  }
}

test('the out ring does what an array of byte strings does', () => {
  forSeeds('out ring like an array', 60, (random) => {
    const scene = new OutRingScene(random)
    for (let action = 0; action < ACTIONS; action++) {
      const filling = (action >> 6) % 2 === 0
      if (random.below(4) < (filling ? 3 : 1)) scene.write()
      else scene.read()
    }
    scene.checkGuard()
  })
})

test('the outcome ring does what an array does', () => {
  forSeeds('outcome ring like an array', 60, (random) => {
    const capacity = 2 ** random.below(7)
    const buffer = new SharedArrayBuffer(outcomeRingBytes(capacity))
    const positions = new Int32Array(buffer)
    positions[0] = positions[32] = random.pick(START_POSITIONS)
    const ring = new OutcomeRing(buffer, 0, capacity)
    const model: number[] = []
    for (let action = 0; action < ACTIONS; action++) {
      if (random.below(2) === 0 && model.length < capacity) {
        ring.put(action)
        model.push(action)
      } else {
        expect(ring.take()).toBe(model.shift() ?? -1)
      }
    }
  })
})
