/**
 * The admin side: a worker thread that reads shared words and serves pages. It writes nothing and nobody waits for it, so
 * a slow scraper or a large page costs the flow of telemetry only the CPU.
 */
import type { Server } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { SharedState } from '../shared-memory/shared-state.ts'
import { listen, type Pages, portOf } from './admin-server.ts'
import { healthPages, metricsPages } from './pages.ts'
import type { ObserveInit, ObserveOrder, ObserveReport } from './thread-init.ts'

const init = workerData as ObserveInit
const shared = new SharedState(init.memory, init.layout)
const servers: Server[] = []

parentPort!.on('message', (_: ObserveOrder) => end())
try {
  const metricsPort = await open('metrics.port', init.metricsPort, metricsPages(shared, init))
  const healthPort = await open('health.port', init.healthPort, healthPages(shared, init))
  report({ type: 'listening', metricsPort, healthPort })
} catch (error) {
  report({ type: 'failed_to_start', message: (error as Error).message })
  end()
}

/** @returns the port that listens; 0 when it is off */
async function open(key: string, port: number, pages: Pages): Promise<number> {
  if (port === 0) return 0
  try {
    const server = await listen(init.host, Math.max(port, 0), pages)
    servers.push(server)
    return portOf(server)
  } catch (error) {
    throw new Error(`${key}=${port}: cannot listen on ${init.host}: ${(error as Error).message}`, { cause: error })
  }
}

/** With the servers and the port closed nothing keeps the thread. */
function end(): void {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  parentPort!.close()
}

function report(message: ObserveReport): void {
  parentPort!.postMessage(message)
}
