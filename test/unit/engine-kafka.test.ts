import { afterEach, describe, expect, it } from 'vitest'
import { configFromOptions, type LoadedConfig, type Options } from '../../src/config/load.ts'
import { type Kafka, openKafka, producerProblems } from '../../src/engine-kafka.ts'
import { capturedLog } from '../bed/captured-log.ts'

const IGNORED = { delivered: () => {}, brokersDown: () => {}, fatal: () => {} }

let kafka: Kafka | undefined
afterEach(() => kafka?.stop())

function loadedWith(options: Options): LoadedConfig {
  return configFromOptions({ 'kafka.bootstrap.servers': 'a:1', ...options })
}

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

describe('the properties of the producer', () => {
  it('are asked of librdkafka each by itself, and all faults are told', async () => {
    const loaded = loadedWith({ 'kafka.producer.lingr.ms': 5, 'kafka.producer.batch.size': -1 })
    const problems = await producerProblems(loaded)
    expect(problems.map(({ key }) => key)).toEqual(['kafka.producer.lingr.ms', 'kafka.producer.batch.size'])
  })

  it('that contradict one another stop the start, in the words of librdkafka, at the key of the user', async () => {
    const loaded = loadedWith({ 'kafka.producer.max.in.flight': 10 })
    await expect(openKafka(loaded, capturedLog().log)).rejects.toThrow(
      /^kafka\.producer\.max\.in\.flight=10 \(options\): .*must be set <= 5 when .enable\.idempotence. is true$/,
    )
  })

  it('under another name of the same property are told at the name that the user wrote', async () => {
    const loaded = loadedWith({ 'kafka.producer.max.in.flight.requests.per.connection': 10 })
    const [problem] = await producerProblems(loaded)
    expect(problem!.key).toBe('kafka.producer.max.in.flight.requests.per.connection')
  })

  it('that contradict what Sluice sets stop it too', async () => {
    const loaded = loadedWith({ 'otlp.request.timeout.ms': 1000, 'kafka.producer.linger.ms': 5000 })
    const [problem] = await producerProblems(loaded)
    expect(problem).toMatchObject({ key: 'kafka.producer.linger.ms', value: '5000' })
    expect(problem!.text).toContain('message.timeout.ms')
  })

  it('that name a file which is not there stop it', async () => {
    const loaded = loadedWith({
      'kafka.producer.security.protocol': 'ssl',
      'kafka.producer.ssl.ca.location': '/no/such/file',
    })
    expect((await producerProblems(loaded)).map(({ key }) => key)).toEqual(['kafka.producer.ssl.ca.location'])
  })

  it('as they are by default have no problem', async () => {
    expect(await producerProblems(loadedWith({}))).toEqual([])
  })
})
