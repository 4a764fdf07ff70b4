/**
 * Creates the configured topics beside a producer that already works, again and again until each is there.
 *
 * - The first attempt goes before the first record, but never holds it up for longer than FIRST_ATTEMPT_MS_MAX: a record
 *   that comes first makes the broker create the topic by its own defaults, or waits for the topic in librdkafka.
 * - A topic that cannot be created is said once a reason, and is not fatal: it may exist for a producer that has no
 *   right to create it.
 */
import type { Log } from '../base/log.ts'
import type { TopicsOutcome } from './topics.ts'

export const FIRST_ATTEMPT_MS_MAX = 2000
export const PAUSE_MS_MIN = 5000
const PAUSE_MS_MAX = 60_000

export type CreateTopics = (topics: readonly string[]) => Promise<TopicsOutcome>

export class TopicCreation {
  readonly #create: CreateTopics
  readonly #log: Log
  /** Topic to the reason that was said last. */
  readonly #said = new Map<string, string>()
  #missing: readonly string[]
  #pauseMs = PAUSE_MS_MIN
  #pause: NodeJS.Timeout | undefined
  #first: Promise<void> | undefined
  #stopped = false

  constructor(topics: readonly string[], create: CreateTopics, log: Log) {
    this.#missing = [...new Set(topics)]
    this.#create = create
    this.#log = log
  }

  /** Safe to repeat. Resolves with the end of the first attempt, or FIRST_ATTEMPT_MS_MAX after it began. */
  start(): Promise<void> {
    this.#first ??= this.#begin()
    return this.#first
  }

  /** An attempt that runs ends by its own timeout; no other follows. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#pause)
  }

  async #begin(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ATTEMPT_MS_MAX)
    })
    await Promise.race([this.#attempt(), enough])
    clearTimeout(timer)
  }

  async #attempt(): Promise<void> {
    const { created, failures } = await this.#outcome()
    if (this.#stopped) return
    if (created.length > 0) this.#log('info', 'topics_created', { topics: created.join(',') })
    for (const { topic, reason } of failures) this.#say(topic, reason)
    this.#missing = failures.map(({ topic }) => topic)
    if (this.#missing.length === 0) return
    this.#pause = setTimeout(() => void this.#attempt(), this.#pauseMs)
    this.#pauseMs = Math.min(PAUSE_MS_MAX, 2 * this.#pauseMs)
  }

  async #outcome(): Promise<TopicsOutcome> {
    try {
      return await this.#create(this.#missing)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { created: [], failures: this.#missing.map((topic) => ({ topic, reason })) }
    }
  }

  #say(topic: string, reason: string): void {
    if (this.#said.get(topic) === reason) return
    this.#said.set(topic, reason)
    this.#log('warn', 'topic_not_created', { topic, reason })
  }
}
