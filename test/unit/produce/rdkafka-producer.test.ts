import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../../../scripts/kafka/wait-until.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from '../../../src/produce/embedded-broker.ts'
import { PRODUCED, type ProducerPort } from '../../../src/produce/producer-port.ts'
import { rdkafkaProducerFactory } from '../../../src/produce/rdkafka-producer.ts'
import { capturedLog } from '../../bed/captured-log.ts'

const DEADLINE_MS = 10_000

let broker: EmbeddedBroker
let port: ProducerPort
let reports: [number, string | undefined][]

beforeAll(async () => {
  broker = await startEmbeddedBroker()
})
afterAll(() => broker.stop())

function connect(properties: Record<string, string | number | boolean> = {}, timeoutMs = 3000): Promise<ProducerPort> {
  const all = { 'bootstrap.servers': broker.bootstrapServers, dr_cb: true, 'linger.ms': 0, log_level: 0, ...properties }
  const events = {
    delivered: (opaque: number, error: string | undefined) => void reports.push([opaque, error]),
    brokersDown: () => {},
    fatal: () => {},
  }
  return rdkafkaProducerFactory(all, timeoutMs, capturedLog().log)(events)
}

function reported(count: number): Promise<unknown> {
  const enough = () => {
    port.poll()
    return reports.length >= count
  }
  return waitUntil(enough, { deadlineMs: DEADLINE_MS, pollMs: 5, what: `${count} reports` })
}

beforeEach(() => {
  reports = []
})
afterEach(() => port?.close())

describe('the producer port over node-rdkafka', () => {
  it('confirms each record once, by its opaque', async () => {
    port = await connect()
    const opaques = [0, 1, 2 ** 20, 2 ** 52 - 1]
    for (const opaque of opaques) {
      expect(port.produce('topic', Buffer.from('record'), [{ 'otlp.signal': 'traces' }], opaque)).toBe(PRODUCED.OK)
    }
    await reported(opaques.length)
    expect(reports.sort(([a], [b]) => a - b)).toEqual(opaques.map((opaque) => [opaque, undefined]))
  })

  it('has copied the payload when produce returns', async () => {
    port = await connect()
    const payload = Buffer.from('before')
    port.produce('topic', payload, [], 1)
    payload.fill(0)
    await reported(1)
    expect(reports).toEqual([[1, undefined]])
  })

  it('says that its queue is full, and takes again once reports were fetched', async () => {
    port = await connect({ 'queue.buffering.max.messages': 2, 'linger.ms': 50 })
    const answers = [1, 2, 3].map((opaque) => port.produce('topic', Buffer.from('x'), [], opaque))
    expect(answers).toEqual([PRODUCED.OK, PRODUCED.OK, PRODUCED.FULL])
    await reported(2)
    expect(port.produce('topic', Buffer.from('x'), [], 3)).toBe(PRODUCED.OK)
    await reported(3)
  })

  it('says that a record is beyond its limit', async () => {
    port = await connect({ 'message.max.bytes': 2000 })
    expect(port.produce('topic', Buffer.alloc(3000), [], 1)).toBe(PRODUCED.TOO_LARGE)
    expect(port.lastError).toMatch(/too large/i)
  })

  it('says why it does not take a record otherwise', async () => {
    port = await connect()
    await port.close()
    expect(port.produce('topic', Buffer.from('x'), [], 1)).toBe(PRODUCED.FAILED)
    expect(port.lastError).toMatch(/not connected/i)
  })

  it('reports a record that expired with the text of librdkafka in lower case', async () => {
    const lost = await startEmbeddedBroker()
    port = await connect({ 'message.timeout.ms': 100, 'bootstrap.servers': lost.bootstrapServers })
    await lost.stop()
    port.produce('topic', Buffer.from('x'), [], 9)
    await reported(1)
    expect(reports).toEqual([[9, 'local: message timed out']])
  })

  it('answers a probe', async () => {
    port = await connect()
    const [reachable] = await new Promise<[boolean, string]>((resolve) => {
      port.probe(2000, (answer, detail) => resolve([answer, detail]))
    })
    expect(reachable).toBe(true)
  })

  it('answers a probe with "no" once it is closed', async () => {
    port = await connect()
    await port.close()
    const answers: boolean[] = []
    port.probe(2000, (reachable) => answers.push(reachable))
    expect(answers).toEqual([false])
  })

  it('flushes what lingers', async () => {
    port = await connect({ 'linger.ms': 60_000, 'message.timeout.ms': 300_000 })
    port.produce('topic', Buffer.from('x'), [], 1)
    await port.flush(DEADLINE_MS)
    await reported(1)
  })

  it('can be closed twice, and then flushes and polls nothing', async () => {
    port = await connect()
    await port.close()
    await port.close()
    await port.flush(1000)
    port.poll()
  })

  it('is refused within the time given when nobody listens', async () => {
    const startedMs = performance.now()
    await expect(connect({ 'bootstrap.servers': '127.0.0.1:1' }, 500)).rejects.toThrow(/transport failure|timed out/i)
    expect(performance.now() - startedMs).toBeLessThan(8000)
  })
})
