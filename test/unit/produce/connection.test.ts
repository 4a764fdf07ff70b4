import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KafkaConnection } from '../../../src/produce/connection.ts'
import { capturedLog } from '../../bed/captured-log.ts'
import { FakeFactory } from '../../bed/fake-producer.ts'

let factory: FakeFactory
let connection: KafkaConnection
let captured: ReturnType<typeof capturedLog>
let calls: string[]

beforeEach(() => {
  vi.useFakeTimers()
  factory = new FakeFactory()
  captured = capturedLog()
  calls = []
  connection = new KafkaConnection({
    factory: factory.create,
    bootstrapServers: 'broker:9092',
    log: captured.log,
    onDelivered: (opaque, error) => calls.push(`delivered ${opaque} ${error ?? 'ok'}`),
    onHealth: (up) => calls.push(up ? 'up' : 'down'),
    onReplaced: () => calls.push('replaced'),
    onCreated: () => calls.push('created'),
  })
})

afterEach(() => vi.useRealTimers())

/** Lets the promises of a connect run out. */
async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

describe('KafkaConnection', () => {
  it('has a port once the first producer is connected, and says so', async () => {
    connection.start()
    expect(connection.port).toBeUndefined()
    await settle()
    expect(connection.port).toBe(factory.last)
    expect(calls).toEqual(['created', 'up'])
    expect(captured.named('kafka_connected')).toHaveLength(1)
  })

  it('tries again until a broker answers, and complains once', async () => {
    factory.failures = 3
    connection.start()
    await settle(1400)
    expect(connection.port).toBeUndefined()
    await settle(200)
    expect(connection.port).toBe(factory.last)
    expect(factory.attempts).toBe(4)
    expect(captured.named('kafka_unreachable')).toHaveLength(1)
  })

  it('passes on the reports of its producer, and takes a confirmed one as a sign of life', async () => {
    connection.start()
    await settle()
    connection.health.lost('test')
    factory.last.events.delivered(5, undefined)
    factory.last.events.delivered(6, 'Local: Message timed out')
    expect(calls.slice(-3)).toEqual(['up', 'delivered 5 ok', 'delivered 6 Local: Message timed out'])
    expect(captured.named('kafka_recovered')).toHaveLength(1)
  })

  it('does not take a failed report as a sign of life', async () => {
    connection.start()
    await settle()
    connection.health.lost('test')
    factory.last.events.delivered(6, 'Local: Message timed out')
    expect(connection.health.up).toBe(false)
  })

  it('replaces a producer that is dead, closes it, and ignores what it still reports', async () => {
    connection.start()
    await settle()
    const old = factory.last
    old.events.fatal('out of order sequence')
    expect(connection.port).toBeUndefined()
    expect(calls.slice(-2)).toEqual(['down', 'replaced'])
    await settle()
    expect(connection.port).not.toBe(old)
    expect(connection.port).toBe(factory.last)
    expect(old.isClosed).toBe(true)
    old.events.delivered(1, undefined)
    old.events.fatal('again')
    expect(calls.slice(-2)).toEqual(['created', 'up'])
    expect(captured.named('producer_recreated')).toHaveLength(1)
  })

  it('asks for brokers when the producer has lost them', async () => {
    connection.start()
    await settle()
    factory.last.events.brokersDown('Local: All broker connections are down')
    connection.health.tick(0)
    expect(factory.last.probes).toHaveLength(1)
    factory.last.probes[0]!(false, 'Local: Timed out')
    expect(calls.at(-1)).toBe('down')
    expect(captured.named('kafka_unreachable')[0]!.fields.reason).toBe('Local: Timed out')
  })

  it('is down as long as there is no producer, whatever is asked', async () => {
    factory.failures = Number.POSITIVE_INFINITY
    connection.start()
    await settle()
    connection.health.tick(0)
    await settle(2000)
    connection.health.tick(0)
    expect(connection.health.up).toBe(false)
  })

  it('closes its producer when it stops', async () => {
    connection.start()
    await settle()
    const { last } = factory
    await connection.stop()
    expect(last.isClosed).toBe(true)
    expect(connection.port).toBeUndefined()
  })

  it('closes a producer that connects after the stop', async () => {
    connection.start()
    await connection.stop()
    await settle()
    expect(factory.last.isClosed).toBe(true)
    expect(connection.port).toBeUndefined()
  })

  it('stops trying when it stops', async () => {
    factory.failures = Number.POSITIVE_INFINITY
    connection.start()
    await settle()
    const told = captured.events.length
    await connection.stop()
    await settle(5000)
    expect(factory.attempts).toBe(1)
    expect(captured.events.length).toBe(told)
  })
})
