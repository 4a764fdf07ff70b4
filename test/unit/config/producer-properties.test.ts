import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { configFromOptions, type LoadedConfig, loadConfig, type Options } from '../../../src/config/load.ts'

function load(options: Options): LoadedConfig {
  return configFromOptions(options, { embeddedBroker: true })
}

function problems(options: Options): string {
  try {
    load(options)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

test('the defaults confirm with all replicas and write nothing twice', () => {
  expect(load({}).config.producerProperties).toEqual({
    acks: 'all',
    'enable.idempotence': 'true',
    'linger.ms': '5',
    'compression.type': 'none',
  })
})

test('any property passes through, by key and by environment', () => {
  const environment = {
    KAFKA_PRODUCER_COMPRESSION_TYPE: 'zstd',
    KAFKA_PRODUCER_BATCH_NUM_MESSAGES: '7',
    KAFKA_OPTS: '-X',
  }
  const { config, sources } = loadConfig({ environment, embeddedBroker: true })
  expect(config.producerProperties).toMatchObject({ 'compression.type': 'zstd', 'batch.num.messages': '7' })
  expect(sources.get('kafka.producer.compression.type')).toBe('environment KAFKA_PRODUCER_COMPRESSION_TYPE')
})

test('the second name of a property replaces the default of the first', () => {
  const { producerProperties } = load({
    'kafka.producer.queue.buffering.max.ms': 9,
    'kafka.producer.compression.codec': 'lz4',
  }).config
  expect(producerProperties).toMatchObject({ 'linger.ms': '9', 'compression.type': 'lz4' })
  expect(Object.keys(producerProperties)).toHaveLength(4)
})

test('weaker acks switch off the idempotence nobody asked for, with warnings', () => {
  const { config, warnings } = load({ 'kafka.producer.acks': 1 })
  expect(config.producerProperties).toMatchObject({ acks: '1', 'enable.idempotence': 'false' })
  expect(warnings).toHaveLength(2)
  expect(load({ 'kafka.producer.acks': -1 }).warnings).toEqual([])
})

test('weaker acks beside idempotence that was asked for are a contradiction', () => {
  const options = { 'kafka.producer.request.required.acks': 0, 'kafka.producer.enable.idempotence': true }
  expect(problems(options)).toBe(
    'kafka.producer.request.required.acks=0 (options): must be all while kafka.producer.enable.idempotence is true',
  )
})

test('properties that Sluice sets itself are refused with the option that sets them', () => {
  expect(problems({ 'kafka.producer.bootstrap.servers': 'k:1' })).toContain('kafka.bootstrap.servers')
  expect(problems({ 'kafka.producer.transactional.id': 'x' })).toContain('transactions')
  expect(problems({ 'kafka.producer.dr_cb': true })).toContain('callback')
  expect(problems({ 'kafka.producer.': 'x' })).toContain('name of a librdkafka property')
})

test('a producer that takes less than the largest record is a contradiction', () => {
  expect(problems({ 'kafka.producer.message.max.bytes': 999_999 })).toContain('kafka.record.max.bytes (1000000)')
  expect(problems({ 'kafka.producer.message.max.bytes': 1_000_000 })).toBe('')
})
