import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'

export interface GrpcAnswer {
  readonly code: number
  readonly details: string
  /** grpc-status-details-bin, as text to look into; '' when absent. */
  readonly statusDetails: string
  readonly response: Buffer | undefined
}

export interface GrpcOptions {
  readonly path?: string
  readonly gzip?: boolean
  readonly deadlineMs?: number
  /** Keys that end in -bin take their value in base64. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** A client with a connection of its own, sending raw bytes. */
export class GrpcClient {
  readonly #client: Client

  constructor(target: string) {
    this.#client = new Client(target, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
    })
  }

  export(signalIndex: number, body: Buffer, options: GrpcOptions = {}): Promise<GrpcAnswer> {
    const identity = (bytes: Buffer): Buffer => bytes
    const path = options.path ?? SIGNAL_FACTS[signalIndex]!.grpcPath
    const metadata = new Metadata()
    for (const [key, value] of Object.entries(options.metadata ?? {})) {
      metadata.set(key, key.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
    }
    if (options.gzip) metadata.set('grpc-internal-encoding-request', 'gzip')
    const deadline = options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs }
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(path, identity, identity, body, metadata, deadline, (error, response) => {
        resolve(answerOf(error, response))
      })
    })
  }

  close(): void {
    this.#client.close()
  }
}

function answerOf(error: ServiceError | null, response: Buffer | undefined): GrpcAnswer {
  const details = error?.metadata.get('grpc-status-details-bin')[0] ?? ''
  return { code: error?.code ?? 0, details: error?.details ?? '', statusDetails: details.toString('latin1'), response }
}
