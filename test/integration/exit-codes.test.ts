/** What a script sees of `sluice run`: exit codes and the one line on standard error. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
const DEADLINE_MS = 30_000
const SERVERS = ['--set', 'kafka.bootstrap.servers=127.0.0.1:1']
const FREE = ['otlp.grpc.port=0', 'otlp.http.port=0', 'metrics.port=0', 'health.port=0']

function run(...args: string[]) {
  const { status, stderr, stdout } = spawnSync(LAUNCHER, args, { encoding: 'utf8', timeout: DEADLINE_MS })
  return { status, stderr: stderr.trim().split('\n'), stdout }
}

function settings(...pairs: string[]): string[] {
  return [...FREE, ...pairs].flatMap((pair) => ['--set', pair])
}

describe('sluice run', () => {
  let taken: Server
  let port: number
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    port = (taken.address() as AddressInfo).port
  })
  afterAll(() => taken.close())

  it.each(['otlp.http.port', 'otlp.grpc.port'])('exits 1 and names %s when it is taken', (key) => {
    const { status, stderr, stdout } = run('run', ...SERVERS, ...settings(`${key}=${port}`))
    expect([status, stderr]).toEqual([1, [expect.stringContaining(`${key}=${port}`)]])
    expect(stdout).toContain('event=receiver_failed')
    expect(stdout).not.toContain('event=engine_ready')
  })

  it.each(['metrics.port', 'health.port'])('exits 1 with one line when %s is taken', (key) => {
    const { status, stderr } = run('run', ...SERVERS, ...settings(`${key}=${port}`))
    expect([status, stderr]).toEqual([1, [expect.stringContaining(String(port))]])
  })

  it('exits 1 with a line for each bad setting', () => {
    const { status, stderr } = run('run', ...SERVERS, '--set', 'otlp.ack=maybe', '--set', 'otlp.http.port=x')
    expect([status, stderr.length]).toEqual([1, 2])
    expect(stderr.join(' ')).toMatch(/otlp\.ack.*maybe/)
  })

  it('exits 2 for a flag that it does not have', () => {
    expect(run('run', '--no-such-flag').status).toBe(2)
  })

  it('ends with a signal that came before it was ready', async () => {
    const child = spawn(LAUNCHER, ['run', ...SERVERS, ...settings()], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') child.kill('SIGTERM')
      output += String(chunk)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    expect(output).toMatch(/event=task_stopped undelivered=0 refused=0\n$/)
    expect(code).toBe(0)
  })
})
