import { describe, expect, it } from 'vitest'
import { snapshot } from '../../../src/observe/snapshot.ts'
import { ENGINE_STATE, KAFKA_STATE, THREAD_STATE } from '../../../src/shared-memory/control-block.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

describe('snapshot', () => {
  it('sums a counter over the threads that write it', () => {
    const { shared } = new SharedBed()
    shared.counters(1).add(counterCell('received_items', 2), 5)
    shared.counters(2).add(counterCell('received_items', 2), 7)
    shared.counters(0).add(counterCell('produced_records', 0), 3)
    const { signals, counters } = snapshot(shared)
    expect(signals.logs.counters.received_items).toBe(12)
    expect(signals.traces.counters.received_items).toBe(0)
    expect(signals.traces.counters.produced_records).toBe(3)
    const received = counters.filter(({ facts, signal }) => facts.name === 'received_items' && signal === 'logs')
    expect(received.map(({ thread, value }) => [thread, value])).toEqual([
      ['ingest-0', 5],
      ['ingest-1', 7],
    ])
  })

  it('has one value in all of a counter that is not per signal', () => {
    const { shared } = new SharedBed()
    shared.counters(0).add(counterCell('producers_created'), 2)
    const readings = snapshot(shared).counters.filter(({ facts }) => facts.name === 'producers_created')
    expect(readings).toMatchObject([{ thread: 'main-0', signal: undefined, value: 2 }])
  })

  it('names states and threads in the order of their slots', () => {
    const { shared } = new SharedBed()
    shared.control.engineState = ENGINE_STATE.DRAINING
    shared.control.kafkaState = KAFKA_STATE.UP
    shared.control.setThreadState(2, THREAD_STATE.CLOSED)
    shared.control.setThreadState(3, THREAD_STATE.RUNNING)
    shared.control.beat(3)
    const { engineState, kafkaUp, threads } = snapshot(shared)
    expect({ engineState, kafkaUp }).toEqual({ engineState: 'draining', kafkaUp: true })
    expect(threads.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'main-0 absent',
      'ingest-0 absent',
      'ingest-1 closed',
      'serializer-0 running',
      'serializer-1 absent',
    ])
    expect(threads[3]!.heartbeatAgeMs).toBeLessThan(5000)
  })

  it('tells how deep the queues are and what they may hold', () => {
    const bed = new SharedBed({ queueCountMax: 100 })
    bed.queue(0, { signal: 1 })
    bed.queue(1, { signal: 1 })
    bed.shared.heldBytes.add(0, 1, 1025)
    const { signals, queueCapacityRequests } = snapshot(bed.shared)
    expect(queueCapacityRequests).toBe(100)
    expect(signals.metrics).toMatchObject({ queueDepthRequests: 2, heldBytes: 2048, queued: { requests: 2 } })
  })
})
