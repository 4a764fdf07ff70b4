/** Every bench in smoke size: that it runs and reports, not how fast. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { endToEndBench } from '../../bench/end-to-end.ts'
import { ringsBench } from '../../bench/rings.ts'
import type { BenchRow } from '../../bench/row.ts'
import { wholeNullBench } from '../../bench/whole-null.ts'

const SMOKE = { smoke: true }
const RUN_DEADLINE_MS = 60_000
/** Not on every machine, and not allowed in every container. */
const hasPerf = spawnSync('perf', ['stat', '-e', 'cpu-clock', 'true']).status === 0

function run(script: string, ...args: string[]) {
  const flags = ['--experimental-strip-types', '--no-warnings']
  return promisify(execFile)(process.execPath, [...flags, script, ...args], { timeout: RUN_DEADLINE_MS })
}

function expectFigures(rows: readonly BenchRow[]): void {
  for (const { name, value, checksum, extra } of rows) {
    expect(value, name).toBeGreaterThanOrEqual(0)
    expect(checksum, name).toMatch(/^[0-9a-f]{8,}$/)
    if (extra?.itemsPerS !== undefined) expect(extra.itemsPerS, name).toBeGreaterThan(0)
  }
}

describe('the rings', () => {
  it('are measured by topology, and what went in came out', async () => {
    const rows = await ringsBench(SMOKE)
    expect(rows.map(({ name }) => name)).toEqual([
      'rings/queue/one-to-one',
      'rings/queue/three-to-one',
      'rings/out-ring/one-to-one',
      'rings/bell/ping-pong',
    ])
    expectFigures(rows)
  })
})

describe('the whole engine', () => {
  it('is measured with a null producer, by protocol and format', async () => {
    const rows = await wholeNullBench(SMOKE)
    expect(rows.map(({ name }) => name)).toEqual(['whole-null/http/json/closed', 'whole-null/grpc/protobuf/closed'])
    expectFigures(rows)
  })

  it('is measured against Kafka, where every acknowledged request is one record', async () => {
    const rows = await endToEndBench(SMOKE, inject('kafkaBootstrapServers'))
    expect(rows.map(({ name }) => name)).toEqual([
      'end-to-end/http/json/closed',
      'end-to-end/http/json/half-load/linger-5',
      'kafka-alone/json/linger-5',
      'kafka-alone/protobuf/linger-5',
      'idle/cpu',
      'idle/memory',
    ])
    expectFigures(rows)
  })
})

describe('the commands', () => {
  it('bench/run.ts prints one table and keeps the rows with the machine', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
    try {
      const path = join(folder, 'result.json')
      const { stdout } = await run('bench/run.ts', '--smoke', '--only', 'kernel', '--out', path)
      const { machine, rows } = JSON.parse(await readFile(path, 'utf8'))
      expect(machine).toMatchObject({
        node: process.version,
        cores: expect.any(Number),
        librdkafka: expect.any(String),
      })
      for (const { name } of rows) expect(stdout).toContain(`| ${name} `)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('bench/run.ts refuses a bench that does not exist', async () => {
    await expect(run('bench/run.ts', '--only', 'nothing')).rejects.toMatchObject({ code: 2 })
  })

  it.skipIf(!hasPerf)('bench/profile.ts names what the busiest threads do', async () => {
    const size = ['--items', '64', '--connections', '4', '--warm-up-s', '0.2', '--duration-s', '1.5']
    const { stdout } = await run('bench/profile.ts', '--kafka', inject('kafkaBootstrapServers'), ...size)
    expect(stdout).toMatch(/^thread main: \d+\.\d % of the process\n +\d+\.\d % {2}\S/m)
  })

  it('bench/engine-run.ts shows the CPU of every thread', async () => {
    const size = ['--items', '8', '--connections', '2', '--warm-up-s', '0.1', '--duration-s', '0.4']
    const { stdout } = await run('bench/engine-run.ts', '--kafka', inject('kafkaBootstrapServers'), ...size)
    expect(stdout).toMatch(/cpu us\/item \d/)
    expect(stdout).toMatch(/^ {2}main +\d/m)
    const [, accepted, records] = /accepted (\d+) {2}in Kafka (\d+)/.exec(stdout)!
    expect(records).toBe(accepted)
  })
})
