import { beforeEach, expect, it } from 'vitest'
import { Tally } from '../../../src/ingest/tally.ts'
import { RETRY_FROM, VERDICT } from '../../../src/ingest/verdict.ts'
import { SIGNAL_COUNT } from '../../../src/otlp/signal.ts'
import type { CounterName } from '../../../src/shared-memory/counter-catalog.ts'
import { COUNTER_BLOCK_BYTES, Counters, CountersReader } from '../../../src/shared-memory/counters.ts'

let tally: Tally
let reader: CountersReader
beforeEach(() => {
  const buffer = new SharedArrayBuffer(COUNTER_BLOCK_BYTES)
  tally = new Tally(new Counters(buffer, 0, 0))
  reader = new CountersReader(buffer, 0, 1)
})

function counts(unit: 'requests' | 'items', signalIndex: number): Record<string, number> {
  const names = ['received', 'delivered', 'rejected', 'refused', 'dropped']
  return Object.fromEntries(names.map((name) => [name, reader.total(`${name}_${unit}` as CounterName, signalIndex)]))
}

it('keeps the signals apart', () => {
  for (let signalIndex = 0; signalIndex < SIGNAL_COUNT; signalIndex++) tally.received(signalIndex, signalIndex + 1, 100)
  expect([0, 1, 2, 3].map((signalIndex) => counts('items', signalIndex).received)).toEqual([1, 2, 3, 4])
})

it('counts a request refused before it decoded once, with no items', () => {
  tally.undecoded(2, VERDICT.KAFKA_DOWN)
  expect(counts('requests', 2)).toEqual({ received: 1, delivered: 0, rejected: 0, refused: 1, dropped: 0 })
  expect(counts('items', 2).received).toBe(0)
  expect(reader.total('refused_kafka_down', 2)).toBe(1)
})

it.each([VERDICT.BODY_TOO_LARGE, VERDICT.BAD_CODING, VERDICT.BAD_BODY, -1])(
  'counts verdict %i as rejected',
  (verdict) => {
    tally.undecoded(1, verdict)
    expect(counts('requests', 1)).toEqual({ received: 1, delivered: 0, rejected: 1, refused: 0, dropped: 0 })
  },
)

it('has a cause for every retryable verdict but late bodies and our own faults', () => {
  const causes = ['queue_full', 'memory_full', 'kafka_down', 'not_running', 'deadline', 'kafka_error']
  for (let verdict: number = RETRY_FROM; verdict <= VERDICT.FAULT; verdict++) tally.refused(0, 5, verdict)
  expect(causes.map((cause) => reader.total(`refused_${cause}` as CounterName, 0))).toEqual([1, 1, 1, 1, 1, 1])
  expect(counts('items', 0).refused).toBe(40)
})
