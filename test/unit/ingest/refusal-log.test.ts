import { expect, it } from 'vitest'
import type { LogFields } from '../../../src/base/log.ts'
import { RefusalLog } from '../../../src/ingest/refusal-log.ts'
import { Tally } from '../../../src/ingest/tally.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { COUNTER_BLOCK_BYTES, Counters } from '../../../src/shared-memory/counters.ts'

it('says the first refusal at once, then at most one line per cause and interval, with the count', () => {
  const tally = new Tally(new Counters(new SharedArrayBuffer(COUNTER_BLOCK_BYTES), 0, 0))
  const lines: LogFields[] = []
  const log = new RefusalLog(tally, (_level, event, fields = {}) => lines.push({ event, ...fields }))
  log.poll(0)
  expect(lines).toEqual([])
  tally.refused(0, 1, VERDICT.QUEUE_FULL)
  log.poll(1)
  for (let turn = 0; turn < 1000; turn++) {
    tally.refused(turn % 4, 1, VERDICT.QUEUE_FULL)
    tally.undecoded(0, VERDICT.KAFKA_DOWN)
    log.poll(2 + turn)
  }
  log.poll(20_000)
  expect(lines.map(({ event, cause, count }) => [event, cause, count])).toEqual([
    ['request_refused', 'queue_full', 1],
    ['request_refused', 'queue_full', 1000],
    ['request_refused', 'kafka_down', 1000],
  ])
})
