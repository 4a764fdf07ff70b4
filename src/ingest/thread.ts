/**
 * Entry of an ingest worker thread. It ends by itself once nothing is open any more: ending a thread that still listens
 * makes uWebSockets.js abort the process.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { Ingest } from './ingest.ts'
import type { IngestInit, IngestOrder, IngestReport } from './thread-init.ts'

assert(parentPort !== null, 'ingest/thread.ts is started as a worker')
const port = parentPort

function report(message: IngestReport): void {
  port.postMessage(message)
}

const ingest = new Ingest(workerData as IngestInit, (message) => report({ type: 'fault', message }))

port.on('message', (order: IngestOrder) => {
  if (order.type === 'end') void end()
})

async function end(): Promise<void> {
  const refusedItems = await ingest.end()
  report({ type: 'ended', refusedItems })
  port.close()
}

try {
  await ingest.start()
  report({ type: 'listening' })
} catch (error) {
  report({ type: 'failed_to_start', message: error instanceof Error ? error.message : String(error) })
  port.close()
}
