import { expect, it } from 'vitest'
import type { LogFields } from '../../../src/base/log.ts'
import { LossLog } from '../../../src/ingest/loss-log.ts'
import { Tally } from '../../../src/ingest/tally.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { COUNTER_BLOCK_BYTES, Counters } from '../../../src/shared-memory/counters.ts'

it('says the first refusal at its next look, then at most one line per cause and interval, with the count', () => {
  const tally = new Tally(new Counters(new SharedArrayBuffer(COUNTER_BLOCK_BYTES), 0, 0))
  const lines: LogFields[] = []
  const log = new LossLog(tally, (_level, event, fields = {}) => lines.push({ event, ...fields }))
  log.poll(0)
  expect(lines).toEqual([])
  tally.refused(0, 1, VERDICT.QUEUE_FULL)
  log.poll(99)
  expect(lines).toEqual([])
  log.poll(100)
  for (let turn = 0; turn < 1000; turn++) {
    tally.refused(turn % 4, 1, VERDICT.QUEUE_FULL)
    tally.undecoded(0, VERDICT.KAFKA_DOWN)
    log.poll(101 + turn)
  }
  log.poll(20_000)
  expect(lines.map(({ event, cause, count }) => [event, cause, count])).toEqual([
    ['request_refused', 'queue_full', 1],
    ['request_refused', 'queue_full', 1000],
    ['request_refused', 'kafka_down', 1000],
  ])
})

it('says how many acknowledged items were dropped, by signal', () => {
  const tally = new Tally(new Counters(new SharedArrayBuffer(COUNTER_BLOCK_BYTES), 0, 0))
  const lines: LogFields[] = []
  const log = new LossLog(tally, (level, event, fields = {}) => lines.push({ level, event, ...fields }))
  tally.dropped(0, 5)
  tally.dropped(2, 7)
  tally.dropped(2, 1)
  log.poll(1)
  log.poll(20_000)
  expect(lines.map(({ level, event, items }) => [level, event, items])).toEqual([
    ['warn', 'trace_dropped', 5],
    ['warn', 'log_dropped', 8],
  ])
})

it("says whether data may be stored of which a client's deadline passed", () => {
  const tally = new Tally(new Counters(new SharedArrayBuffer(COUNTER_BLOCK_BYTES), 0, 0))
  const lines: LogFields[] = []
  const log = new LossLog(tally, (_level, _event, fields = {}) => lines.push(fields))
  tally.refused(0, 1, VERDICT.CLIENT_DEADLINE)
  tally.undecoded(0, VERDICT.CLIENT_LATE)
  log.poll(100)
  expect(lines).toEqual([
    { cause: 'client_deadline', count: 1, message: expect.stringContaining('may or may not be stored') },
    { cause: 'client_late', count: 1, message: expect.stringContaining('the data is not stored') },
  ])
})
