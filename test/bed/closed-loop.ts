/** Clients that send one request after the other, each waiting for its answer, until they are stopped. */
import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { GrpcClient } from './grpc-client.ts'
import { post } from './http-client.ts'
import { Ledger } from './ledger.ts'

export interface LoopOptions {
  readonly http?: string
  readonly grpc?: string
  /** Of each protocol. */
  readonly clients?: number
  readonly paddingBytes?: number
  readonly ledger: Ledger
}

/** A refused client pauses: without it a closed loop of refusals would take all of the machine. */
const PAUSE_AFTER_REFUSAL_MS = 10
const GRPC_DEADLINE_MS = 20_000

export class ClosedLoop {
  readonly #options: LoopOptions
  readonly #loops: Promise<void>[] = []
  #isStopped = false

  constructor(options: LoopOptions) {
    this.#options = options
    const { clients = 4, http, grpc } = options
    for (let client = 0; client < clients; client++) {
      if (http !== undefined) this.#loops.push(this.#httpLoop(`http://${http}/v1/traces`))
      if (grpc !== undefined) this.#loops.push(this.#grpcLoop(grpc))
    }
  }

  /** Resolves when every client has its last answer. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#loops)
  }

  async #httpLoop(url: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await this.#loop('http', async (body) => {
      try {
        const { status } = await post(url, { body, agent })
        return [status, status === 200]
      } catch (error) {
        return [(error as NodeJS.ErrnoException).code ?? String(error), false]
      }
    })
    agent.destroy()
  }

  async #grpcLoop(target: string): Promise<void> {
    const client = new GrpcClient(target)
    await this.#loop('grpc', async (body) => {
      const { code } = await client.export(0, body, { deadlineMs: GRPC_DEADLINE_MS })
      return [code, code === 0]
    })
    client.close()
  }

  async #loop(protocol: string, send: (body: Buffer) => Promise<[answer: string | number, accepted: boolean]>) {
    const { ledger, paddingBytes = 200 } = this.#options
    while (!this.#isStopped) {
      const name = ledger.next()
      const [answer, isAccepted] = await send(Ledger.body(name, paddingBytes))
      ledger.answered(name, protocol, answer, isAccepted)
      if (!isAccepted) await delay(PAUSE_AFTER_REFUSAL_MS)
    }
  }
}
