import { Worker } from 'node:worker_threads'
import { ReceiverFailedError, ThreadDiedError } from '../base/errors.ts'
import { siblingUrl } from '../base/sibling-url.ts'
import type { IngestInit, IngestOrder, IngestReport } from './thread-init.ts'

/** Main's handle on one ingest thread. */
export interface IngestThread {
  /** Resolves when its ports listen; rejects with ReceiverFailedError when they cannot, ThreadDiedError on any other end. */
  readonly ready: Promise<void>
  /** Resolves when the thread is gone after end() or a failed start; rejects with ThreadDiedError when it died. */
  readonly exited: Promise<void>
  readonly worker: Worker
  /** Items of waiting requests that end() answered with an error; known once `exited` resolved. */
  readonly refusedItems: number
  /** Answers every waiting request with a retryable error, closes all connections, ends the thread. Safe to repeat. */
  end(): void
}

class Handle implements IngestThread {
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  readonly worker: Worker
  refusedItems = 0
  #isEnding = false

  constructor(init: IngestInit, onFault: (message: string) => void) {
    this.worker = new Worker(siblingUrl(import.meta.url, 'thread'), {
      workerData: init,
      name: `ingest-${init.ingestIndex}`,
    })
    const started = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    this.ready = started.promise
    this.exited = gone.promise
    // Whoever does not look at a promise must not end the process by that.
    this.ready.catch(() => {})
    this.exited.catch(() => {})
    let cause: unknown
    this.worker.on('message', (report: IngestReport) => {
      if (report.type === 'listening') started.resolve()
      else if (report.type === 'fault') onFault(report.message)
      else if (report.type === 'ended') this.refusedItems = report.refusedItems
      else this.#failToStart(report.message, started.reject)
    })
    this.worker.on('error', (error) => {
      cause = error
    })
    this.worker.on('exit', (code) => {
      const died = new ThreadDiedError(`ingest thread ${init.ingestIndex} ended with code ${code}`, { cause })
      started.reject(died)
      if (this.#isEnding && code === 0) gone.resolve()
      else gone.reject(died)
    })
  }

  #failToStart(message: string, reject: (error: Error) => void): void {
    this.#isEnding = true
    reject(new ReceiverFailedError(message))
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    const order: IngestOrder = { type: 'end' }
    this.worker.postMessage(order)
  }
}

/** @param onFault told of bugs that the thread survived; its state word is FAILED then */
export function startIngestThread(init: IngestInit, onFault: (message: string) => void = () => {}): IngestThread {
  return new Handle(init, onFault)
}
