/** A child process that talks in lines on stdout. Every wait has a deadline; its end is always awaited. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const COMPLAINT_BYTES_MAX = 4000
const KILL_DEADLINE_MS = 5000
export const ENDED_BY_SIGNAL = -1

export interface LineProcessOptions {
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** What it throws is thrown to who waits for the end. */
  readonly onLine: (line: string) => void
}

export class LineProcess {
  readonly #child: ChildProcess
  readonly #closed: Promise<number>
  readonly #exit: Promise<number>
  #complaint = ''

  constructor({ command: [file, ...args], environment = {}, onLine }: LineProcessOptions) {
    const env = { ...process.env, ...environment }
    this.#child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) this.#keep(`${line}\n`)
      try {
        onLine(line)
      } catch (error) {
        failed(error)
      }
    })
    this.#child.stderr!.on('data', (text) => this.#keep(String(text)))
    const { promise, reject: failed } = Promise.withResolvers<never>()
    this.#closed = new Promise<number>((resolve, reject) => {
      this.#child.once('error', reject)
      // 'close', not 'exit': its last lines have been read by then
      this.#child.once('close', (code, signal) => {
        if (signal !== null) this.#keep(`(ended by ${signal})\n`)
        resolve(signal === null ? (code ?? 0) : ENDED_BY_SIGNAL)
      })
    })
    this.#exit = Promise.race([this.#closed, promise])
    const killAtExit = () => this.#child.kill('SIGKILL') // an interrupted bench leaves no engine behind
    process.once('exit', killAtExit)
    this.#child.once('close', () => process.off('exit', killAtExit))
    for (const end of [this.#closed, this.#exit]) end.catch(() => {}) // told to who waits, not to nobody
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start')
    return this.#child.pid
  }

  /** The last of what it said that was not a result, for error messages. */
  get complaint(): string {
    return this.#complaint
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves to the exit code, or to ENDED_BY_SIGNAL. */
  get ended(): Promise<number> {
    return this.#exit
  }

  /** As `ended`; kills it and throws at the deadline. */
  async exited(deadlineMs: number): Promise<number> {
    try {
      return await within(deadlineMs, this.#exit, 'the process ended')
    } catch (error) {
      await this.kill()
      throw new Error(`${(error as Error).message}\n${this.#complaint}`, { cause: error })
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await within(KILL_DEADLINE_MS, this.#closed, 'killed').catch(() => {})
  }

  #keep(text: string): void {
    this.#complaint = (this.#complaint + text).slice(-COMPLAINT_BYTES_MAX)
  }
}

/** The promise, or an error that names what was waited for. */
export async function within<T>(deadlineMs: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${deadlineMs} ms: ${what}`)), deadlineMs)
  })
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer))
}
