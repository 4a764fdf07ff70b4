import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GIB, MIB } from '../../../src/base/units.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { type Limits, resolveLimits } from '../../../src/config/limits.ts'
import { configFromOptions, type Options } from '../../../src/config/load.ts'
import { computeLayout } from '../../../src/shared-memory/layout.ts'

function limits(options: Options, cores = 2): Limits {
  return resolveLimits(configFromOptions(options, { embeddedBroker: true }).config, cores)
}

function threadsAt(cores: number): [number, number] {
  const { ingestThreads, serializerThreads } = limits({}, cores)
  return [ingestThreads, serializerThreads]
}

test('automatic threads follow the cores, and explicit ones are kept', () => {
  expect([1, 2, 4, 8, 16, 128].map(threadsAt)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
    [2, 3],
    [5, 6],
    [8, 12],
  ])
  expect(limits({ 'engine.ingest.threads': 3, 'engine.serializer.threads': 5 })).toMatchObject({
    ingestThreads: 3,
    serializerThreads: 5,
  })
})

test('the defaults on two cores are the numbers of the documentation', () => {
  expect(limits({})).toMatchObject({
    queueCountMax: 10_000,
    requestEntriesPerIngest: 41_024,
    arenaBytesPerIngest: GIB,
    outRingCapacityBytes: 4 * MIB,
    recordBytesMax: 1_000_000,
    warnings: [],
  })
})

test('an out ring holds four of the largest records', () => {
  expect(limits({ 'kafka.record.max.bytes': 3 * MIB }).outRingCapacityBytes).toBe(16 * MIB)
})

test('arenas shrink until everything fits, with a warning, and never below two of the largest requests', () => {
  const shrunk = limits({ 'otlp.queue.max.bytes': GIB })
  expect(shrunk.arenaBytesPerIngest).toBe(2 * GIB)
  expect(shrunk.warnings).toHaveLength(1)
  expect(() =>
    limits({ 'otlp.request.max.bytes': 256 * MIB, 'otlp.queue.max.bytes': GIB, 'engine.ingest.threads': 16 }),
  ).toThrow(ConfigError)
})

test('whatever is configured either fits 4 GiB, in a sum that is exact, or is refused by a problem', () => {
  const options = fc.record({
    'otlp.request.max.bytes': fc.integer({ min: 1024, max: 256 * MIB }),
    'otlp.queue.max.bytes': fc.integer({ min: 256 * MIB, max: GIB }),
    'otlp.message.queue.size': fc.integer({ min: 100, max: 1_000_000 }),
    'kafka.record.max.bytes': fc.integer({ min: 1000, max: 64 * MIB }),
    'engine.ingest.threads': fc.integer({ min: 1, max: 16 }),
    'engine.serializer.threads': fc.integer({ min: 1, max: 32 }),
  })
  fc.assert(
    fc.property(options, (chosen) => {
      let resolved: Limits
      try {
        resolved = limits(chosen)
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError)
        return
      }
      const layout = computeLayout(resolved)
      expect(resolved.memorySum.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(layout.totalBytes)
      expect(layout.totalBytes).toBeLessThanOrEqual(4 * GIB)
      expect(resolved.arenaBytesPerIngest).toBeGreaterThanOrEqual(2 * chosen['otlp.request.max.bytes'])
    }),
  )
})
