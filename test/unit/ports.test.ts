import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ReceiverFailedError } from '../../src/base/errors.ts'
import { provePort } from '../../src/ports.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listening(options: { reusePort?: boolean } = {}): Promise<number> {
  const server = createServer()
  servers.push(server)
  server.listen({ host: '127.0.0.1', port: 0, ...options })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('proving a port', () => {
  it('chooses a free one for 0, and leaves it free', async () => {
    const port = await provePort('HTTP', '127.0.0.1', 0)
    expect(port).toBeGreaterThan(0)
    expect(await provePort('HTTP', '127.0.0.1', port)).toBe(port)
  })

  it('names receiver, keys, values and reason when it is in use', async () => {
    const port = await listening()
    const failure = provePort('gRPC', '127.0.0.1', port)
    await expect(failure).rejects.toThrow(
      `Failed to start gRPC server: otlp.bind.address=127.0.0.1 otlp.grpc.port=${port}: the port is in use`,
    )
    await expect(failure).rejects.toThrow(ReceiverFailedError)
  })

  it('refuses one that somebody shares by SO_REUSEPORT: two engines would split the connections', async () => {
    const port = await listening({ reusePort: true })
    await expect(provePort('HTTP', '127.0.0.1', port)).rejects.toThrow('the port is in use')
  })

  it('names the reason when the address is not of this machine', async () => {
    await expect(provePort('HTTP', '203.0.113.7', 0)).rejects.toThrow(
      /otlp\.bind\.address=203\.0\.113\.7 .*: EADDRNOTAVAIL/,
    )
  })
})
