import { describe, expect, it } from 'vitest'
import { ConnectorCounters, type ConnectorValues } from '../../../src/observe/connector-values.ts'
import { snapshot } from '../../../src/observe/snapshot.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { OUTCOME } from '../../../src/shared-memory/request-table.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

const PROFILES = 3
const values = (bed: SharedBed, counters = new ConnectorCounters()): ConnectorValues =>
  counters.values(snapshot(bed.shared))
const count = (bed: SharedBed, slot: number, name: string, amount: number, signal = 0): void =>
  bed.shared.counters(slot).add(counterCell(name, signal), amount)

describe('ConnectorCounters', () => {
  it('counts requests that are in Kafka, on their way, or lost, and no refused or rejected ones', () => {
    const bed = new SharedBed()
    for (const [name, amount] of [
      ['received', 100],
      ['refused', 40],
      ['rejected', 30],
      ['delivered', 20],
      ['dropped', 4],
      ['late', 2],
    ] as const) {
      count(bed, 1, `${name}_requests`, amount)
    }
    bed.queue(0)
    bed.queue(1)
    bed.take(2, 3)
    bed.take(3, 3)
    bed.shared.requests.markAnswered(3)
    expect(values(bed)).toMatchObject({
      TracesReceived: 30,
      TotalMessagesReceived: 30,
      TracesDropped: 4,
      TotalMessagesDropped: 4,
    })
    expect(values(bed).DropRate).toBeCloseTo((4 / 30) * 100)
  })

  it('lags by the messages that are not yet records', () => {
    const bed = new SharedBed()
    count(bed, 1, 'delivered_requests', 5)
    count(bed, 0, 'produced_records', 5)
    expect(values(bed).TotalLagCount).toBe(0)
    bed.queue(0)
    bed.take(1, 3, { signal: 2 })
    const { TotalLagCount, TotalMessagesReceived, RecordsProduced } = values(bed)
    expect(TotalLagCount).toBe(2)
    expect(TotalLagCount).toBe(TotalMessagesReceived - RecordsProduced)
  })

  it('does not lag for messages that made no record or several', () => {
    const bed = new SharedBed()
    count(bed, 1, 'delivered_requests', 5)
    expect(values(bed)).toMatchObject({ RecordsProduced: 0, TotalLagCount: 0 })
    count(bed, 0, 'produced_records', 9)
    expect(values(bed)).toMatchObject({ RecordsProduced: 9, TotalLagCount: 0 })
  })

  it('never shows a received counter that goes back', () => {
    const bed = new SharedBed()
    const counters = new ConnectorCounters()
    bed.take(0, 3)
    expect(values(bed, counters).TracesReceived).toBe(1)
    bed.shared.requests.settle(0, OUTCOME.UNKNOWN)
    bed.shared.requests.close(0)
    expect(values(bed, counters).TracesReceived).toBe(1)
    count(bed, 1, 'delivered_requests', 3)
    expect(values(bed, counters).TracesReceived).toBe(3)
  })

  it('knows the depth of each queue and the fullest of the three', () => {
    const bed = new SharedBed({ queueCountMax: 8 })
    bed.queue(0)
    bed.queue(1, { signal: 1 })
    bed.queue(2, { signal: 1 })
    for (let request = 3; request < 7; request++) bed.queue(request, { signal: PROFILES })
    expect(values(bed)).toMatchObject({
      TracesQueueSize: 1,
      MetricsQueueSize: 2,
      LogsQueueSize: 0,
      QueueCapacity: 8,
      MaxQueueUtilizationPercent: 25,
    })
  })

  it('leaves profiles out: the connector has none', () => {
    const bed = new SharedBed()
    count(bed, 1, 'delivered_requests', 5, PROFILES)
    count(bed, 0, 'produced_records', 5, PROFILES)
    expect(values(bed)).toMatchObject({ TotalMessagesReceived: 0, RecordsProduced: 0, TotalLagCount: 0, DropRate: 0 })
  })
})
