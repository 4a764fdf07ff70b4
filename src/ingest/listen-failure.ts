import { createServer } from 'node:net'
import { ReceiverFailedError } from '../base/errors.ts'

/**
 * Why a receiver cannot listen. uWebSockets.js does not tell the reason: a socket of our own is opened in its place to
 * hear it from the system.
 */
export async function listenFailure(
  protocol: string,
  host: string,
  port: number,
  known?: unknown,
): Promise<ReceiverFailedError> {
  const cause = known ?? (await probe(host, port))
  const reason = cause instanceof Error ? cause.message : `${host}:${port} cannot be opened`
  return new ReceiverFailedError(`Failed to start ${protocol} server: ${reason}`, { cause })
}

function probe(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, reusePort: true }, () => server.close(() => resolve(undefined)))
  })
}
