import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { type ConfigSources, configFromOptions, type LoadedConfig, loadConfig } from '../../../src/config/load.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function load(sources: ConfigSources): LoadedConfig {
  return loadConfig({ environment: {}, embeddedBroker: true, ...sources })
}

function problemsOf(action: () => unknown): string[] {
  try {
    action()
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

test('a later source wins: default, file, next file, environment, --set', () => {
  const files = [
    file('a.properties', 'name=a\notlp.grpc.port=1\nhealth.port=11\nmetrics.port=21'),
    file('b.json', '{"otlp.grpc.port": 2, "health.port": 12}'),
  ]
  const environment = { HEALTH_PORT: '13', METRICS_PORT: '23' }
  const { config, sources } = load({ files, environment, sets: [{ key: 'metrics.port', value: '24' }] })
  expect([
    config['otlp.http.port'],
    config.name,
    config['otlp.grpc.port'],
    config['health.port'],
    config['metrics.port'],
  ]).toEqual([4318, 'a', 2, 13, 24])
  expect(
    ['otlp.http.port', 'name', 'otlp.grpc.port', 'health.port', 'metrics.port'].map((key) => sources.get(key)),
  ).toEqual(['default', `${files[0]} line 1`, `${files[1]} line 1`, 'environment HEALTH_PORT', '--set'])
})

test('all problems of all sources are reported at once, each with key, value, source and what is allowed', () => {
  const properties = file('x.properties', '# comment\notlp.ack=never\notlp.grp.port=1\n')
  const missing = join(folder, 'missing.json')
  const problems = problemsOf(() =>
    load({
      files: [properties, missing],
      environment: { OTLP_QUEUE_MAXBYTES: '1' },
      sets: [{ key: 'health.port', value: 'x' }],
    }),
  )
  expect(problems).toEqual([
    `${missing}: cannot be read (ENOENT)`,
    'OTLP_QUEUE_MAXBYTES=1 (environment OTLP_QUEUE_MAXBYTES): is not an option; did you mean OTLP_QUEUE_MAX_BYTES?',
    `otlp.grp.port=1 (${properties} line 3): is not an option; did you mean otlp.grpc.port?`,
    `otlp.ack=never (${properties} line 2): must be kafka or queue`,
    'health.port=x (--set): must be an integer from -1 to 65535',
  ])
})

test('only the value that takes effect is judged', () => {
  const { config } = load({
    environment: { OTLP_GRPC_PORT: 'nonsense' },
    sets: [{ key: 'otlp.grpc.port', value: '5' }],
  })
  expect(config['otlp.grpc.port']).toBe(5)
})

test('a Kafka broker is required unless it is embedded', () => {
  expect(problemsOf(() => load({ embeddedBroker: false }))).toEqual([
    'kafka.bootstrap.servers (default): is required: `host:port` of a Kafka broker, or start with --embedded-broker',
  ])
  const { config } = load({ embeddedBroker: false, environment: { KAFKA_BOOTSTRAP_SERVERS: 'a:1, [::1]:2' } })
  expect(config['kafka.bootstrap.servers']).toEqual(['a:1', '[::1]:2'])
})

test('keys of Kafka Connect are ignored and listed', () => {
  const json = file(
    'c.json',
    '{"name":"n","config":{"connector.class":"X","tasks.max":"1","key.converter":"Y","errors.tolerance":"all"}}',
  )
  expect(load({ files: [json] }).ignoredKeys).toEqual([
    'connector.class',
    'tasks.max',
    'key.converter',
    'errors.tolerance',
  ])
})

test('a file without a known ending is JSON when it begins with a brace', () => {
  expect(load({ files: [file('mounted', '{"name":"from-json"}')] }).config.name).toBe('from-json')
  expect(load({ files: [file('other', 'name=from-properties')] }).config.name).toBe('from-properties')
})

test('placeholders take values from the environment and from files', () => {
  const secret = file('port', '4444\n')
  const sets = [
    { key: 'otlp.grpc.port', value: `\${file:${secret}}` },
    { key: 'name', value: `x-\${env:WHO}-\${file:${secret}}-z` },
  ]
  const { config } = load({ sets, environment: { WHO: 'y' } })
  expect([config['otlp.grpc.port'], config.name]).toEqual([4444, 'x-y-4444-z'])
})

test('a placeholder that cannot be replaced is one problem, not two', () => {
  const sets = [
    { key: 'otlp.grpc.port', value: '${env:ABSENT}' },
    { key: 'kafka.producer.sasl.username', value: '${file:/absent/file}' },
  ]
  expect(problemsOf(() => load({ sets }))).toEqual([
    'otlp.grpc.port=${env:ABSENT} (--set): environment variable ABSENT is not set',
    'kafka.producer.sasl.username=${file:/absent/file} (--set): file /absent/file cannot be read',
  ])
})

test('secrets appear in no output, whatever is wrong beside them', () => {
  const secret = 'hunter2hunter2'
  const json = file(
    's.json',
    `{"kafka.producer.sasl.password":"${secret}","kafka.producer.sasl.pasword":"${secret}","otlp.tls.keypasword":"${secret}","kafka.producer.ssl.key.pem":["${secret}"]}`,
  )
  const broken = file('t.json', `{"kafka.producer.sasl.password":"${secret}",,}`)
  const problems = problemsOf(() => load({ files: [json, broken], environment: { OTLP_AUTH_TOKN: secret } }))
  expect(problems).toHaveLength(4)
  expect(problems.join('\n')).not.toContain('hunter')
  const { effective, config } = load({
    sets: [
      { key: 'kafka.producer.ssl.key.password', value: secret },
      { key: 'kafka.producer.sasl.username', value: '${env:USER_SECRET}' },
      { key: 'kafka.producer.sasl.password', value: 'hunter-${env:USER_SECRET}' },
    ],
    environment: { USER_SECRET: secret },
  })
  expect(JSON.stringify(effective)).not.toContain('hunter')
  expect(config.producerProperties).toMatchObject({ 'ssl.key.password': secret, 'sasl.username': secret })
})

test('the configuration is frozen and can be cloned into a thread', () => {
  const { config } = load({})
  expect(Object.isFrozen(config) && Object.isFrozen(config.producerProperties)).toBe(true)
  expect(structuredClone(config)).toEqual(config)
})

test('options of the library pass the same validation and leave the environment aside', () => {
  const { config, sources } = configFromOptions({
    'otlp.grpc.port': 0,
    'otlp.http.enabled': false,
    'kafka.bootstrap.servers': 'k:1',
  })
  expect([config['otlp.grpc.port'], config['otlp.http.enabled'], sources.get('otlp.grpc.port')]).toEqual([
    0,
    false,
    'options',
  ])
  expect(problemsOf(() => configFromOptions({ 'otlp.grpc.port': 1.5 }, { embeddedBroker: true }))).toEqual([
    'otlp.grpc.port=1.5 (options): must be an integer from 0 to 65535',
  ])
})
