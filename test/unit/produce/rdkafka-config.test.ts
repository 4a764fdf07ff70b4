import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configFromOptions, type Options } from '../../../src/config/load.ts'
import {
  adminProperties,
  embeddedBrokerProperties,
  producerProperties,
  splitProperties,
} from '../../../src/produce/rdkafka-config.ts'

const librdkafka = new URL('../../../node_modules/node-rdkafka/deps/librdkafka/src/rdkafka_conf.c', import.meta.url)

function configOf(options: Options = {}) {
  return configFromOptions({ 'kafka.bootstrap.servers': 'a:1', ...options }).config
}

describe('the properties of the producer', () => {
  it('confirm by all replicas, without duplicates, unless told otherwise', () => {
    const properties = producerProperties(configOf(), 'a:1')
    expect(properties).toMatchObject({ acks: 'all', 'enable.idempotence': 'true', dr_cb: true })
  })

  it('take any property of the user, but never other servers', () => {
    const config = configOf({
      'kafka.producer.compression.type': 'zstd',
      'kafka.producer.socket.nagle.disable': 'false',
    })
    const properties = producerProperties(config, 'embedded:1')
    expect(properties).toMatchObject({
      'compression.type': 'zstd',
      'socket.nagle.disable': 'false',
      'bootstrap.servers': 'embedded:1',
    })
  })

  it('leave room for the largest record and its headers', () => {
    const properties = producerProperties(configOf({ 'kafka.record.max.bytes': 20_000_000 }), 'a:1')
    expect(properties['message.max.bytes']).toBeGreaterThan(20_000_000)
    expect(properties['batch.size']).toBeGreaterThanOrEqual(20_000_000)
    expect(Number(properties['queue.buffering.max.kbytes']) * 1024).toBeGreaterThan(4 * 20_000_000 - 1)
  })

  it('give up soon after the deadline of a waiting client, and late when nobody waits', () => {
    expect(producerProperties(configOf({ 'otlp.request.timeout.ms': 5000 }), 'a:1')['message.timeout.ms']).toBe(7000)
    expect(producerProperties(configOf({ 'otlp.ack': 'queue' }), 'a:1')['message.timeout.ms']).toBe(120_000)
  })
})

describe('the two arguments of the producer', () => {
  it('hold the properties of topics apart, as librdkafka itself lists them', () => {
    const [client, topic] = splitProperties(producerProperties(configOf({ 'kafka.producer.acks': '1' }), 'a:1'))
    expect(topic).toEqual({ acks: '1', 'message.timeout.ms': 10_000 })
    expect(client).toMatchObject({ 'linger.ms': '5', 'compression.type': 'none' })
    const names = readFileSync(librdkafka, 'utf8').matchAll(/\{\s*_RK_TOPIC \| _RK_PRODUCER[^"]*"([^"]+)"/g)
    // These two are properties of the client as well, and topics inherit them from there.
    const inherited = ['compression.codec', 'compression.type']
    const foreign = ['partitioner_cb', 'msg_order_cmp', ...inherited]
    for (const name of [...names].map(([, found]) => found!).filter((found) => !foreign.includes(found))) {
      expect(splitProperties({ [name]: 'x' })[1], name).toEqual({ [name]: 'x' })
    }
  })
})

describe('the properties of an admin client', () => {
  it('leave out every property that librdkafka lists for producers alone', () => {
    const names = readFileSync(librdkafka, 'utf8').matchAll(/\{\s*_RK_(?:GLOBAL|TOPIC) \| _RK_PRODUCER[^"]*"([^"]+)"/g)
    const callbacks = ['partitioner_cb', 'msg_order_cmp', 'dr_cb', 'dr_msg_cb']
    const found = [...names].map(([, name]) => name!).filter((name) => !callbacks.includes(name))
    expect(found.length).toBeGreaterThan(20)
    const config = configOf()
    for (const name of found) {
      const own = { ...config, producerProperties: { [name]: 'x' } }
      expect(adminProperties(own, 'a:1'), name).toEqual({ 'client.id': 'otlp-source', 'bootstrap.servers': 'a:1' })
    }
  })

  it('are what a connection needs, and nothing that only producers know', () => {
    const config = configOf({
      'kafka.producer.security.protocol': 'sasl_ssl',
      'kafka.producer.sasl.mechanism': 'PLAIN',
      'kafka.producer.linger.ms': '20',
      'kafka.producer.broker.address.family': 'v4',
      'kafka.producer.enable.sasl.oauthbearer.unsecure.jwt': 'true',
    })
    expect(adminProperties(config, 'a:1')).toEqual({
      'client.id': 'otlp-source',
      'bootstrap.servers': 'a:1',
      'security.protocol': 'sasl_ssl',
      'sasl.mechanism': 'PLAIN',
      'broker.address.family': 'v4',
      'enable.sasl.oauthbearer.unsecure.jwt': 'true',
    })
  })
})

describe('the embedded broker', () => {
  it('is one mock broker', () => {
    expect(embeddedBrokerProperties()).toMatchObject({ 'test.mock.num.brokers': 1 })
  })
})
