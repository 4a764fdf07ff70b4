import { beforeEach, expect, test } from 'vitest'
import {
  OUT_RING_HEADER_BYTES,
  OutRingReader,
  OutRingWriter,
  outRingBytes,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
} from '../../../src/shared-memory/out-ring.ts'

const RING_OFFSET = 256
const CAPACITY_BYTES = 1024
const FIRST_PAYLOAD = RING_OFFSET + OUT_RING_HEADER_BYTES + RECORD_HEADER_BYTES
let writer: OutRingWriter
let reader: OutRingReader

beforeEach(() => {
  const buffer = new SharedArrayBuffer(RING_OFFSET + outRingBytes(CAPACITY_BYTES))
  writer = new OutRingWriter(buffer, RING_OFFSET, CAPACITY_BYTES)
  reader = new OutRingReader(buffer, RING_OFFSET, CAPACITY_BYTES)
})

function write(payloadBytes: number, requestNumber = 1): boolean {
  if (writer.claim(payloadBytes) === 0) return false
  writer.commit(requestNumber, 2, RECORD_KIND.RECORD, payloadBytes)
  return true
}

test('a record arrives with number, generation, kind and the place of its payload', () => {
  expect(writer.claim(100)).toBe(FIRST_PAYLOAD)
  writer.commit(77, 5, RECORD_KIND.RECORD, 60)
  expect(reader.next()).toBe(true)
  expect(reader).toMatchObject({ payloadOffset: FIRST_PAYLOAD, payloadBytes: 60, requestNumber: 77, generation: 5 })
  expect(reader.kind).toBe(RECORD_KIND.RECORD)
})

test('a record without payload arrives', () => {
  writer.claim(0)
  writer.commit(9, 1, RECORD_KIND.TOO_LARGE, 0)
  expect(reader.next()).toBe(true)
  expect(reader).toMatchObject({ payloadBytes: 0, requestNumber: 9, kind: RECORD_KIND.TOO_LARGE })
})

test('what is claimed and not committed is not there, and the next claim takes its place', () => {
  expect(writer.claim(400)).toBe(FIRST_PAYLOAD)
  expect(reader.next()).toBe(false)
  expect(writer.claim(10)).toBe(FIRST_PAYLOAD)
})

test('a record stays until it is released', () => {
  write(10, 4)
  expect([reader.next(), reader.next(), reader.requestNumber]).toEqual([true, true, 4])
  reader.release()
  expect(reader.next()).toBe(false)
})

test('a full ring refuses, and has room again when a record is released', () => {
  for (let records = 0; records < 4; records++) expect(write(200)).toBe(true)
  expect(write(1)).toBe(false)
  reader.next()
  reader.release()
  expect(write(200)).toBe(true)
})

test('payloads are contiguous: the rest of the ring is skipped when it is too short', () => {
  write(400, 1)
  write(300, 2)
  reader.next()
  reader.release()
  expect(writer.claim(350)).toBe(FIRST_PAYLOAD)
  writer.commit(3, 2, RECORD_KIND.RECORD, 350)
  reader.next()
  expect(reader.requestNumber).toBe(2)
  reader.release()
  reader.next()
  expect(reader).toMatchObject({ requestNumber: 3, payloadOffset: FIRST_PAYLOAD })
})

test('a ring whose reader has caught up starts again at its first bytes', () => {
  for (let round = 0; round < 5; round++) {
    expect(writer.claim(100)).toBe(FIRST_PAYLOAD)
    writer.commit(round, 0, RECORD_KIND.RECORD, 100)
    reader.next()
    reader.release()
  }
})

test('an empty ring has room for the largest record, wherever its positions stand', () => {
  const largest = CAPACITY_BYTES / 2 - RECORD_HEADER_BYTES
  for (let step = 0; step < 40; step++) {
    expect(write(largest)).toBe(true)
    expect(reader.next()).toBe(true)
    reader.release()
    write(step % 3 === 0 ? 1 : 70)
    reader.next()
    reader.release()
  }
})

test('misuse is an assertion', () => {
  expect(() => writer.claim(CAPACITY_BYTES / 2)).toThrow(/half the out ring/)
  expect(() => writer.commit(1, 1, RECORD_KIND.RECORD, 0)).toThrow(/without such a claim/)
  writer.claim(10)
  expect(() => writer.commit(1, 1, RECORD_KIND.RECORD, 11)).toThrow(/without such a claim/)
  expect(() => writer.commit(1, 1, RECORD_KIND.RECORD, -1)).toThrow(/without such a claim/)
  expect(() => reader.release()).toThrow(/did not return/)
  expect(() => new OutRingReader(new SharedArrayBuffer(4096), 0, 1000)).toThrow(/power of two/)
})

test('peek shows what is committed across the end of the ring, and takes nothing', () => {
  for (let requestNumber = 1; requestNumber <= 3; requestNumber++) expect(write(280, requestNumber)).toBe(true)
  for (let taken = 0; taken < 2; taken++) {
    expect(reader.next()).toBe(true)
    reader.release()
  }
  for (let requestNumber = 4; requestNumber <= 5; requestNumber++) expect(write(200, requestNumber)).toBe(true)
  expect(writer.claim(16)).not.toBe(0)
  for (let look = 0; look < 2; look++) {
    const seen: number[][] = []
    reader.peek((requestNumber, generation) => seen.push([requestNumber, generation]))
    expect(seen).toEqual([3, 4, 5].map((requestNumber) => [requestNumber, 2]))
  }
  expect(reader.next()).toBe(true)
  expect(reader.requestNumber).toBe(3)
})
