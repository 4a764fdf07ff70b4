import { Worker } from 'node:worker_threads'
import { ReceiverFailedError } from '../base/errors.ts'
import { createLog } from '../base/log.ts'
import { siblingUrl } from '../base/sibling-url.ts'
import type { ObserveInit, ObserveOrder, ObservePorts, ObserveReport } from './thread-init.ts'

/** After this an ending thread is cut off: it holds nothing that could be lost. */
const END_TIMEOUT_MS = 2000

export interface ObserveThread {
  /** The ports that listen. Rejects with ReceiverFailedError when one cannot be opened. */
  readonly ready: Promise<ObservePorts>
  /** Resolves when the thread is gone, whatever ended it; never rejects. */
  readonly exited: Promise<void>
  /** Closes the ports and ends the thread; `exited` tells when. May be called at any time, more than once. */
  end(): void
}

/** The thread of the metrics and health ports; none is started when both are off. Main thread. */
export function startObserveThread(init: ObserveInit): ObserveThread {
  if (init.metricsPort === 0 && init.healthPort === 0) {
    return { ready: Promise.resolve({ metricsPort: 0, healthPort: 0 }), exited: Promise.resolve(), end: () => {} }
  }
  const log = createLog(init.log)
  const worker = new Worker(siblingUrl(import.meta.url, 'thread'), { workerData: init, name: 'observe' })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.on('error', (error) => log('error', 'worker_died', { role: 'observe', message: error.message }))
  return { ready: readyOf(worker), exited, end: () => endWorker(worker) }
}

function readyOf(worker: Worker): Promise<ObservePorts> {
  return new Promise((resolve, reject) => {
    worker.once('error', (error) =>
      reject(new ReceiverFailedError('the observe thread did not start', { cause: error })),
    )
    worker.once('exit', () => reject(new ReceiverFailedError('the observe thread ended before it listened')))
    worker.once('message', (report: ObserveReport) => {
      if (report.type === 'failed_to_start') reject(new ReceiverFailedError(report.message))
      else resolve({ metricsPort: report.metricsPort, healthPort: report.healthPort })
    })
  })
}

function endWorker(worker: Worker): void {
  const order: ObserveOrder = { type: 'end' }
  worker.postMessage(order)
  const timer = setTimeout(() => void worker.terminate(), END_TIMEOUT_MS)
  worker.once('exit', () => clearTimeout(timer))
}
