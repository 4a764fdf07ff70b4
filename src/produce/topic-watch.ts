/**
 * Which topics Kafka is known to lack. librdkafka keeps a record for a topic it does not find and says nothing for half
 * a minute; so when a signal gets no confirmation the cluster is asked, and its requests are refused until the topic is
 * there. Only signals that were produced to are asked about: Kafka may make a topic on its first use.
 */
import type { Log } from '../base/log.ts'
import type { ProducerPort } from './producer-port.ts'

const ASK_TIMEOUT_MS = 1500

export interface TopicWatchOptions {
  /** By signal. */
  readonly topics: readonly string[]
  readonly log: Log
  /** @param missing a bit per signal */
  onChange(missing: number): void
}

export class TopicWatch {
  readonly #options: TopicWatchOptions
  #suspects = 0
  #missing = 0
  #isAsking = false

  constructor(options: TopicWatchOptions) {
    this.#options = options
  }

  /** Records of this signal are not confirmed, or an error says that its topic is unknown. */
  suspect(signalIndex: number): void {
    this.#suspects |= 1 << signalIndex
  }

  /** To be called about once a second. */
  tick(port: ProducerPort | undefined): void {
    const asked = this.#suspects | this.#missing
    if (asked === 0 || this.#isAsking || port === undefined) return
    this.#isAsking = true
    port.topicNames(ASK_TIMEOUT_MS, (names) => {
      this.#isAsking = false
      if (names !== undefined) this.#answered(asked, names)
    })
  }

  #answered(asked: number, names: ReadonlySet<string>): void {
    const { topics, onChange } = this.#options
    const missing = topics.reduce((bits, topic, signal) => bits | (names.has(topic) ? 0 : 1 << signal), 0) & asked
    const changed = missing ^ this.#missing
    this.#suspects &= ~asked
    this.#missing = missing
    if (changed === 0) return
    onChange(missing)
    for (const [signal, topic] of topics.entries()) {
      if ((changed & (1 << signal)) !== 0) this.#tell(topic, (missing & (1 << signal)) !== 0)
    }
  }

  #tell(topic: string, isMissing: boolean): void {
    const { log } = this.#options
    const message = 'Kafka has no such topic, or does not show it; its requests are refused until it is there'
    if (isMissing) log('error', 'topic_missing', { topic, message })
    else log('info', 'topic_found', { topic })
  }
}
