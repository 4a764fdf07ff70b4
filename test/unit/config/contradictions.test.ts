import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { configFromOptions, type Options } from '../../../src/config/load.ts'

function problemKeys(options: Options): string[] {
  try {
    configFromOptions(options, { embeddedBroker: true })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key }) => key)
    throw error
  }
}

test('one receiver must be left', () => {
  expect(problemKeys({ 'otlp.grpc.enabled': false, 'otlp.http.enabled': false })).toEqual(['otlp.http.enabled'])
  expect(problemKeys({ 'otlp.grpc.enabled': false })).toEqual([])
})

test('a port has one owner; 0, -1 and the port of a disabled receiver clash with nothing', () => {
  expect(problemKeys({ 'otlp.grpc.port': 4318 })).toEqual(['otlp.http.port'])
  expect(problemKeys({ 'metrics.port': 4317, 'health.port': 4317 })).toEqual(['metrics.port', 'health.port'])
  expect(problemKeys({ 'metrics.port': -1, 'health.port': -1 })).toEqual([])
  expect(problemKeys({ 'otlp.grpc.port': 0, 'otlp.http.port': 0, 'metrics.port': 0, 'health.port': 0 })).toEqual([])
  expect(problemKeys({ 'otlp.grpc.enabled': false, 'otlp.grpc.port': 4318 })).toEqual([])
})

test('a path has one signal', () => {
  expect(problemKeys({ 'otlp.http.path.logs': '/v1/traces' })).toEqual(['otlp.http.path.logs'])
})

test('headers of CORS say nothing without an origin, and an origin is one', () => {
  expect(problemKeys({ 'otlp.http.cors.allowed.headers': 'x-tenant' })).toEqual(['otlp.http.cors.allowed.headers'])
  const origins = 'https://a.example.com,http://localhost:*,https://*.example.org'
  expect(problemKeys({ 'otlp.http.cors.allowed.origins': origins, 'otlp.http.cors.allowed.headers': '*' })).toEqual([])
  for (const origin of ['example.com', 'https://a/path', 'https://*.*.com', '**', 'https://']) {
    expect(problemKeys({ 'otlp.http.cors.allowed.origins': origin })).toEqual(['otlp.http.cors.allowed.origins'])
  }
})

test('the embedded broker and a real one exclude each other', () => {
  expect(problemKeys({ 'kafka.bootstrap.servers': 'k:1' })).toEqual(['kafka.bootstrap.servers'])
})

test('the embedded broker takes no wishes about topics; their defaults are no wish', () => {
  const wishes = { 'kafka.topic.create': true, 'kafka.topic.partitions': 3, 'kafka.topic.replication.factor': 2 }
  expect(problemKeys(wishes)).toEqual(Object.keys(wishes))
  expect(problemKeys({ 'kafka.topic.create': false, 'kafka.topic.partitions': 6 })).toEqual([])
})

test('a queue holds at least one request of the largest size', () => {
  expect(problemKeys({ 'otlp.queue.max.bytes': 1_000_000 })).toEqual(['otlp.queue.max.bytes'])
  expect(problemKeys({ 'otlp.queue.max.bytes': 1_000_000, 'otlp.request.max.bytes': 1_000_000 })).toEqual([])
})

test('an address that others reach and an early acknowledgement are warnings', () => {
  const warningsOf = (options: Options) => configFromOptions(options, { embeddedBroker: true }).warnings
  expect(warningsOf({})).toEqual([])
  expect(warningsOf({ 'otlp.bind.address': '::1' })).toEqual([])
  expect(warningsOf({ 'otlp.bind.address': '0.0.0.0' })).toHaveLength(1)
  expect(warningsOf({ 'otlp.ack': 'queue' })).toHaveLength(1)
})
