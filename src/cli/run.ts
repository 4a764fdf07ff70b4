/** `sluice run`: the engine in the foreground until SIGTERM or SIGINT. */
import { ReceiverFailedError } from '../base/errors.ts'
import { createLog, type Log } from '../base/log.ts'
import { ConfigError } from '../config/config-error.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { type RunningEngine, startConfigured } from '../index.ts'
import { sluiceVersion } from '../version.ts'
import { parseConfigArguments } from './arguments.ts'
import { refuseStart } from './refuse-start.ts'
import { EXIT } from './usage.ts'

/** Native handles may outlive a clean stop by a moment; after this the process ends with the same code. */
const EXIT_GRACE_MS = 2000
/** After a fault of the main thread the rest may still deliver, or not: it gets this long. */
const FAULT_DRAIN_MS_MAX = 5000

export async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    const loaded = loadConfig(parseConfigArguments(argv))
    return await runLoaded(loaded)
  } catch (error) {
    if (error instanceof ConfigError) return refuseStart(error)
    if (!(error instanceof ReceiverFailedError)) throw error
    process.stderr.write(`sluice: ${error.message}\n`)
    return EXIT.COULD_NOT_START
  }
}

async function runLoaded(loaded: LoadedConfig): Promise<number> {
  const { config } = loaded
  const log = createLog({ level: config['log.level'], format: config['log.format'] })
  // Before the first line, so that whoever has seen a line can end it in order.
  const signals = new SignalWatch(log)
  const faults = new FaultWatch(log)
  log('info', 'engine_starting', { version: sluiceVersion(), node: process.version, pid: process.pid })
  for (const warning of loaded.warnings) log('warn', 'config_warning', { warning })
  if (loaded.ignoredKeys.length > 0) log('info', 'config_keys_ignored', { keys: loaded.ignoredKeys.join(',') })
  try {
    const engine = await Promise.race([startOrSay(loaded, log), faults.first.then((error) => Promise.reject(error))])
    announce(engine, loaded, log)
    return exitSoon(await runUntilStopped(engine, signals, faults, log))
  } finally {
    signals.end()
    faults.end()
  }
}

async function runUntilStopped(
  engine: RunningEngine,
  signals: SignalWatch,
  faults: FaultWatch,
  log: Log,
): Promise<number> {
  const reason = await Promise.race([signals.first, engine.failed, faults.first])
  if (reason instanceof Error) log('error', 'engine_failed', { reason: reason.message })
  // A second signal ends at once: the drain's deadline is now.
  void signals.second.then(() => engine.stop({ drainTimeoutMs: 0 }))
  // A fault of the main thread, before the drain or in it, leaves nobody who could be waited for long.
  void faults.first.then(() => engine.stop({ drainTimeoutMs: FAULT_DRAIN_MS_MAX }))
  const { undelivered } = await engine.stop()
  return faults.seen ? EXIT.INTERNAL_FAULT : exitCode(reason, undelivered)
}

function exitSoon(code: number): number {
  setTimeout(() => process.exit(code), EXIT_GRACE_MS).unref()
  return code
}

async function startOrSay(loaded: LoadedConfig, log: Log): Promise<RunningEngine> {
  try {
    return await startConfigured(loaded)
  } catch (error) {
    if (error instanceof ReceiverFailedError) log('error', 'receiver_failed', { message: error.message })
    throw error
  }
}

function exitCode(reason: Error | NodeJS.Signals, undelivered: number): number {
  if (reason instanceof Error) return EXIT.INTERNAL_FAULT
  return undelivered > 0 ? EXIT.UNDELIVERED : EXIT.CLEAN
}

function announce(engine: RunningEngine, { config }: LoadedConfig, log: Log): void {
  const { grpc, http, metrics, health } = engine.addresses
  log('info', 'engine_ready', { grpc, http, metrics, health, kafka: engine.bootstrapServers })
  if (!config.embeddedBroker || http === undefined) return
  const topic = config['kafka.topic.traces']
  const lines = [
    '',
    `Sluice is listening: OTLP/gRPC ${grpc ?? 'off'}, OTLP/HTTP ${http}, metrics ${metrics === undefined ? 'off' : `http://${metrics}/metrics`}`,
    `Kafka (embedded, for trying out) is at ${engine.bootstrapServers}. Try:`,
    `  curl -sS -X POST http://${http}${config['otlp.http.path.traces']} -H 'content-type: application/json' -d '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"hello"}]}]}]}'`,
    `  kcat -b ${engine.bootstrapServers} -C -t ${topic} -o beginning -e`,
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** SIGTERM and SIGINT, counted; SIGHUP, which would end the process undrained, is only said. */
class SignalWatch {
  readonly first: Promise<NodeJS.Signals>
  readonly second: Promise<NodeJS.Signals>
  readonly #listener: (signal: NodeJS.Signals) => void
  readonly #hangUp: () => void

  constructor(log: Log) {
    const resolvers: ((signal: NodeJS.Signals) => void)[] = []
    this.first = new Promise((resolve) => resolvers.push(resolve))
    this.second = new Promise((resolve) => resolvers.push(resolve))
    this.#listener = (signal) => resolvers.shift()?.(signal)
    this.#hangUp = () =>
      log('warn', 'config_reload_unsupported', { signal: 'SIGHUP', advice: 'restart to reconfigure' })
    process.on('SIGTERM', this.#listener)
    process.on('SIGINT', this.#listener)
    process.on('SIGHUP', this.#hangUp)
  }

  end(): void {
    process.off('SIGTERM', this.#listener)
    process.off('SIGINT', this.#listener)
    process.off('SIGHUP', this.#hangUp)
  }
}

/**
 * Exceptions that nobody caught: the thread that delivers has stopped in the middle of something. Without this Node would
 * end the process with code 1, which means "could not start", and drop what other threads can still answer.
 */
class FaultWatch {
  readonly first: Promise<Error>
  seen = false
  readonly #listener: (error: unknown) => void

  constructor(log: Log) {
    let resolve: (error: Error) => void = () => {}
    this.first = new Promise((resolved) => {
      resolve = resolved
    })
    this.#listener = (thrown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      log('error', 'internal_fault', { message: error.stack ?? error.message })
      this.seen = true
      resolve(error)
    }
    process.on('uncaughtException', this.#listener)
  }

  end(): void {
    process.off('uncaughtException', this.#listener)
  }
}
