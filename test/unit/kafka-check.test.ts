import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configFromOptions, type Options } from '../../src/config/load.ts'
import { checkKafka } from '../../src/kafka-check.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from '../../src/produce/embedded-broker.ts'

let broker: EmbeddedBroker
beforeAll(async () => {
  broker = await startEmbeddedBroker()
})
afterAll(() => broker.stop())

function check(options: Options) {
  return checkKafka(configFromOptions(options).config)
}

describe('the Kafka part of check', () => {
  it('says how many brokers answered, and which topics are missing', async () => {
    const findings = await check({ 'kafka.bootstrap.servers': broker.bootstrapServers })
    expect(findings[0]).toEqual({ ok: true, text: expect.stringContaining('1 broker(s) answered in') })
    expect(findings).toHaveLength(5)
    expect(findings[1]).toEqual({
      ok: false,
      text: expect.stringContaining('kafka.topic.traces=otlp-traces: does not exist'),
    })
  })

  it('is content with a missing topic that is created at start', async () => {
    const findings = await check({ 'kafka.bootstrap.servers': broker.bootstrapServers, 'kafka.topic.create': true })
    expect(findings.every(({ ok }) => ok)).toBe(true)
  })

  it('names the key when nobody answers', async () => {
    const findings = await check({ 'kafka.bootstrap.servers': '127.0.0.1:1' })
    expect(findings).toEqual([
      { ok: false, text: expect.stringContaining('kafka.bootstrap.servers=127.0.0.1:1: not reachable: ') },
    ])
  })

  it('has nothing to ask an embedded broker', async () => {
    const findings = await checkKafka(configFromOptions({}, { embeddedBroker: true }).config)
    expect(findings).toEqual([{ ok: true, text: expect.stringContaining('embedded broker') }])
  })
})
