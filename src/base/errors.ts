/** The closed list of error codes. One class per code; foreign errors are kept whole in `cause`. */
export const ERROR_CODES = [
  'ASSERTION',
  'CONFIG_INVALID',
  'RECEIVER_FAILED',
  'KAFKA_UNREACHABLE',
  'THREAD_DIED',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export abstract class SluiceError extends Error {
  abstract readonly code: ErrorCode
  /** True when the same call can succeed later without a change of configuration or code. */
  abstract readonly retryable: boolean
}

/** A broken invariant: a bug of ours or corrupted memory. Never caused by input. */
export class AssertionError extends SluiceError {
  readonly code = 'ASSERTION'
  readonly retryable = false
  override readonly name = 'AssertionError'
}

/** A port could not be opened at start. */
export class ReceiverFailedError extends SluiceError {
  readonly code = 'RECEIVER_FAILED'
  readonly retryable = false
  override readonly name = 'ReceiverFailedError'
}

/** Kafka did not answer within the time given (only `sluice check` and topic creation raise it; the engine heals by itself). */
export class KafkaUnreachableError extends SluiceError {
  readonly code = 'KAFKA_UNREACHABLE'
  readonly retryable = true
  override readonly name = 'KafkaUnreachableError'
}

/** A thread ended that must not end by itself. */
export class ThreadDiedError extends SluiceError {
  readonly code = 'THREAD_DIED'
  readonly retryable = false
  override readonly name = 'ThreadDiedError'
}
