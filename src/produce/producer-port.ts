/**
 * What the engine needs of a Kafka producer: seven calls and three events. The real one is rdkafka-producer.ts; benches
 * and tests put their own behind the same port.
 */

/** Record headers in the form node-rdkafka takes: one object with one key each. */
export type RecordHeaders = readonly Readonly<Record<string, string>>[]

export const PRODUCED = {
  /** Taken; exactly one delivery report follows. */
  OK: 0,
  /** The producer's own queue is full: nothing was taken, try again after a poll. */
  FULL: 1,
  /** This record will never be taken: it exceeds the producer's or the topic's limit. */
  TOO_LARGE: 2,
  /** Not taken for another reason, `lastError` says which. */
  FAILED: 3,
} as const
export type Produced = (typeof PRODUCED)[keyof typeof PRODUCED]

export interface ProducerPort {
  /**
   * Hands a record over. The payload is copied: its memory may be reused when this returns.
   * @param opaque comes back with the delivery report
   */
  produce(topic: string, payload: Buffer, headers: RecordHeaders, opaque: number): Produced
  readonly lastError: string
  /** Lets delivery reports and events come in; they arrive in later turns of the event loop. */
  poll(): void
  /** Asks the cluster for its metadata. `done` is called once, within about `timeoutMs`. */
  probe(timeoutMs: number, done: (reachable: boolean, detail: string) => void): void
  /** Asks for the names of all topics. `done` is called once; undefined: no answer within about `timeoutMs`. */
  topicNames(timeoutMs: number, done: (names: ReadonlySet<string> | undefined) => void): void
  /** Sends what lingers now. Resolves when the producer's queue is empty or the time is over; never rejects. */
  flush(timeoutMs: number): Promise<void>
  /** Ends the producer. What it still holds is lost, so drain first. Resolves within about 5 s, usually at once; never rejects. */
  close(): Promise<void>
}

export interface ProducerEvents {
  /** A delivery report. `error` is undefined when Kafka confirmed the record as configured (acks). */
  delivered(opaque: number, error: string | undefined): void
  /** librdkafka lost its last broker connection, or says something went wrong; `detail` is its own text. */
  brokersDown(detail: string): void
  /** The instance will take nothing more (librdkafka's fatal errors): replace it. */
  fatal(detail: string): void
}

/** Makes a connected producer, or rejects with a text when no broker answered in time. */
export type ProducerFactory = (events: ProducerEvents) => Promise<ProducerPort>
