/** Starts that must not happen, and starts under odd circumstances that must. */
import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasCommand } from '../../scripts/kafka/prerequisites.ts'
import { RunningEngine as Engine, type RunningEngine, startEngine } from '../bed/engine.ts'
import { post } from '../bed/http-client.ts'
import { createTopics } from '../bed/topics.ts'
import { LAUNCHER, launch } from './bed/launcher.ts'
import { sample } from './bed/samples.ts'

const SERVERS = ['--set', 'kafka.bootstrap.servers=127.0.0.1:1']
const FREE = ['otlp.grpc.port=0', 'otlp.http.port=0', 'metrics.port=0', 'health.port=0']
const NOBODY = '65534'
const SECRET = 'canary-4711'
const READY_DEADLINE_MS = 30_000

function settings(...pairs: string[]): string[] {
  return [...FREE, ...pairs].flatMap((pair) => ['--set', pair])
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('bad settings', () => {
  it.each([
    ['an unknown key', 'otlp.http.prot', '4318'],
    ['a wrong type', 'otlp.http.port', 'web'],
    ['a wrong boolean', 'otlp.http.enabled', 'maybe'],
    ['a negative size', 'otlp.request.max.bytes', '-1'],
    ['a number out of range', 'otlp.message.queue.size', '7'],
    ['a fraction', 'otlp.request.timeout.ms', '1.5'],
    ['an unknown choice', 'otlp.validation', 'most'],
    ['a topic that Kafka would not take', 'kafka.topic.logs', 'a b'],
    ['a path that is none', 'otlp.http.path.traces', 'v1'],
    ['an address that is none', 'otlp.bind.address', 'over there'],
    ['a queue smaller than a request', 'otlp.queue.max.bytes', '65536'],
  ])('[B130] %s: exit code 1, one line names key and value', (_, key, value) => {
    const { code, complaints } = launch(['run', ...SERVERS, ...settings(`${key}=${value}`)])
    expect([code, complaints.length]).toEqual([1, 1])
    expect(complaints[0]).toContain(key)
    expect(complaints[0]).toContain(value)
  })

  it('[B130] all problems are reported at once, a line each', () => {
    const { code, complaints } = launch(['run', ...SERVERS, ...settings('otlp.ack=x', 'log.level=loud', 'otlp.typo=1')])
    expect([code, complaints.length]).toEqual([1, 3])
  })

  it('[B130] no Kafka named: exit code 1, the line names the key', () => {
    const { code, complaints } = launch(['run', ...settings()], { KAFKA_BOOTSTRAP_SERVERS: '' })
    expect([code, complaints]).toEqual([1, [expect.stringContaining('kafka.bootstrap.servers')]])
  })

  it('[B131] command line wins over environment, environment over file', async () => {
    const file = join(folder, 'order.properties')
    await writeFile(file, 'otlp.ack=from-file\notlp.validation=from-file\nlog.level=from-file\n')
    const environment = { OTLP_ACK: 'from-environment', OTLP_VALIDATION: 'from-environment' }
    const { code, complaints } = launch(['run', '-c', file, ...SERVERS, ...settings('otlp.ack=from-flag')], environment)
    expect(code).toBe(1)
    const said = (key: string) => complaints.find((line) => line.includes(key))
    expect(said('otlp.ack')).toContain('from-flag')
    expect(said('otlp.validation')).toContain('from-environment')
    expect(said('log.level')).toContain('from-file')
    expect(complaints).toHaveLength(3)
  })

  it.each(['${env:NOT_THERE_4711}', '${file:/not/there/4711}'])(
    '[B131] a value that refers to what is not there (%s) stops the start',
    (value) => {
      const { code, complaints } = launch(['run', ...SERVERS, ...settings(`kafka.topic.traces=${value}`)])
      expect([code, complaints]).toEqual([1, [expect.stringMatching(/kafka\.topic\.traces.*4711/)]])
    },
  )

  it('[B131] a file that is not there or no configuration stops the start', async () => {
    const broken = join(folder, 'broken.json')
    await writeFile(broken, '{"config": {')
    for (const file of [join(folder, 'absent.json'), broken]) {
      const { code, complaints } = launch(['run', '-c', file, ...SERVERS])
      expect([code, complaints]).toEqual([1, [expect.stringContaining(file)]])
    }
  })

  it('[B131] a secret is in no output', () => {
    const secret = `kafka.producer.sasl.password=${SECRET}`
    const { code, output } = launch([
      'run',
      ...SERVERS,
      ...settings(secret, 'kafka.producer.security.protocol=nonsense'),
    ])
    expect([code, output.includes(SECRET)]).toEqual([1, false])
  })

  it.each([
    ['an unknown property', ['kafka.producer.no.such.property=1'], 'no.such.property'],
    ['a wrong value', ['kafka.producer.compression.type=tar'], 'compression.type'],
    ['a contradiction', ['kafka.producer.acks=1', 'kafka.producer.enable.idempotence=true'], 'acks'],
  ])('[B132] %s of librdkafka: exit code 1, one line names it', (_, pairs, named) => {
    const { code, complaints } = launch(['run', ...SERVERS, ...settings(...pairs)])
    expect([code, complaints]).toEqual([1, [expect.stringContaining(`kafka.producer.${named}`)]])
  })
})

describe('a port', () => {
  let engine: RunningEngine | undefined
  afterEach(() => engine?.kill())

  it.each(['otlp.grpc.port', 'otlp.http.port', 'metrics.port', 'health.port'])(
    '[B130 B144] that another engine has (%s): exit code 1',
    async (key) => {
      engine = await startEngine({ bootstrapServers: inject('kafkaBootstrapServers') })
      const { grpc, http, metrics, health } = engine.addresses
      const address = {
        'otlp.grpc.port': grpc,
        'otlp.http.port': http,
        'metrics.port': metrics,
        'health.port': health,
      }[key]!
      const port = address.slice(address.lastIndexOf(':') + 1)
      const { code, complaints } = launch(['run', ...SERVERS, ...settings(`${key}=${port}`)])
      expect([code, complaints]).toEqual([1, [expect.stringContaining(port)]])
    },
  )
})

describe('odd circumstances', () => {
  let engine: RunningEngine | undefined
  afterEach(() => engine?.kill())

  it('[B134] an ordinary user in a folder that is not its own, no home, no /tmp, odd zone and language', async () => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    const pairs = Object.entries({
      ...config,
      'kafka.bootstrap.servers': kafka,
      'metrics.port': '-1',
      'health.port': '-1',
    })
    const run = ['run', ...settings(...pairs.map(([key, value]) => `${key}=${value}`))]
    const asNobody = process.getuid?.() === 0 && hasCommand('setpriv')
    const user = asNobody ? ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'] : []
    const command = hasCommand('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', ...user, LAUNCHER] : [LAUNCHER]
    const nowhere = { HOME: '/nonexistent', TMPDIR: '/nonexistent', TZ: 'Asia/Kathmandu', LANG: 'C', LC_ALL: 'C' }
    const env = { PATH: process.env.PATH!, ...nowhere }
    engine = new Engine(
      spawn(command[0]!, [...command.slice(1), ...run], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] }),
    )
    await engine.ready(READY_DEADLINE_MS)
    const { status } = await post(`http://${engine.addresses.http}/v1/traces`, {
      body: sample('traces', { name: 'Grüße' }),
    })
    expect(status).toBe(200)
    expect(await engine.stop()).toMatchObject({ code: 0 })
    expect(
      engine.lines.filter((line) => line.startsWith('ts=')).every((line) => /^ts=\d{4}-\d\d-\d\dT[\d:.]+Z /.test(line)),
    ).toBe(true)
  })

  it.each([
    ['too old', '#!/bin/sh\necho v18.19.0\n'],
    ['broken', '#!/bin/sh\nexit 127\n'],
  ])('[B135] a Node that is %s: exit code 1 and one line that says so', async (name, script) => {
    const home = join(folder, name.replace(' ', '-'))
    await mkdir(join(home, 'dist/src/cli'), { recursive: true })
    await mkdir(join(home, 'path'))
    await cp(dirname(LAUNCHER), join(home, 'bin'), { recursive: true })
    await writeFile(join(home, 'dist/src/cli/main.js'), '')
    await writeFile(join(home, 'path/node'), script)
    await chmod(join(home, 'path/node'), 0o755)
    const { code, complaints } = launch(
      ['run'],
      { PATH: `${join(home, 'path')}:/usr/bin:/bin` },
      join(home, 'bin/sluice'),
    )
    expect([code, complaints]).toEqual([1, [expect.stringMatching(/Node 22\.12/)]])
  })
})
