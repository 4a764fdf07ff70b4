import { afterEach, describe, expect, it } from 'vitest'
import { configFromOptions } from '../../src/config/load.ts'
import { type Kafka, openKafka } from '../../src/engine-kafka.ts'
import { capturedLog } from '../bed/captured-log.ts'

const IGNORED = { delivered: () => {}, brokersDown: () => {}, fatal: () => {} }

let kafka: Kafka | undefined
afterEach(() => kafka?.stop())

describe('the Kafka behind an engine', () => {
  it('is the configured one, asked for only when a producer is made', async () => {
    const loaded = configFromOptions({ 'kafka.bootstrap.servers': 'a:1, b:2' })
    kafka = await openKafka(loaded, capturedLog().log)
    expect(kafka.bootstrapServers).toBe('a:1,b:2')
  })

  it('is one in this process on demand, that can be stopped twice', async () => {
    const loaded = configFromOptions({}, { embeddedBroker: true })
    kafka = await openKafka(loaded, capturedLog().log)
    const port = await kafka.factory(IGNORED)
    await port.close()
    await Promise.all([kafka.stop(), kafka.stop()])
  })
})
