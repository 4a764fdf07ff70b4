/** Sluice as a library: the same code that `sluice run` runs. The only barrel of the project. */
import { createLog } from './base/log.ts'
import { configFromOptions, type LoadedConfig, type Options } from './config/load.ts'
import { Engine } from './engine.ts'
import { openKafka } from './engine-kafka.ts'
import { Lifecycle, type Run, type RunningEngine } from './lifecycle.ts'
import { sluiceVersion } from './version.ts'

export { ConfigError, type Problem } from './config/config-error.ts'
export type { Options } from './config/load.ts'
export type { EngineAddresses, Snapshot, StopReport } from './engine.ts'
export type { RunningEngine } from './lifecycle.ts'

/**
 * Starts an engine in this process. Main thread only: librdkafka's binding cannot live in a worker.
 *
 * Start the process with `UWS_HTTP_MAX_HEADERS_SIZE=16384` in its environment, as the launcher does: without it OTLP/HTTP
 * refuses header blocks above 4 KiB, and long authorization tokens are larger.
 *
 * @param options keys of the option table (docs/configuration.md), and `embeddedBroker: true` for a broker in this process
 * @throws ConfigError with every problem; ReceiverFailedError when a port cannot be opened
 */
export async function startEngine(options: Options & { readonly embeddedBroker?: boolean }): Promise<RunningEngine> {
  const { embeddedBroker = false, ...keys } = options
  return startConfigured(configFromOptions(keys, { embeddedBroker }))
}

/** The same from a loaded configuration; what the command line calls. */
export function startConfigured(loaded: LoadedConfig): Promise<RunningEngine> {
  return Lifecycle.start(loaded, startBoth)
}

async function startBoth(loaded: LoadedConfig): Promise<Run> {
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
