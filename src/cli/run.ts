/** `sluice run`: the engine in the foreground until SIGTERM or SIGINT. */
import { createLog, type Log } from '../base/log.ts'
import { ReceiverFailedError } from '../base/errors.ts'
import { ConfigError } from '../config/config-error.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { type RunningEngine, startConfigured } from '../index.ts'
import { sluiceVersion } from '../version.ts'
import { parseConfigArguments } from './arguments.ts'
import { refuseStart } from './refuse-start.ts'
import { EXIT } from './usage.ts'

/** Native handles may outlive a clean stop by a moment; after this the process ends with the same code. */
const EXIT_GRACE_MS = 2000

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
  log('info', 'engine_starting', { version: sluiceVersion(), node: process.version, pid: process.pid })
  for (const warning of loaded.warnings) log('warn', 'config_warning', { warning })
  if (loaded.ignoredKeys.length > 0) log('info', 'config_keys_ignored', { keys: loaded.ignoredKeys.join(',') })
  const signals = new SignalWatch()
  const engine = await startOrSay(loaded, log)
  announce(engine, loaded, log)
  const reason = await Promise.race([signals.first, engine.failed])
  if (reason instanceof Error) log('error', 'engine_failed', { reason: reason.message })
  // A second signal ends at once: the drain's deadline is now.
  void signals.second.then(() => engine.stop({ drainTimeoutMs: 0 }))
  const { undelivered } = await engine.stop()
  signals.end()
  const code = exitCode(reason, undelivered)
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
    `Sluice is listening: OTLP/gRPC ${grpc ?? 'off'}, OTLP/HTTP ${http}, metrics http://${metrics}/metrics`,
    `Kafka (embedded, for trying out) is at ${engine.bootstrapServers}. Try:`,
    `  curl -sS -X POST http://${http}${config['otlp.http.path.traces']} -H 'content-type: application/json' -d '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"hello"}]}]}]}'`,
    `  kcat -b ${engine.bootstrapServers} -C -t ${topic} -o beginning -e`,
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** SIGTERM and SIGINT, counted. */
class SignalWatch {
  readonly first: Promise<NodeJS.Signals>
  readonly second: Promise<NodeJS.Signals>
  readonly #listener: (signal: NodeJS.Signals) => void

  constructor() {
    const resolvers: ((signal: NodeJS.Signals) => void)[] = []
    this.first = new Promise((resolve) => resolvers.push(resolve))
    this.second = new Promise((resolve) => resolvers.push(resolve))
    this.#listener = (signal) => resolvers.shift()?.(signal)
    process.on('SIGTERM', this.#listener)
    process.on('SIGINT', this.#listener)
  }

  end(): void {
    process.off('SIGTERM', this.#listener)
    process.off('SIGINT', this.#listener)
  }
}
