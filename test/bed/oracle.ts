/**
 * The official Python protobuf runtime as a child process that judges bodies (test/corpus/python_oracle.py).
 *
 *   const oracle = await startOracle()
 *   const [verdict] = await oracle.judge([{ signal: 'traces', encoding: 'json', body }])
 *   oracle.stop()
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Signal } from '../../src/otlp/signal.ts'
import { pythonOracle } from '../integration/clients/install.ts'

export interface Question {
  readonly signal: Signal
  readonly encoding: 'protobuf' | 'json'
  readonly coding?: 'identity' | 'gzip' | 'deflate' | 'zstd'
  readonly body: Uint8Array
}

export interface Judgement {
  /** `utf8`: well-formed protobuf, but for strings that are no UTF-8. */
  readonly verdict: 'accepted' | 'utf8' | 'refused'
  /** Of what is accepted: the same message as the official runtime writes it, unknown fields left out; in base64. */
  readonly canonical?: string
  readonly reason?: string
}

const PROGRAM = fileURLToPath(new URL('../corpus/python_oracle.py', import.meta.url))
const BATCH = 200

/** Installs the runtime once; see test/corpus/requirements.txt for its version. */
export async function startOracle(): Promise<Oracle> {
  return new Oracle(await pythonOracle())
}

export class Oracle {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: { resolve(judgement: Judgement): void; reject(error: Error): void }[] = []

  /** @param pythonPath where the runtime is installed */
  constructor(pythonPath: string) {
    const env = { ...process.env, PYTHONPATH: pythonPath }
    this.#child = spawn('python3', [PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Judgement)
    })
    this.#child.stdin.on('error', () => {}) // its end says more
    this.#child.on('close', (code) => this.#end(new Error(`the Python oracle ended with ${code}`)))
    this.#child.on('error', (error) => this.#end(error))
  }

  /** In the order of the questions. */
  async judge(questions: readonly Question[]): Promise<Judgement[]> {
    const judgements: Judgement[] = []
    // In batches, so that neither pipe holds more than a few hundred questions.
    for (let from = 0; from < questions.length; from += BATCH) {
      judgements.push(...(await Promise.all(questions.slice(from, from + BATCH).map((one) => this.#ask(one)))))
    }
    return judgements
  }

  stop(): void {
    this.#child.stdin.end()
  }

  #ask({ signal, encoding, coding = 'identity', body }: Question): Promise<Judgement> {
    const line = JSON.stringify({ signal, encoding, coding, body: Buffer.from(body).toString('base64') })
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${line}\n`)
    })
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
