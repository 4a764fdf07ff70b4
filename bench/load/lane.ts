/**
 * A lane carries one request at a time. HTTP: a keep-alive connection. gRPC: a call on a shared HTTP/2 session.
 * The pace decides when a free lane sends what; the lane knows the protocol and judges the answer.
 */
export const OUTCOMES = ['ok', 'partial', 'refused', 'rejected', 'error', 'timeout'] as const
/**
 * ok: everything accepted. partial: accepted, with partial_success. refused: a retryable error (429, 502-504,
 * UNAVAILABLE …). rejected: refused for good. error: connection lost or an answer nobody understands. timeout: no answer.
 */
export type Outcome = (typeof OUTCOMES)[number]

export interface Answer {
  readonly outcome: Outcome
  /** HTTP status, gRPC status name or the error's code: for the counts by status. */
  readonly status: string
}

export interface Lane {
  /** Calls `onAnswer` exactly once, never before it returns. Not to be called again until then. */
  send(bodyIndex: number, onAnswer: (answer: Answer) => void): void
  /** Gives up the request in flight, which is answered `timeout`. Nothing happens when there is none. */
  giveUp(): void
  close(): void
}

export interface LaneOptions {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly format: 'protobuf' | 'json'
  readonly compression: 'none' | 'gzip'
  readonly bodies: readonly Buffer[]
}

export interface LaneSet {
  readonly lanes: readonly Lane[]
  close(): void
}
