/**
 * The engine as its users start it: `bin/sluice run` as a process of its own, on free ports, known by what it prints.
 *
 *   const engine = await startEngine({ bootstrapServers, config: { 'otlp.message.format': 'json' } })
 *   ... engine.addresses.http ...
 *   expect(await engine.stop()).toMatchObject({ code: 0 })
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { hasCommand } from '../../scripts/kafka/prerequisites.ts'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { type LogFields, parseLogLine } from './log-line.ts'
import { Metrics } from './prometheus.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/sluice', import.meta.url))
const READY_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 45_000
const SCRAPE_DEADLINE_MS = 5000

export interface EngineOptions {
  /** Absent: the embedded broker. */
  bootstrapServers?: string
  /** Keys of the option table, over the free ports. */
  config?: Readonly<Record<string, string>>
  environment?: Readonly<Record<string, string>>
  readyDeadlineMs?: number
}

export interface EngineAddresses {
  grpc: string
  http: string
  metrics: string
  health: string
  /** The Kafka it writes to, also when it is the embedded one. */
  kafka: string
}

export interface EngineEnd {
  /** Exit code, or the signal that ended it. */
  code: number | NodeJS.Signals | null
  lastLine: string
  /** Fields of the last line: `event=task_stopped undelivered=N refused=M` after an orderly end. */
  fields: LogFields
}

const FREE_PORTS = { 'otlp.grpc.port': '0', 'otlp.http.port': '0', 'metrics.port': '-1', 'health.port': '-1' }

/** Resolves when the ports listen; rejects, with all that was printed, when the process ends before. */
export async function startEngine(options: EngineOptions = {}): Promise<RunningEngine> {
  const { bootstrapServers, config = {}, environment = {}, readyDeadlineMs = READY_DEADLINE_MS } = options
  const kafka = bootstrapServers === undefined ? {} : { 'kafka.bootstrap.servers': bootstrapServers }
  const settings = Object.entries({ ...FREE_PORTS, ...kafka, ...config })
  const args = ['run', ...settings.flatMap(([key, value]) => ['--set', `${key}=${value}`])]
  if (bootstrapServers === undefined) args.push('--embedded-broker')
  const command = hasCommand('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', LAUNCHER, ...args] : [LAUNCHER, ...args]
  const [file, ...rest] = command
  const child = spawn(file, rest, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const engine = new RunningEngine(child)
  try {
    await engine.ready(readyDeadlineMs)
  } catch (error) {
    await engine.kill()
    throw error
  }
  return engine
}

export class RunningEngine {
  /** Everything printed on standard output and standard error, line by line. */
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly #exited: Promise<EngineEnd>
  #addresses: EngineAddresses | undefined
  #ended = false

  constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
    this.#exited = new Promise((resolve) => {
      const end = (code: EngineEnd['code']) => {
        this.#ended = true
        const lastLine = this.lines.at(-1) ?? ''
        resolve({ code, lastLine, fields: parseLogLine(lastLine) })
      }
      child.on('error', (error) => {
        this.lines.push(String(error))
        end(null)
      })
      child.on('close', (code, signal) => end(code ?? signal))
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  get addresses(): EngineAddresses {
    if (!this.#addresses) throw new Error('the engine is not ready')
    return this.#addresses
  }

  /** Resolves with the end of the process, whoever ends it. */
  get exited(): Promise<EngineEnd> {
    return this.#exited
  }

  async ready(deadlineMs: number): Promise<void> {
    const { grpc, http, metrics, health, kafka } = await this.event('engine_ready', { deadlineMs })
    this.#addresses = { grpc, http, metrics, health, kafka }
  }

  /** The lines of this event so far. */
  events(name: string): LogFields[] {
    return this.lines.map(parseLogLine).filter(({ event }) => event === name)
  }

  /** Waits for the first line of this event after the first `skip` ones. */
  async event(name: string, { deadlineMs = READY_DEADLINE_MS, skip = 0 } = {}): Promise<LogFields> {
    const seen = () => this.events(name)[skip] ?? (this.#ended && 'ended')
    const found = await waitUntil(seen, { deadlineMs, pollMs: 10, what: `event=${name}` }).catch((error) => {
      throw new Error(`${error.message}\n${this.output()}`)
    })
    if (typeof found === 'string') throw new Error(`the engine ended before event=${name}\n${this.output()}`)
    return found
  }

  async metrics(): Promise<Metrics> {
    const signal = AbortSignal.timeout(SCRAPE_DEADLINE_MS)
    const response = await fetch(`http://${this.addresses.metrics}/metrics`, { signal })
    if (!response.ok) throw new Error(`GET /metrics: ${response.status} ${await response.text()}`)
    return new Metrics(await response.text())
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** SIGTERM; an engine that does not end by the deadline is killed and that is an error. */
  async stop(deadlineMs = STOP_DEADLINE_MS): Promise<EngineEnd> {
    if (!this.#ended) this.#child.kill('SIGTERM')
    const ended = await waitUntil(() => this.#ended, { deadlineMs, what: 'the engine ended after SIGTERM' }).catch(
      (error: Error) => error,
    )
    if (ended instanceof Error) {
      await this.kill()
      throw new Error(`${ended.message}\n${this.output()}`)
    }
    return this.#exited
  }

  /** SIGKILL; does nothing when it has ended. */
  async kill(): Promise<EngineEnd> {
    if (!this.#ended) this.#child.kill('SIGKILL')
    return this.#exited
  }

  output(): string {
    return this.lines.slice(-60).join('\n')
  }
}
