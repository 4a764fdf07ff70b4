import { beforeEach, describe, expect, it } from 'vitest'
import { KafkaHealth, PROBE_ANSWER_MS_MAX, PROBE_INTERVAL_MS, STALL_MS } from '../../../src/produce/kafka-health.ts'

let nowMs: number
let probes: ((reachable: boolean, detail: string) => void)[]
let changes: [boolean, string][]
let health: KafkaHealth

beforeEach(() => {
  nowMs = 1000
  probes = []
  changes = []
  health = new KafkaHealth({
    nowMs: () => nowMs,
    probe: (_timeoutMs, done) => probes.push(done),
    changed: (up, detail) => changes.push([up, detail]),
  })
})

function passes(ms: number, outstanding = 0): void {
  nowMs += ms
  health.tick(outstanding)
}

describe('up', () => {
  it('begins with a connection, not before', () => {
    expect(health.up).toBe(false)
    health.connected()
    expect(changes).toEqual([[true, '']])
  })

  it('begins with a confirmed record', () => {
    health.confirmed()
    expect(health.up).toBe(true)
  })

  it('is said once', () => {
    health.connected()
    health.connected()
    health.confirmed()
    expect(changes).toHaveLength(1)
  })

  it('lasts while nothing is outstanding, however long', () => {
    health.connected()
    passes(10 * STALL_MS)
    passes(10 * STALL_MS)
    expect(health.up).toBe(true)
  })

  it('lasts while records are confirmed', () => {
    health.connected()
    for (let round = 0; round < 10; round++) {
      passes(STALL_MS - 1, 5)
      health.confirmed()
    }
    expect(health.up).toBe(true)
  })
})

describe('down', () => {
  it('begins when records wait and none was confirmed for longer than the stall time', () => {
    health.connected()
    passes(STALL_MS, 1)
    expect(health.up).toBe(true)
    passes(1, 1)
    expect(changes.at(-1)).toEqual([false, `no delivery for ${STALL_MS} ms with 1 records waiting`])
  })

  it('does not begin with a lost connection alone', () => {
    health.connected()
    health.suspect()
    expect(health.up).toBe(true)
  })

  it('begins when the probe after a lost connection fails', () => {
    health.connected()
    health.suspect()
    passes(1)
    probes[0]!(false, 'timed out')
    expect(changes.at(-1)).toEqual([false, 'timed out'])
  })

  it('does not begin when that probe is answered', () => {
    health.connected()
    health.suspect()
    passes(1)
    probes[0]!(true, '')
    expect(health.up).toBe(true)
  })

  it('begins with the loss of the producer', () => {
    health.connected()
    health.lost('fatal')
    expect(changes.at(-1)).toEqual([false, 'fatal'])
  })
})

describe('while down', () => {
  beforeEach(() => {
    health.connected()
    health.lost('fatal')
  })

  it('asks once an interval and heals by the answer', () => {
    passes(1)
    expect(probes).toHaveLength(0)
    passes(PROBE_INTERVAL_MS)
    expect(probes).toHaveLength(1)
    probes[0]!(true, '')
    expect(health.up).toBe(true)
  })

  it('has one question open at a time', () => {
    passes(1)
    passes(PROBE_INTERVAL_MS)
    passes(PROBE_INTERVAL_MS)
    expect(probes).toHaveLength(1)
  })

  it('asks again after a refusal', () => {
    passes(1)
    passes(PROBE_INTERVAL_MS)
    probes[0]!(false, 'no')
    passes(1)
    passes(PROBE_INTERVAL_MS)
    expect(probes).toHaveLength(2)
  })

  it('asks again when a question is never answered, and ignores an answer that comes after all', () => {
    passes(1)
    passes(PROBE_INTERVAL_MS)
    passes(PROBE_ANSWER_MS_MAX + 1)
    passes(PROBE_INTERVAL_MS)
    expect(probes).toHaveLength(2)
    probes[0]!(true, 'late')
    expect(health.up).toBe(false)
    probes[1]!(true, '')
    expect(health.up).toBe(true)
  })

  it('gives a healed Kafka the whole stall time, although records have waited longer', () => {
    passes(1, 3)
    passes(PROBE_INTERVAL_MS, 3)
    passes(2 * STALL_MS, 3)
    probes.at(-1)!(true, '')
    passes(STALL_MS, 3)
    expect(health.up).toBe(true)
    passes(1, 3)
    expect(health.up).toBe(false)
  })

  it('does not heal by an answer when the cause was a stall and its records still wait', () => {
    health.connected()
    passes(STALL_MS + 1, 3)
    for (let round = 0; round < 3; round++) {
      passes(PROBE_INTERVAL_MS, 3)
      probes.at(-1)!(true, '')
      passes(1, 3)
      expect(health.up).toBe(false)
    }
    expect(probes.length).toBeGreaterThan(1)
    health.confirmed()
    expect(health.up).toBe(true)
  })

  it('heals by an answer after a stall once nothing waits any more', () => {
    health.connected()
    passes(STALL_MS + 1, 3)
    passes(PROBE_INTERVAL_MS, 0)
    probes.at(-1)!(true, '')
    expect(health.up).toBe(true)
  })

  it('ignores the answer to a question that was asked before the loss', () => {
    health.connected()
    health.suspect()
    passes(1)
    health.lost('another')
    probes[0]!(true, '')
    expect(health.up).toBe(false)
  })
})
