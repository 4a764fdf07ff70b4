import { describe, expect, it } from 'vitest'
import { configFromOptions, type LoadedConfig } from '../../src/config/load.ts'
import type { StopReport } from '../../src/engine.ts'
import { Lifecycle, type Run } from '../../src/lifecycle.ts'

const CLEAN: StopReport = { undelivered: 0, refused: 0 }

/** An engine whose drain lasts until the test ends it, or it is told to take no time. */
class FakeRun implements Run {
  readonly calls: string[] = []
  readonly bootstrapServers = 'b:1'
  readonly loaded: LoadedConfig
  kafkaStopped = false
  fail: (error: Error) => void = () => {}
  finishDrain: (report: StopReport) => void = () => {}
  readonly engine: Run['engine']
  readonly kafka: Run['kafka']

  constructor(loaded: LoadedConfig) {
    this.loaded = loaded
    const drained = new Promise<StopReport>((resolve) => {
      this.finishDrain = resolve
    })
    this.engine = {
      addresses: { grpc: undefined, http: loaded.config.name, metrics: undefined, health: undefined },
      failed: new Promise((resolve) => {
        this.fail = resolve
      }),
      snapshot: () => {
        throw new Error('no snapshot')
      },
      pause: () => this.calls.push('pause'),
      resume: () => this.calls.push('resume'),
      stop: (drainTimeoutMs) => {
        this.calls.push('stop')
        if (drainTimeoutMs === 0) this.finishDrain(CLEAN)
        return drained
      },
    }
    const stop = async () => {
      this.kafkaStopped = true
    }
    this.kafka = { bootstrapServers: 'b:1', stop }
  }
}

interface Bed {
  readonly lifecycle: Lifecycle
  readonly runs: FakeRun[]
  /** Starts that are to fail, counted from the first. */
  readonly failing: Set<number>
  /** Later starts wait for this. */
  hold(until: Promise<void>): void
}

async function bed(): Promise<Bed> {
  const runs: FakeRun[] = []
  const failing = new Set<number>()
  let starts = 0
  let gate = Promise.resolve()
  const lifecycle = await Lifecycle.start(configFromOptions(named('first')), async (loaded) => {
    await gate
    if (failing.has(starts++)) throw new Error(`start ${starts - 1}`)
    const run = new FakeRun(loaded)
    runs.push(run)
    return run
  })
  const hold = (until: Promise<void>): void => {
    gate = until
  }
  return { lifecycle, runs, failing, hold }
}

function named(name: string): Record<string, string> {
  return { name, 'kafka.bootstrap.servers': 'b:1' }
}

describe('one engine after another', () => {
  it('drains the old one before the new one starts, and tells what was left', async () => {
    const { lifecycle, runs } = await bed()
    const reconfigured = lifecycle.reconfigure(named('second'))
    await expect.poll(() => runs[0]!.calls).toContain('stop')
    expect(runs).toHaveLength(1)
    runs[0]!.finishDrain({ undelivered: 7, refused: 0 })
    expect(await reconfigured).toEqual({ undelivered: 7, refused: 0 })
    expect([lifecycle.addresses.http, runs[0]!.kafkaStopped]).toEqual(['second', true])
    await lifecycle.stop({ drainTimeoutMs: 0 })
  })

  it('takes two configurations one after the other', async () => {
    const { lifecycle, runs } = await bed()
    const both = [lifecycle.reconfigure(named('second')), lifecycle.reconfigure(named('third'))]
    runs[0]!.finishDrain(CLEAN)
    await both[0]
    await expect.poll(() => runs[1]!.calls).toContain('stop')
    runs[1]!.finishDrain(CLEAN)
    await both[1]
    expect([lifecycle.addresses.http, runs.length]).toEqual(['third', 3])
    await lifecycle.stop({ drainTimeoutMs: 0 })
  })

  it('starts none after stop, also when that comes while it drains for another configuration', async () => {
    const { lifecycle, runs } = await bed()
    const reconfigured = lifecycle.reconfigure(named('second'))
    await expect.poll(() => runs[0]!.calls).toContain('stop')
    // Hurries the drain that reconfigure began.
    expect(await lifecycle.stop({ drainTimeoutMs: 0 })).toEqual(CLEAN)
    await expect(reconfigured).rejects.toThrow(/was stopped/)
    await expect(lifecycle.reconfigure(named('third'))).rejects.toThrow(/was stopped/)
    expect(runs).toHaveLength(1)
  })

  it('stops the new one when stop comes while it starts', async () => {
    const { lifecycle, runs, hold } = await bed()
    const { promise, resolve } = Promise.withResolvers<void>()
    hold(promise)
    const reconfigured = lifecycle.reconfigure(named('second'))
    runs[0]!.finishDrain(CLEAN)
    await expect.poll(() => runs[0]!.kafkaStopped).toBe(true)
    const stopped = lifecycle.stop({ drainTimeoutMs: 0 })
    resolve()
    await Promise.all([reconfigured, stopped])
    expect(runs.map(({ calls, kafkaStopped }) => [calls.at(-1), kafkaStopped])).toEqual([
      ['stop', true],
      ['stop', true],
    ])
  })

  it('starts the old configuration again when the new one does not start', async () => {
    const { lifecycle, runs, failing } = await bed()
    failing.add(1)
    runs[0]!.finishDrain(CLEAN)
    await expect(lifecycle.reconfigure(named('second'))).rejects.toThrow('start 1')
    expect([lifecycle.addresses.http, runs.length]).toEqual(['first', 2])
    await lifecycle.stop({ drainTimeoutMs: 0 })
  })

  it('has failed when neither starts, and can be stopped then', async () => {
    const { lifecycle, runs, failing } = await bed()
    failing.add(1).add(2)
    runs[0]!.finishDrain(CLEAN)
    await expect(lifecycle.reconfigure(named('second'))).rejects.toThrow('start 1')
    expect(String(await lifecycle.failed)).toContain('start 2')
    expect(await lifecycle.stop()).toEqual(CLEAN)
  })

  it('stays paused across a configuration, and fails with whichever engine fails', async () => {
    const { lifecycle, runs } = await bed()
    lifecycle.pause()
    runs[0]!.finishDrain(CLEAN)
    await lifecycle.reconfigure(named('second'))
    expect(runs[1]!.calls).toEqual(['pause'])
    runs[1]!.fail(new Error('thread'))
    expect(String(await lifecycle.failed)).toContain('thread')
    await lifecycle.stop({ drainTimeoutMs: 0 })
  })
})
