/**
 * What a request is told, as one small integer, so that deciding and answering share no objects.
 *
 * - Negative values are error codes of the kernel: the body does not decode.
 * - From RETRY_FROM on the client is asked to send the same bytes again.
 */
export const VERDICT = {
  /** No answer yet: it follows with the outcome. */
  PENDING: 0,
  ACCEPTED: 1,
  /** Partial success, every item rejected: the record would be too large for Kafka. */
  RECORD_TOO_LARGE: 2,
  /** Partial success, every item rejected: Kafka refuses the record for good. */
  RECORD_REFUSED: 3,
  /** The body, or what it inflates to, exceeds the limit. */
  BODY_TOO_LARGE: 4,
  /** The content coding does not inflate, or bytes follow it. */
  BAD_CODING: 5,
  /** OTLP/JSON that does not decode; the reader says why. */
  BAD_BODY: 6,
  /** Accepted but for some items, which are rejected for good, or accepted with a warning; the answer's text says why. */
  PARTIAL: 7,

  QUEUE_FULL: 16,
  MEMORY_FULL: 17,
  KAFKA_DOWN: 18,
  NOT_RUNNING: 19,
  /** Answered at the deadline (or at a forced end) with the outcome unknown. */
  DEADLINE: 20,
  KAFKA_ERROR: 21,
  /** The body did not come in time. */
  BODY_TIMEOUT: 22,
  /** A bug of ours; retryable, so that the client keeps its data. */
  FAULT: 23,
  /** The client's own deadline passed while its data was on the way to Kafka: the outcome is unknown. Only gRPC carries one. */
  CLIENT_DEADLINE: 24,
  /** Kafka lacks the topic, or forbids to write to it: nothing that passes by itself. */
  KAFKA_MISCONFIGURED: 25,
  /** The line of large compressed bodies is full; bodies that are not compressed come in all the same. */
  INFLATING_FULL: 26,
  /** The client's own deadline passed before its data was queued. */
  CLIENT_LATE: 27,
} as const
export type Verdict = (typeof VERDICT)[keyof typeof VERDICT]

export const RETRY_FROM = VERDICT.QUEUE_FULL

export interface RetryFacts {
  readonly message: string
  /** The shortest delay asked for; it grows with the time that the cause lasts, see retry-pace.ts. */
  readonly delaySecondsMin: number
}

/** By verdict - RETRY_FROM. */
export const RETRY_FACTS: readonly RetryFacts[] = [
  { message: 'The queue of this signal is full. Send again later.', delaySecondsMin: 1 },
  { message: 'The memory for request bodies is full. Send again later.', delaySecondsMin: 1 },
  { message: 'Kafka is not reachable at the moment. Send again later.', delaySecondsMin: 2 },
  {
    message: 'Sluice takes no data at the moment (starting, paused or stopping). Send again later.',
    delaySecondsMin: 1,
  },
  {
    message: 'Kafka did not confirm in time: the data may or may not be stored. Send again later.',
    delaySecondsMin: 1,
  },
  {
    message: 'Kafka did not confirm the data: it may or may not be stored. Send again later.',
    delaySecondsMin: 1,
  },
  { message: 'The body of the request did not arrive in time. Send again later.', delaySecondsMin: 1 },
  {
    message: 'Sluice could not handle the request because of an internal fault. Send again later.',
    delaySecondsMin: 1,
  },
  {
    message: 'The deadline of the client passed before Kafka confirmed: the data may or may not be stored.',
    delaySecondsMin: 1,
  },
  {
    message:
      'Kafka lacks the topic, or does not let Sluice write to it. Ask the operator of this receiver; send again later.',
    // Somebody has to read a log and act.
    delaySecondsMin: 8,
  },
  { message: 'Too many large compressed bodies at once. Send again later.', delaySecondsMin: 1 },
  {
    message: 'The deadline of the client passed before its request was taken: the data is not stored.',
    delaySecondsMin: 1,
  },
]

/** Whoever waits for the answer to one request. */
export interface Responder {
  /** The queued request it waits for; set when the wait begins. */
  requestNumber: number
  /** The client's own deadline, by `performance.now()`; absent when it named none. */
  readonly clientDueMs?: number | undefined
  /**
   * Tells the client; called at most once per request.
   *
   * @param items of the request, 0 when it did not decode; with PARTIAL those that were rejected, 0 for a warning
   * @param text of PARTIAL only: what the client has to know
   */
  answer(verdict: number, items: number, text?: string): void
}

export const TOO_LARGE_TEXT =
  'The body exceeds otlp.request.max.bytes, as sent, decompressed, or as the protobuf it becomes. Send fewer items per request.'

export const RESPONSE_TOO_LARGE_TEXT =
  'The response exceeds otlp.response.max.bytes; the data was handled all the same. Ask the operator of this receiver.'

export function recordFaultText(verdict: number): string {
  return verdict === VERDICT.RECORD_TOO_LARGE
    ? 'The request exceeds what Kafka takes as one record (kafka.record.max.bytes). Send fewer items per request.'
    : 'Kafka refuses these records for good. Ask the operator of this receiver; sending them again does not help.'
}
