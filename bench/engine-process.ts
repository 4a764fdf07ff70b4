/** The engine as its users start it: a process of its own, known by what it prints. */
import { LineProcess, within } from './line-process.ts'

const READY_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 45_000
const SLUICE = new URL('../bin/sluice', import.meta.url).pathname

export interface EngineOptions {
  /** Keys of the option table, over those that give it free ports. */
  readonly settings: Readonly<Record<string, string>>
  /** What to run instead of bin/sluice; the settings are appended as `--set key=value`. */
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface EngineAddresses {
  readonly http: string
  readonly grpc: string
  readonly metrics: string | undefined
}

/** Benches run beside other things on the machine: no fixed port. */
const FREE_PORTS = { 'otlp.http.port': '0', 'otlp.grpc.port': '0', 'metrics.port': '-1', 'health.port': '-1' }

export class EngineProcess {
  readonly #process: LineProcess
  readonly addresses: EngineAddresses

  private constructor(child: LineProcess, addresses: EngineAddresses) {
    this.#process = child
    this.addresses = addresses
  }

  static async start({ settings, command = [SLUICE, 'run'], environment = {} }: EngineOptions): Promise<EngineProcess> {
    const sets = Object.entries({ ...FREE_PORTS, ...settings }).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const { promise: readyLine, resolve: ready } = Promise.withResolvers<string>()
    const onLine = (line: string) => {
      if (/\bevent=engine_ready\b/.test(line)) ready(line)
    }
    const child = new LineProcess({ command: [...command, ...sets], environment, onLine })
    try {
      const ended = child.ended.then((code) => Promise.reject(new Error(`the engine ended with ${code}`)))
      const line = await within(READY_DEADLINE_MS, Promise.race([readyLine, ended]), 'engine_ready')
      return new EngineProcess(child, parseAddresses(line))
    } catch (error) {
      await child.kill()
      throw new Error(`${(error as Error).message}\n${child.complaint}`, { cause: error })
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  get complaint(): string {
    return this.#process.complaint
  }

  /** SIGTERM; to its exit code. */
  async stop(): Promise<number> {
    this.#process.signal('SIGTERM')
    return this.#process.exited(STOP_DEADLINE_MS)
  }

  async kill(): Promise<void> {
    await this.#process.kill()
  }
}

export function parseAddresses(line: string): EngineAddresses {
  const field = (name: string) => new RegExp(`\\b${name}="?([^\\s"]+)`).exec(line)?.[1]
  const url = (name: string) => {
    const address = field(name)
    return address === undefined
      ? undefined
      : `http://${address.replace(/^https?:\/\//, '').replace(/^0\.0\.0\.0:/, '127.0.0.1:')}`
  }
  const [http, grpc] = [url('http'), url('grpc')]
  if (http === undefined || grpc === undefined) throw new Error(`engine_ready without http and grpc addresses: ${line}`)
  return { http, grpc, metrics: url('metrics') }
}
