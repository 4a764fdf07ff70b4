import { expect, test } from 'vitest'
import {
  OUT_RING_HEADER_BYTES,
  OutRingReader,
  OutRingWriter,
  outRingBytes,
  RECORD_KIND,
} from '../../src/shared-memory/out-ring.ts'
import { OutcomeRing, outcomeRingBytes } from '../../src/shared-memory/outcome-ring.ts'
import { record } from './record.ts'

const NAMES = { 0: 'writePosition', 128: 'readPosition' }
const CAPACITY_BYTES = 1024
const RECORD_WORD = OUT_RING_HEADER_BYTES / 4

function outRing(position = 0): { writer: OutRingWriter; reader: OutRingReader; words: Int32Array } {
  const buffer = new SharedArrayBuffer(outRingBytes(CAPACITY_BYTES))
  const words = new Int32Array(buffer)
  words[0] = position
  words[32] = position
  return {
    writer: new OutRingWriter(buffer, 0, CAPACITY_BYTES),
    reader: new OutRingReader(buffer, 0, CAPACITY_BYTES),
    words,
  }
}

test('a claim publishes nothing', () => {
  const { writer } = outRing()
  expect(record(NAMES, () => void writer.claim(100))).toEqual(['load readPosition'])
})

test('a commit publishes the position after the header', () => {
  const { writer, words } = outRing()
  writer.claim(100)
  const headers: number[][] = []
  const look = (): void => void headers.push([...words.subarray(RECORD_WORD, RECORD_WORD + 4)])
  expect(record(NAMES, () => writer.commit(7, 3, RECORD_KIND.RECORD, 90), look)).toEqual(['store writePosition 128'])
  expect(headers).toEqual([[90, 7, 3, RECORD_KIND.RECORD]])
})

test('a record that does not fit before the end is published together with the padding, after both headers', () => {
  const { writer, words } = outRing(960)
  const kinds: number[] = []
  words[RECORD_WORD + 960 / 4 + 3] = RECORD_KIND.RECORD
  const write = (): void => {
    writer.claim(200)
    writer.commit(1, 1, RECORD_KIND.FROM_ARENA, 200)
  }
  const lines = record(NAMES, write, () => {
    kinds.push(words[RECORD_WORD + 960 / 4 + 3]!, words[RECORD_WORD + 3]!)
  })
  expect(lines).toEqual(['load readPosition', 'store writePosition 1280'])
  expect(kinds.slice(2)).toEqual([RECORD_KIND.PADDING, RECORD_KIND.FROM_ARENA])
})

test('the reader loads the write position before the record, and gives the bytes back only when told', () => {
  const { writer, reader } = outRing()
  writer.claim(10)
  writer.commit(1, 1, RECORD_KIND.RECORD, 10)
  expect(record(NAMES, () => void reader.next())).toEqual(['load writePosition'])
  expect(record(NAMES, () => reader.release())).toEqual(['store readPosition 64'])
  expect(record(NAMES, () => void reader.next())).toEqual(['load writePosition'])
})

test('the reader gives padding back by itself', () => {
  const { writer, reader } = outRing(960)
  writer.claim(200)
  writer.commit(1, 1, RECORD_KIND.RECORD, 200)
  expect(record(NAMES, () => void reader.next())).toEqual([
    'load writePosition',
    'store readPosition 1024',
    'load writePosition',
  ])
})

test('the outcome ring publishes the position after the number, and gives the cell back after reading it', () => {
  const buffer = new SharedArrayBuffer(outcomeRingBytes(4))
  const ring = new OutcomeRing(buffer, 0, 4)
  const words = new Int32Array(buffer)
  const numbers: number[] = []
  expect(
    record(
      NAMES,
      () => ring.put(42),
      () => numbers.push(words[64]!),
    ),
  ).toEqual(['load readPosition', 'store writePosition 1'])
  expect(numbers.at(-1)).toBe(42)
  expect(record(NAMES, () => void ring.take())).toEqual(['load writePosition', 'store readPosition 1'])
  expect(record(NAMES, () => void ring.take())).toEqual(['load writePosition'])
})
