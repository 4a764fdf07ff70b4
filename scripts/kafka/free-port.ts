/**
 * Loopback ports that are free now.
 *
 * - Below the ephemeral range (32768 and up): a port the kernel hands to outgoing connections could be taken between
 *   this look and the listener's bind.
 * - Random, so that test runs side by side rarely meet; a broker that still finds its port taken fails to start.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const FIRST_PORT = 15_000
const LAST_PORT = 32_000
const ATTEMPTS_MAX = 200
const handedOut = new Set<number>()

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (!handedOut.has(port) && (await canListen(port))) {
      handedOut.add(port)
      return port
    }
  }
  throw new Error(`no free loopback port between ${FIRST_PORT} and ${LAST_PORT} in ${ATTEMPTS_MAX} attempts`)
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort())
  return ports
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  const outcome = new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true))
    server.once('error', () => resolve(false))
  })
  server.listen({ port, host: '127.0.0.1', exclusive: true })
  const free = await outcome
  if (free) {
    server.close()
    await once(server, 'close')
  }
  return free
}
