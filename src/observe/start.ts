import { Worker } from 'node:worker_threads'
import { monotonicMs } from '../base/clock.ts'
import { ReceiverFailedError, ThreadDiedError } from '../base/errors.ts'
import { createLog, type Log } from '../base/log.ts'
import { siblingUrl } from '../base/sibling-url.ts'
import type { ObserveInit, ObserveOrder, ObservePorts, ObserveReport } from './thread-init.ts'

/** After this an ending thread is cut off: it holds nothing that could be lost. */
const END_TIMEOUT_MS = 2000
/** A thread that dies again and again is a bug that starting it again does not mend. */
const DEATHS_MAX = 5
const DEATHS_WINDOW_MS = 60_000
/** Its ports are free again when it is gone; somebody else may have them for a moment. */
const RESTART_PAUSE_MS = 100

export interface ObserveThread {
  /** The ports that listen. Rejects with ReceiverFailedError when one cannot be opened. */
  readonly ready: Promise<ObservePorts>
  /** Resolves when the thread is gone and will not be started again; never rejects. */
  readonly exited: Promise<void>
  /** For tests that kill it; undefined while none runs. */
  readonly worker: Worker | undefined
  /** Closes the ports and ends the thread; `exited` tells when. May be called at any time, more than once. */
  end(): void
}

/**
 * The thread of the metrics and health ports; none is started when both are off. Main thread. One that dies is started
 * again on the same ports: whoever watches the health port must not take a living engine for a dead one.
 *
 * @param onGivenUp told when it died too often; it is not started again then
 */
export function startObserveThread(init: ObserveInit, onGivenUp: (error: Error) => void = () => {}): ObserveThread {
  if (init.metricsPort === 0 && init.healthPort === 0) {
    const ready = Promise.resolve({ metricsPort: 0, healthPort: 0 })
    return { ready, exited: Promise.resolve(), worker: undefined, end: () => {} }
  }
  return new Handle(init, onGivenUp)
}

class Handle implements ObserveThread {
  readonly ready: Promise<ObservePorts>
  readonly exited: Promise<void>
  worker: Worker | undefined
  readonly #log: Log
  readonly #onGivenUp: (error: Error) => void
  #init: ObserveInit
  #hasListened = false
  #isEnding = false
  #deathsMs: number[] = []
  #restartTimer: NodeJS.Timeout | undefined
  #resolveExited: () => void = () => {}

  constructor(init: ObserveInit, onGivenUp: (error: Error) => void) {
    this.#init = init
    this.#onGivenUp = onGivenUp
    this.#log = createLog(init.log)
    this.exited = new Promise((resolve) => {
      this.#resolveExited = resolve
    })
    this.ready = this.#start()
  }

  async #start(): Promise<ObservePorts> {
    this.#restartTimer = undefined
    const worker = new Worker(siblingUrl(import.meta.url, 'thread'), { workerData: this.#init, name: 'observe' })
    this.worker = worker
    let reason: string | undefined
    worker.on('error', (error) => {
      reason = error.message
    })
    worker.once('exit', (code) => this.#onExit(reason ?? `ended with code ${code}`))
    const ports = await readyOf(worker)
    // Any free port was asked for: from now on it is this one.
    this.#init = { ...this.#init, ...ports }
    this.#hasListened = true
    return ports
  }

  #onExit(reason: string): void {
    this.worker = undefined
    if (this.#isEnding || !this.#hasListened) {
      this.#resolveExited()
      return
    }
    this.#log('error', 'worker_died', { role: 'observe', reason })
    const now = monotonicMs()
    this.#deathsMs = [...this.#deathsMs.filter((at) => now - at < DEATHS_WINDOW_MS), now]
    if (this.#deathsMs.length > DEATHS_MAX) this.#giveUp(reason)
    else this.#restartTimer = setTimeout(() => this.#startAgain(), RESTART_PAUSE_MS)
  }

  #startAgain(): void {
    // The thread that did not start exits, and that is the next death.
    this.#start().catch((error) => this.#log('warn', 'observe_not_started', { reason: String(error) }))
  }

  #giveUp(reason: string): void {
    this.#resolveExited()
    this.#onGivenUp(new ThreadDiedError(`the observe thread died ${DEATHS_MAX + 1} times in a minute, last: ${reason}`))
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    clearTimeout(this.#restartTimer)
    if (this.worker !== undefined) endWorker(this.worker)
    else this.#resolveExited()
  }
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
