/** Sluice as a library: the same code that `sluice run` runs. The only barrel of the project. */
import { createLog } from './base/log.ts'
import { configFromOptions, type LoadedConfig, type Options } from './config/load.ts'
import { Engine, type EngineAddresses, type Snapshot, type StopReport } from './engine.ts'
import { type Kafka, openKafka } from './engine-kafka.ts'
import { sluiceVersion } from './version.ts'

export { ConfigError, type Problem } from './config/config-error.ts'
export type { Options } from './config/load.ts'
export type { EngineAddresses, Snapshot, StopReport } from './engine.ts'

/** A running engine. All methods may be called in any order until `stop`. */
export interface RunningEngine {
  /** `host:port` of each listener; undefined for one that is switched off. */
  readonly addresses: EngineAddresses
  /** Kafka's address; the embedded broker's own when that was asked for. */
  readonly bootstrapServers: string
  /** Counters, queue depths and states of this moment. */
  snapshot(): Snapshot
  /** Refuses new data (503 / UNAVAILABLE with a retry hint); what is in flight finishes. */
  pause(): void
  resume(): void
  /**
   * Validates the options, drains, and starts again with them. Nothing acknowledged is lost; for the moment between,
   * connections are refused. @throws ConfigError before anything was changed
   */
  reconfigure(options: Options): Promise<void>
  /** Resolves with the reason when a part died that cannot be replaced. Stop the engine then. */
  readonly failed: Promise<Error>
  /** Drains for at most `drainTimeoutMs` (default engine.drain.timeout.ms) and ends every thread. Never rejects. */
  stop(options?: { readonly drainTimeoutMs?: number }): Promise<StopReport>
}

/**
 * Starts an engine in this process. Main thread only: librdkafka's binding cannot live in a worker.
 *
 * @param options keys of the option table (docs/configuration.md), and `embeddedBroker: true` for a broker in this process
 * @throws ConfigError with every problem; ReceiverFailedError when a port cannot be opened
 */
export async function startEngine(options: Options & { readonly embeddedBroker?: boolean }): Promise<RunningEngine> {
  const { embeddedBroker = false, ...keys } = options
  return startConfigured(configFromOptions(keys, { embeddedBroker }))
}

/** The same from a loaded configuration; what the command line calls. */
export async function startConfigured(loaded: LoadedConfig): Promise<RunningEngine> {
  let { engine, kafka } = await startBoth(loaded)
  let config = loaded.config
  return {
    get addresses() {
      return engine.addresses
    },
    get bootstrapServers() {
      return kafka.bootstrapServers
    },
    get failed() {
      return engine.failed
    },
    snapshot: () => engine.snapshot(),
    pause: () => engine.pause(),
    resume: () => engine.resume(),
    async reconfigure(options) {
      const next = configFromOptions(options, { embeddedBroker: config.embeddedBroker })
      await stopBoth(engine, kafka, config['engine.drain.timeout.ms'])
      ;({ engine, kafka } = await startBoth(next))
      config = next.config
    },
    stop: ({ drainTimeoutMs } = {}) => stopBoth(engine, kafka, drainTimeoutMs ?? config['engine.drain.timeout.ms']),
  }
}

async function startBoth(loaded: LoadedConfig): Promise<{ engine: Engine; kafka: Kafka }> {
  const { config } = loaded
  const log = createLog({ level: config['log.level'], format: config['log.format'] })
  const kafka = await openKafka(loaded, log)
  try {
    return { engine: await Engine.start({ loaded, kafka, version: sluiceVersion(), log }), kafka }
  } catch (error) {
    await kafka.stop()
    throw error
  }
}

async function stopBoth(engine: Engine, kafka: Kafka, drainTimeoutMs: number): Promise<StopReport> {
  const report = await engine.stop(drainTimeoutMs)
  await kafka.stop()
  return report
}
