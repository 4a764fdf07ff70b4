import { afterEach, describe, expect, it, vi } from 'vitest'
import { health, liveness, readiness } from '../../../src/observe/health.ts'
import { ENGINE_STATE, KAFKA_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const SERIALIZER_0 = 3

function running() {
  const { shared } = new SharedBed()
  shared.control.engineState = ENGINE_STATE.RUNNING
  shared.control.kafkaState = KAFKA_STATE.UP
  for (let slot = 0; slot < shared.layout.slotCount; slot++) {
    if (slot > 0) shared.control.setThreadState(slot, THREAD_STATE.RUNNING)
    shared.control.beat(slot)
  }
  return shared
}

/** Moves the clock that heartbeats are read by. */
function passMs(ms: number): void {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + ms)
}

afterEach(() => vi.restoreAllMocks())

describe('health', () => {
  it('is good while the engine runs and Kafka is up', () => {
    expect(health(running())).toEqual({ healthy: true, engine: 'running', kafka: 'up', reasons: [] })
  })

  it.each(['STARTING', 'PAUSED', 'DRAINING', 'STOPPED'] as const)('is bad while the engine is %s', (state) => {
    const shared = running()
    shared.control.engineState = ENGINE_STATE[state]
    expect(health(shared)).toMatchObject({ healthy: false, reasons: [`the engine is ${state.toLowerCase()}`] })
    expect(readiness(shared).healthy).toBe(false)
  })

  it('is bad while Kafka is down', () => {
    const shared = running()
    shared.control.kafkaState = KAFKA_STATE.DOWN
    expect(health(shared)).toMatchObject({ healthy: false, kafka: 'down', reasons: [expect.stringContaining('Kafka')] })
  })
})

describe('readiness', () => {
  it('needs an ingest thread that runs', () => {
    const shared = running()
    shared.control.setThreadState(1, THREAD_STATE.CLOSED)
    expect(readiness(shared).healthy).toBe(true)
    shared.control.setThreadState(2, THREAD_STATE.FAILED)
    expect(readiness(shared)).toMatchObject({ healthy: false, reasons: ['no ingest thread is running'] })
  })
})

describe('liveness', () => {
  it('is good while every thread beats, whatever Kafka does', () => {
    const shared = running()
    shared.control.kafkaState = KAFKA_STATE.DOWN
    expect(liveness(shared).healthy).toBe(true)
  })

  it('is bad ten seconds after the last beat of a thread, and names it', () => {
    const shared = running()
    passMs(9900)
    expect(liveness(shared).healthy).toBe(true)
    passMs(200)
    for (let slot = 0; slot < shared.layout.slotCount; slot++) if (slot !== SERIALIZER_0) shared.control.beat(slot)
    expect(liveness(shared).reasons).toEqual(['thread serializer-0 has been silent for 10 s'])
  })

  it('expects no beat of threads that are absent or closed, nor of main before it starts', () => {
    const shared = running()
    passMs(60_000)
    for (let slot = 1; slot < shared.layout.slotCount; slot++)
      shared.control.setThreadState(slot, slot % 2 === 0 ? THREAD_STATE.ABSENT : THREAD_STATE.CLOSED)
    expect(liveness(shared).reasons).toEqual(['thread main-0 has been silent for 60 s'])
    shared.control.engineState = ENGINE_STATE.STARTING
    expect(liveness(shared).healthy).toBe(true)
  })

  it('expects a beat of a thread that failed and was not replaced', () => {
    const shared = running()
    shared.control.setThreadState(SERIALIZER_0, THREAD_STATE.FAILED)
    passMs(10_000)
    for (let slot = 0; slot < SERIALIZER_0; slot++) shared.control.beat(slot)
    expect(liveness(shared).reasons).toEqual(expect.arrayContaining([expect.stringContaining('serializer-0')]))
  })
})
