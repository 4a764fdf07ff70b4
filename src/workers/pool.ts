/** The serializer threads: piscina starts them, keeps their number, and tells when one dies. */
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { Log } from '../base/log.ts'
import { siblingUrl } from '../base/sibling-url.ts'
import type { SerializerTask } from './serializer-task.ts'

/** A thread that dies at once, again and again, is a bug that replacing does not mend. */
const DEATHS_MAX = 100
const DEATHS_WINDOW_MS = 60_000

export interface SerializerPoolOptions {
  readonly threads: number
  readonly log: Log
  task(serializerIndex: number): SerializerTask
  /** Called before the replacement starts: put back what the dead thread had claimed. */
  died(serializerIndex: number): void
  /** Serializers die faster than they are replaced: the engine cannot go on. */
  failed(error: Error): void
}

export class SerializerPool {
  readonly #options: SerializerPoolOptions
  readonly #piscina: Piscina
  #deaths: number[] = []
  #stopped = false

  constructor(options: SerializerPoolOptions) {
    this.#options = options
    this.#piscina = new Piscina({
      filename: fileURLToPath(siblingUrl(import.meta.url, 'task')),
      name: 'serializeUntilStopped',
      minThreads: options.threads,
      maxThreads: options.threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // The task never returns to piscina's own wait loop; it waits on our bells.
      atomics: 'disabled',
      recordTiming: false,
    })
  }

  /** For tests that kill a thread; in no other use. */
  get workers(): Piscina['threads'] {
    return this.#piscina.threads
  }

  start(): void {
    for (let serializer = 0; serializer < this.#options.threads; serializer++) void this.#keepRunning(serializer)
  }

  /** The engine state must be STOPPED before, so that the tasks return. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#piscina.destroy()
  }

  async #keepRunning(serializerIndex: number): Promise<void> {
    const { log, task, died, failed } = this.#options
    for (;;) {
      try {
        await this.#piscina.run(task(serializerIndex))
        return
      } catch (error) {
        if (this.#stopped) return
        const reason = error instanceof Error ? error.message : String(error)
        log('error', 'worker_died', { role: 'serializer', thread: serializerIndex, reason })
        died(serializerIndex)
        if (this.#diesTooOften()) {
          failed(new Error(`serializers died ${DEATHS_MAX} times in ${DEATHS_WINDOW_MS / 1000} s, last: ${reason}`))
          return
        }
      }
    }
  }

  #diesTooOften(): boolean {
    const now = Date.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATHS_WINDOW_MS), now]
    return this.#deaths.length > DEATHS_MAX
  }
}
