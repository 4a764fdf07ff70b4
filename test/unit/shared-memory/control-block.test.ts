import { expect, test } from 'vitest'
import { monotonicMs32 } from '../../../src/base/clock.ts'
import {
  ControlBlock,
  controlBlockBytes,
  ENGINE_STATE,
  KAFKA_STATE,
  THREAD_STATE,
} from '../../../src/shared-memory/control-block.ts'

const OFFSET = 256
const SLOTS = 3

function twoViews(): [ControlBlock, ControlBlock, Int32Array] {
  const buffer = new SharedArrayBuffer(OFFSET + controlBlockBytes(SLOTS))
  const view = (): ControlBlock => new ControlBlock(buffer, OFFSET, SLOTS)
  return [view(), view(), new Int32Array(buffer)]
}

test('what one view stores the other reads', () => {
  const [writer, reader] = twoViews()
  writer.engineState = ENGINE_STATE.DRAINING
  writer.kafkaState = KAFKA_STATE.UP
  writer.setThreadState(2, THREAD_STATE.FAILED)
  expect([reader.engineState, reader.kafkaState]).toEqual([ENGINE_STATE.DRAINING, KAFKA_STATE.UP])
  expect([0, 1, 2].map((slot) => reader.threadState(slot))).toEqual([0, 0, THREAD_STATE.FAILED])
})

test('a beat is young, and an old one shows its age across the wrap of the clock', () => {
  const [writer, reader, words] = twoViews()
  writer.beat(0)
  expect(reader.beatAgeMs(0)).toBeLessThan(1000)
  const heartbeatAt = words.indexOf(words.find((word) => word !== 0)!)
  words[heartbeatAt] = (monotonicMs32() - 2 ** 30) | 0
  expect(reader.beatAgeMs(0)).toBeGreaterThanOrEqual(2 ** 30)
})

test('every slot has its own bell, the work bell is another one', () => {
  const [writer, reader] = twoViews()
  const bells = (view: ControlBlock) => [view.workBell, view.bell(0), view.bell(1), view.bell(2)]
  bells(writer).forEach((bell, index) => {
    for (let rings = 0; rings <= index; rings++) bell.ring()
  })
  expect(bells(reader).map((bell) => bell.sequence())).toEqual([1, 2, 3, 4])
})

test('ends where it says: nothing is stored beyond its bytes', () => {
  const guarded = new Int32Array(new SharedArrayBuffer(controlBlockBytes(SLOTS) + 128))
  const block = new ControlBlock(guarded.buffer, 0, SLOTS)
  block.beat(SLOTS - 1)
  block.bell(SLOTS - 1).ring()
  expect(guarded.subarray(controlBlockBytes(SLOTS) / 4).every((word) => word === 0)).toBe(true)
})

test('a bell shares no word with the state of its thread', () => {
  const [block, reader] = twoViews()
  block.setThreadState(1, THREAD_STATE.RUNNING)
  for (let rings = 0; rings < 5; rings++) block.bell(1).ring()
  expect(reader.threadState(1)).toBe(THREAD_STATE.RUNNING)
})
