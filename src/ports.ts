/**
 * Chooses and proves the receivers' ports before any thread listens. The ingress threads share a port by SO_REUSEPORT,
 * which would also let a second process join silently and take half of the connections; so the port is bound once
 * exclusively first, and "in use" is said at start.
 */
import { createServer } from 'node:net'
import { ReceiverFailedError } from './base/errors.ts'

export type Receiver = 'gRPC' | 'HTTP'

const PORT_KEYS = { gRPC: 'otlp.grpc.port', HTTP: 'otlp.http.port' } as const

/** @param port 0 = any free one. @throws ReceiverFailedError naming receiver, keys, values and reason */
export function provePort(receiver: Receiver, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : (error.code ?? error.message)
      const where = `otlp.bind.address=${host} ${PORT_KEYS[receiver]}=${port}`
      reject(new ReceiverFailedError(`Failed to start ${receiver} server: ${where}: ${reason}`, { cause: error }))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const chosen = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve(chosen))
    })
  })
}
