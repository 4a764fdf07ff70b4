import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ReceiverFailedError } from '../../../src/base/errors.ts'
import { runCommand } from '../../../src/cli/run.ts'
import { EXIT } from '../../../src/cli/usage.ts'
import type { RunningEngine, StopReport } from '../../../src/index.ts'

const started = vi.hoisted(() => ({ engine: undefined as unknown, failure: undefined as unknown }))
vi.mock('../../../src/index.ts', () => ({
  startConfigured: async () => {
    if (started.failure) throw started.failure
    return started.engine
  },
}))
const written = vi.hoisted(() => ({ log: [] as string[] }))
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  writeSync: (_file: number, text: string) => written.log.push(text),
}))

/** An engine that stops when its drain is hurried, or when the test says so. */
class FakeEngine {
  readonly addresses = { grpc: '127.0.0.1:1', http: '127.0.0.1:2', metrics: undefined, health: undefined }
  readonly bootstrapServers = 'b:1'
  readonly stops: (number | undefined)[] = []
  fail: (error: Error) => void = () => {}
  finish: (report: StopReport) => void = () => {}
  readonly failed = new Promise<Error>((resolve) => {
    this.fail = resolve
  })
  readonly #stopped = new Promise<StopReport>((resolve) => {
    this.finish = resolve
  })

  stop({ drainTimeoutMs }: { drainTimeoutMs?: number } = {}): Promise<StopReport> {
    this.stops.push(drainTimeoutMs)
    return this.#stopped
  }
}

const ARGUMENTS = ['--set', 'kafka.bootstrap.servers=b:1']
const CLEAN: StopReport = { undelivered: 0, refused: 0 }

let engine: FakeEngine
let errors: string

beforeEach(() => {
  engine = new FakeEngine()
  started.engine = engine satisfies Pick<RunningEngine, 'addresses' | 'bootstrapServers' | 'failed' | 'stop'>
  started.failure = undefined
  written.log = []
  errors = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text
    return true
  })
  // The exit of last resort must not end the test's process.
  vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
})
afterEach(() => vi.restoreAllMocks())

/** Calls what the command registered for an event of the process, and nobody else. */
function raise(event: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'uncaughtException', argument: unknown = event): void {
  const listener = process.listeners(event as 'SIGTERM').at(-1) as (argument: unknown) => void
  listener(argument)
}

async function running(): Promise<{ code: Promise<number> }> {
  const code = runCommand(ARGUMENTS)
  await vi.waitFor(() => expect(written.log.join('')).toContain('event=engine_ready'))
  return { code }
}

describe('sluice run', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('drains at %s and exits 0', async (signal) => {
    const { code } = await running()
    raise(signal)
    await vi.waitFor(() => expect(engine.stops).toEqual([undefined]))
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.CLEAN)
  })

  it('ends the drain at the second signal', async () => {
    const { code } = await running()
    raise('SIGTERM')
    raise('SIGINT')
    await vi.waitFor(() => expect(engine.stops).toContain(0))
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.CLEAN)
  })

  it('exits 3 when acknowledged items are not confirmed', async () => {
    const { code } = await running()
    raise('SIGTERM')
    engine.finish({ undelivered: 1, refused: 0 })
    expect(await code).toBe(EXIT.UNDELIVERED)
  })

  it('exits 0 when only refused ones are left', async () => {
    const { code } = await running()
    raise('SIGTERM')
    engine.finish({ undelivered: 0, refused: 5 })
    expect(await code).toBe(EXIT.CLEAN)
  })

  it('drains and exits 4 when a part of the engine fails', async () => {
    const { code } = await running()
    engine.fail(new Error('an ingest thread died'))
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.INTERNAL_FAULT)
    expect(written.log.join('')).toContain('event=engine_failed reason="an ingest thread died"')
  })

  it('says an exception that nobody caught, drains for a few seconds at most, and exits 4', async () => {
    const { code } = await running()
    raise('uncaughtException', new Error('settled twice'))
    await vi.waitFor(() => expect(engine.stops).toContain(5000))
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.INTERNAL_FAULT)
    expect(written.log.join('')).toMatch(/event=internal_fault message="Error: settled twice/)
  })

  it('exits 4 when that happens during the drain', async () => {
    const { code } = await running()
    raise('SIGTERM')
    raise('uncaughtException', new Error('settled twice'))
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.INTERNAL_FAULT)
  })

  it('says at SIGHUP that it does not reload, and goes on', async () => {
    const { code } = await running()
    raise('SIGHUP')
    expect(written.log.join('')).toContain('level=warn event=config_reload_unsupported')
    expect(engine.stops).toEqual([])
    raise('SIGTERM')
    engine.finish(CLEAN)
    expect(await code).toBe(EXIT.CLEAN)
  })

  it('shows the embedded broker to whoever tries it out, and says off of what is off', async () => {
    let printed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text
      return true
    })
    const code = runCommand(['--embedded-broker'])
    await vi.waitFor(() => expect(printed).toContain('metrics off\n'))
    expect(printed).toContain('OTLP/HTTP 127.0.0.1:2')
    raise('SIGTERM')
    engine.finish(CLEAN)
    await code
  })

  it('leaves no listener behind', async () => {
    const events = ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException']
    const before = events.map((event) => process.listenerCount(event))
    const { code } = await running()
    raise('SIGTERM')
    engine.finish(CLEAN)
    await code
    expect(events.map((event) => process.listenerCount(event))).toEqual(before)
  })
})

describe('a start that fails', () => {
  it('exits 1 with every problem of the configuration', async () => {
    expect(await runCommand(['--set', 'otlp.http.port=x', '--set', 'otlp.ack=maybe'])).toBe(EXIT.COULD_NOT_START)
    expect(errors).toContain('otlp.http.port')
    expect(errors).toContain('otlp.ack')
  })

  it('exits 1 with one line when a port is taken, and logs it', async () => {
    started.failure = new ReceiverFailedError('Failed to start HTTP server: otlp.http.port=4318: the port is in use')
    expect(await runCommand(ARGUMENTS)).toBe(EXIT.COULD_NOT_START)
    expect(errors.trim()).toBe('sluice: Failed to start HTTP server: otlp.http.port=4318: the port is in use')
    expect(written.log.join('')).toContain('event=receiver_failed')
  })

  it('leaves no listener behind either', async () => {
    const before = process.listenerCount('uncaughtException')
    started.failure = new ReceiverFailedError('no')
    await runCommand(ARGUMENTS)
    expect(process.listenerCount('uncaughtException')).toBe(before)
  })

  it('throws what it does not know: main exits 4 with it', async () => {
    started.failure = new Error('a bug')
    await expect(runCommand(ARGUMENTS)).rejects.toThrow('a bug')
  })
})
