import fc from 'fast-check'
import { expect, test } from 'vitest'
import { optionsMarkdown, optionsText } from '../../../src/cli/options.ts'
import { configFromOptions } from '../../../src/config/load.ts'
import { allowedText, optionValueText, parseOptionValue } from '../../../src/config/option-values.ts'
import {
  environmentName,
  keyOfEnvironmentName,
  messageFormat,
  OPTION_KEYS,
  optionDefinition,
} from '../../../src/config/options.ts'

const anyKey = fc.constantFrom(...OPTION_KEYS)

test('every default passes its own validator and comes back from its text', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const definition = optionDefinition(key)
      expect(parseOptionValue(definition, optionValueText(definition.default))).toEqual({
        ok: true,
        value: definition.default,
      })
    }),
  )
})

test('the environment name leads back to the key, and no two keys share one', () => {
  for (const key of OPTION_KEYS) expect(keyOfEnvironmentName(environmentName(key))).toBe(key)
  expect(new Set(OPTION_KEYS.map(environmentName)).size).toBe(OPTION_KEYS.length)
  expect(environmentName('otlp.message.queue.size')).toBe('OTLP_MESSAGE_QUEUE_SIZE')
})

test('every option has one row in the table and a meaning that is a sentence', () => {
  const rows = optionsMarkdown().split('\n')
  for (const key of OPTION_KEYS) {
    const own = rows.filter((row) => row.startsWith(`| \`${key}\` |`))
    expect(own, key).toHaveLength(1)
    expect(own[0].replaceAll('\\|', '').split('|'), key).toHaveLength(7)
    expect(optionDefinition(key).meaning, key).toMatch(/\.$/)
    expect(optionsText()).toContain(`\n${key} `)
  }
})

test('an integer inside its range is taken and outside it is refused with the range', () => {
  const integers = OPTION_KEYS.filter((key) => ['integer', 'auto'].includes(optionDefinition(key).kind))
  fc.assert(
    fc.property(fc.constantFrom(...integers), fc.integer({ min: -10, max: 2 ** 40 }), (key, value) => {
      const definition = optionDefinition(key)
      if (definition.kind !== 'integer' && definition.kind !== 'auto') return
      const inside = value >= definition.min && value <= definition.max
      const refused = { ok: false, text: `must be ${allowedText(definition)}` }
      expect(parseOptionValue(definition, String(value))).toEqual(inside ? { ok: true, value } : refused)
    }),
  )
})

test('what is no integer, boolean or choice is refused', () => {
  const cases = [
    ['otlp.grpc.port', ['', '1.0', '1e3', '0x10', ' ', '1 000', 'NaN', '9'.repeat(30)]],
    ['otlp.grpc.enabled', ['', 'yes', '1', 'truee']],
    ['otlp.ack', ['', 'Kafka', 'all']],
    ['engine.ingest.threads', ['0', '17', 'automatic']],
    ['kafka.topic.traces', ['', 'a b', '.', '..', 'otlp-{service.name}', 'x'.repeat(250)]],
    ['kafka.bootstrap.servers', ['a:1,,b:2', 'a b', 'a:port']],
    ['otlp.bind.address', ['', 'a b', '1.2.3.4/8']],
    ['otlp.http.path.traces', ['', 'v1', '/a?b', '/a b', '/a#b', '/*', '/v1/:signal']],
    ['name', ['', 'a"b', 'a\nb']],
  ] as const
  for (const [key, values] of cases) {
    for (const value of values) expect(parseOptionValue(optionDefinition(key), value).ok, `${key}=${value}`).toBe(false)
  }
})

test('blanks around a value do not count, and booleans may be capitalized', () => {
  expect(parseOptionValue(optionDefinition('otlp.grpc.port'), ' 1 ')).toEqual({ ok: true, value: 1 })
  expect(parseOptionValue(optionDefinition('otlp.grpc.enabled'), 'FALSE')).toEqual({ ok: true, value: false })
})

test('addresses may be IPv4, IPv6 or names', () => {
  for (const address of ['0.0.0.0', '::', '::1', 'fe80::1%eth0', 'collector-1.example']) {
    expect(parseOptionValue(optionDefinition('otlp.bind.address'), address).ok, address).toBe(true)
  }
})

test('a signal has its own format or the general one', () => {
  const options = { 'otlp.message.format': 'protobuf', 'otlp.message.format.logs': 'json' }
  const { config } = configFromOptions(options, { embeddedBroker: true })
  expect([messageFormat(config, 'traces'), messageFormat(config, 'logs')]).toEqual(['protobuf', 'json'])
})
