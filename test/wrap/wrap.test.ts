/** Positions and low words that start just before 2^31 and 2^32, in every structure that has them. */
import { expect, test } from 'vitest'
import { COUNTER_BLOCK_BYTES, Counters, CountersReader, counterCell } from '../../src/shared-memory/counters.ts'
import {
  OUT_RING_HEADER_BYTES,
  OutRingReader,
  OutRingWriter,
  outRingBytes,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
} from '../../src/shared-memory/out-ring.ts'
import { OutcomeRing, outcomeRingBytes } from '../../src/shared-memory/outcome-ring.ts'
import { BELL_BYTES, Bell } from '../../src/shared-memory/park.ts'
import { NOTHING, queueBytes, queueWords, resetQueue } from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { queueDepth, queueTake } from '../../src/shared-memory/queue-take.ts'

const WRITE_WORD = 0
const READ_WORD = 128 / 4
const BEFORE_2_31 = 2 ** 31
const BEFORE_2_32 = 2 ** 32

/** Positions a few turns before each wrap, as the int32 they are stored as. */
const STARTS = [BEFORE_2_31, BEFORE_2_32].flatMap((wrap) => [1, 2, 63, 64, 100].map((before) => (wrap - before) | 0))

test.each(STARTS)('the queue keeps order, limit and depth from position %d on', (start) => {
  const queue = queueWords(new SharedArrayBuffer(queueBytes(8)), 0, 8)
  resetQueue(queue, start)
  for (let number = 0; number < 300; number += 5) {
    for (let step = 0; step < 5; step++) expect(queuePut(queue, number + step, 5)).toBe(true)
    expect([queuePut(queue, 999, 5), queueDepth(queue)]).toEqual([false, 5])
    for (let step = 0; step < 5; step++) expect(queueTake(queue, () => true)).toBe(number + step)
    expect(queueTake(queue, () => true)).toBe(NOTHING)
  }
})

test.each(STARTS)('the queue is full at its capacity from position %d on', (start) => {
  const queue = queueWords(new SharedArrayBuffer(queueBytes(4)), 0, 4)
  resetQueue(queue, start)
  for (let round = 0; round < 60; round++) {
    expect([1, 2, 3, 4, 5].map((number) => queuePut(queue, number, 2 ** 30))).toEqual([true, true, true, true, false])
    expect([1, 2, 3, 4].map(() => queueTake(queue, () => true))).toEqual([1, 2, 3, 4])
  }
})

/** Out-ring positions are multiples of the record alignment. */
test.each(STARTS)('the out ring carries records of all sizes from position %d * 64 on', (start) => {
  const capacityBytes = 1024
  const buffer = new SharedArrayBuffer(outRingBytes(capacityBytes))
  const positions = new Int32Array(buffer)
  positions[WRITE_WORD] = positions[READ_WORD] = start & ~63
  const writer = new OutRingWriter(buffer, 0, capacityBytes)
  const reader = new OutRingReader(buffer, 0, capacityBytes)
  const bytes = new Uint8Array(buffer)
  const largest = capacityBytes / 2 - RECORD_HEADER_BYTES
  const waiting: number[] = []
  let number = 0
  const readOne = (): void => {
    expect(reader.next()).toBe(true)
    expect(reader.requestNumber).toBe(waiting.shift())
    expect(bytes[reader.payloadOffset]).toBe(reader.requestNumber & 0xff)
    expect(reader.payloadOffset + reader.payloadBytes).toBeLessThanOrEqual(OUT_RING_HEADER_BYTES + capacityBytes)
    reader.release()
  }
  for (const payloadBytes of Array.from({ length: 200 }, (_, round) => 1 + ((round * 37) % largest))) {
    let offset = writer.claim(payloadBytes)
    while (offset === 0) {
      readOne()
      offset = writer.claim(payloadBytes)
    }
    bytes[offset] = number & 0xff
    writer.commit(number, 0, RECORD_KIND.RECORD, payloadBytes)
    waiting.push(number++)
  }
  while (waiting.length > 0) readOne()
  expect(reader.next()).toBe(false)
})

test.each(STARTS)('the outcome ring keeps order and capacity from position %d on', (start) => {
  const buffer = new SharedArrayBuffer(outcomeRingBytes(4))
  const positions = new Int32Array(buffer)
  positions[WRITE_WORD] = positions[READ_WORD] = start
  const ring = new OutcomeRing(buffer, 0, 4)
  for (let round = 0; round < 60; round++) {
    for (const number of [1, 2, 3, 4]) ring.put(number)
    expect(() => ring.put(5)).toThrow(/settled twice/)
    expect([1, 2, 3, 4, 5].map(() => ring.take())).toEqual([1, 2, 3, 4, -1])
  }
})

test.each([BEFORE_2_31, BEFORE_2_32])('a counter counts on across a low word of %d', (wrap) => {
  const buffer = new SharedArrayBuffer(COUNTER_BLOCK_BYTES)
  const counters = new Counters(buffer, 0, 0)
  const reader = new CountersReader(buffer, 0, 1)
  const cell = counterCell('received_items', 3)
  counters.add(cell, wrap - 3)
  for (let added = 1; added <= 10; added++) {
    counters.add(cell, 1)
    expect(reader.ofThread(0, 'received_items', 3)).toBe(wrap - 3 + added)
  }
})

test.each([BEFORE_2_31, BEFORE_2_32])('a bell rings across a sequence of %d', (wrap) => {
  const buffer = new SharedArrayBuffer(BELL_BYTES)
  const bell = new Bell(buffer, 0)
  new Int32Array(buffer)[0] = (wrap - 1) | 0
  const seen = bell.sequence()
  bell.ring()
  expect(bell.sequence()).not.toBe(seen)
  bell.wait(seen, 10_000)
})
