/**
 * One engine after another behind one handle.
 *
 * - reconfigure and stop take turns in the order of their calls: never do two engines run, and never one after stop.
 * - A stop hurries the drain that runs, whoever began it.
 */
import { monotonicMs } from './base/clock.ts'
import { configFromOptions, type LoadedConfig, type Options } from './config/load.ts'
import type { Engine, EngineAddresses, Snapshot, StopReport } from './engine.ts'
import type { Kafka } from './engine-kafka.ts'

/** A running engine. All methods may be called in any order until `stop`. */
export interface RunningEngine {
  /** `host:port` of each listener; undefined for one that is switched off. */
  readonly addresses: EngineAddresses
  /** Kafka's address; the embedded broker's own when that was asked for. */
  readonly bootstrapServers: string
  /** Counters, queue depths and states of this moment. */
  snapshot(): Snapshot
  /** Refuses new data (503 / UNAVAILABLE with a retry hint); what is in flight finishes. Holds across `reconfigure`. */
  pause(): void
  resume(): void
  /**
   * Validates the options, drains for at most engine.drain.timeout.ms, and starts again with them; for the moment between,
   * connections are refused. When the new engine does not start, one with the old options does.
   *
   * @returns what was left at the end of the drain. With otlp.ack=queue its `undelivered` are lost; with otlp.ack=kafka
   *   nothing acknowledged is.
   * @throws ConfigError before anything was changed; ReceiverFailedError when a port cannot be opened; Error after `stop`
   */
  reconfigure(options: Options): Promise<StopReport>
  /** Resolves with the reason when a part died that cannot be replaced. Stop the engine then. */
  readonly failed: Promise<Error>
  /** Drains for at most `drainTimeoutMs` (default engine.drain.timeout.ms) and ends every thread. Never rejects. */
  stop(options?: { readonly drainTimeoutMs?: number }): Promise<StopReport>
}

/** What one configuration starts. */
export interface Run {
  readonly engine: Pick<Engine, 'addresses' | 'failed' | 'snapshot' | 'pause' | 'resume' | 'stop'>
  readonly kafka: Pick<Kafka, 'bootstrapServers' | 'stop'>
}

export type StartRun = (loaded: LoadedConfig) => Promise<Run>

export class Lifecycle implements RunningEngine {
  readonly failed: Promise<Error>
  readonly #startRun: StartRun
  #loaded: LoadedConfig
  #run: Run
  #paused = false
  /** Settles when every call before has had its turn. */
  #turns: Promise<unknown> = Promise.resolve()
  #stopping: Promise<StopReport> | undefined
  #stopDeadlineMs = Number.POSITIVE_INFINITY
  #fail: (error: Error) => void = () => {}

  /** @throws what `startRun` throws */
  static async start(loaded: LoadedConfig, startRun: StartRun): Promise<Lifecycle> {
    return new Lifecycle(loaded, await startRun(loaded), startRun)
  }

  private constructor(loaded: LoadedConfig, run: Run, startRun: StartRun) {
    this.#startRun = startRun
    this.#loaded = loaded
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    this.#run = run
    this.#adopt(run)
  }

  get addresses(): EngineAddresses {
    return this.#run.engine.addresses
  }

  get bootstrapServers(): string {
    return this.#run.kafka.bootstrapServers
  }

  snapshot(): Snapshot {
    return this.#run.engine.snapshot()
  }

  pause(): void {
    this.#paused = true
    this.#run.engine.pause()
  }

  resume(): void {
    this.#paused = false
    this.#run.engine.resume()
  }

  async reconfigure(options: Options): Promise<StopReport> {
    const next = configFromOptions(options, { embeddedBroker: this.#loaded.config.embeddedBroker })
    return this.#inTurn(async () => {
      this.#assertNotStopped()
      const report = await stopRun(this.#run, this.#drainTimeoutMs)
      this.#assertNotStopped()
      await this.#startAgain(next)
      return report
    })
  }

  stop({ drainTimeoutMs = this.#drainTimeoutMs }: { readonly drainTimeoutMs?: number } = {}): Promise<StopReport> {
    this.#stopDeadlineMs = Math.min(this.#stopDeadlineMs, monotonicMs() + drainTimeoutMs)
    // At once, whoever has the turn; the outcome is that of the turn below.
    this.#run.engine.stop(drainTimeoutMs).catch(() => {})
    this.#stopping ??= this.#inTurn(() => stopRun(this.#run, Math.max(0, this.#stopDeadlineMs - monotonicMs())))
    return this.#stopping
  }

  get #drainTimeoutMs(): number {
    return this.#loaded.config['engine.drain.timeout.ms']
  }

  async #startAgain(next: LoadedConfig): Promise<void> {
    try {
      this.#adopt(await this.#startRun(next))
      this.#loaded = next
    } catch (error) {
      if (this.#stopping === undefined) await this.#fallBack()
      throw error
    }
  }

  /** The old options worked a moment ago; without an engine everybody's data is refused. */
  async #fallBack(): Promise<void> {
    try {
      this.#adopt(await this.#startRun(this.#loaded))
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #adopt(run: Run): void {
    this.#run = run
    void run.engine.failed.then((error) => this.#fail(error))
    if (this.#paused) run.engine.pause()
  }

  #assertNotStopped(): void {
    if (this.#stopping !== undefined) throw new Error('the engine was stopped; it takes no other configuration')
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(step)
    this.#turns = turn.catch(() => {})
    return turn
  }
}

async function stopRun({ engine, kafka }: Run, drainTimeoutMs: number): Promise<StopReport> {
  const report = await engine.stop(drainTimeoutMs)
  await kafka.stop()
  return report
}
