import { expect, it } from 'vitest'
import { snapshot } from '../../../src/observe/snapshot.ts'
import { taskMetricsFields } from '../../../src/observe/task-metrics.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

it('sums over signals and threads, and names the depth of each queue', () => {
  const bed = new SharedBed()
  bed.shared.counters(1).add(counterCell('received_items', 0), 5)
  bed.shared.counters(2).add(counterCell('received_items', 3), 7)
  bed.queue(0, { signal: 3, items: 2 })
  bed.take(1, 3, { signal: 0, items: 9 })
  expect(taskMetricsFields(snapshot(bed.shared))).toMatchObject({
    engine: 'starting',
    kafka: 'down',
    received_items: 12,
    delivered_items: 0,
    profiles_queue_size: 1,
    queue_capacity: 8,
    queued_items: 2,
    in_flight_items: 9,
    conservation_error_items: 1,
  })
})

it('has a value in every field', () => {
  const fields = taskMetricsFields(snapshot(new SharedBed().shared))
  for (const [name, value] of Object.entries(fields))
    expect(Number.isNaN(value) || value === undefined, name).toBe(false)
})
