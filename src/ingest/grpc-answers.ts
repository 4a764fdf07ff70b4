/** Every gRPC answer, by verdict; what does not depend on the request is encoded once, at load. */
import type { OutgoingHttpHeaders } from 'node:http2'
import { kernelErrorText } from '../otlp/kernel-instance.ts'
import { badRequestStatus, ENCODING, partialSuccess, retryStatus } from '../otlp/responses.ts'
import { status } from './grpc-js.ts'
import { DELAYS_SECONDS } from './retry-pace.ts'
import {
  RESPONSE_TOO_LARGE_TEXT,
  RETRY_FACTS,
  RETRY_FROM,
  recordFaultText,
  TOO_LARGE_TEXT,
  VERDICT,
} from './verdict.ts'

const DETAILS_KEY = 'grpc-status-details-bin'
const EMPTY_RESPONSE = Buffer.alloc(0)

/** The whole answer to a call that fails, in one HTTP/2 header block ("Trailers-Only"). */
export type GrpcFailure = OutgoingHttpHeaders

/** @param statusBytes google.rpc.Status; none for the failures that carry no details */
export function grpcFailure(code: status, details: string, statusBytes?: Buffer): GrpcFailure {
  const headers: GrpcFailure = {
    ':status': 200,
    'content-type': 'application/grpc+proto',
    'grpc-status': String(code),
    'grpc-message': encodeURI(details),
  }
  if (statusBytes) headers[DETAILS_KEY] = statusBytes.toString('base64')
  return headers
}

/** Whether the client sends again is its own decision: the deadline was. */
function clientFailure(verdict: number): GrpcFailure {
  return grpcFailure(status.DEADLINE_EXCEEDED, RETRY_FACTS[verdict - RETRY_FROM]!.message)
}

/** By verdict - RETRY_FROM, then step of the delay. */
const RETRY_FAILURES = RETRY_FACTS.map(({ message }) =>
  DELAYS_SECONDS.map((delay) =>
    grpcFailure(status.UNAVAILABLE, message, retryStatus(ENCODING.PROTOBUF, message, delay)),
  ),
)
const CLIENT_DEADLINE = clientFailure(VERDICT.CLIENT_DEADLINE)
const CLIENT_LATE = clientFailure(VERDICT.CLIENT_LATE)
const BAD_CODING_TEXT = 'The message does not match its grpc-encoding: it does not inflate, or bytes follow it.'
/** Never with RetryInfo: a client would send the same again. */
const TOO_LARGE = grpcFailure(status.RESOURCE_EXHAUSTED, TOO_LARGE_TEXT)

/**
 * @param retryStep the delay asked for, of verdicts that ask for one: an index into DELAYS_SECONDS
 * @returns undefined when the call succeeds with responseBytes()
 */
export function failureOf(verdict: number, retryStep: number): GrpcFailure | undefined {
  if (verdict === VERDICT.CLIENT_DEADLINE) return CLIENT_DEADLINE
  if (verdict === VERDICT.CLIENT_LATE) return CLIENT_LATE
  if (verdict >= RETRY_FROM) return RETRY_FAILURES[verdict - RETRY_FROM]![retryStep]!
  if (verdict === VERDICT.BODY_TOO_LARGE) return TOO_LARGE
  if (verdict >= 0 && verdict !== VERDICT.BAD_CODING) return undefined
  const text = verdict < 0 ? kernelErrorText(verdict) : BAD_CODING_TEXT
  return grpcFailure(status.INVALID_ARGUMENT, text, badRequestStatus(ENCODING.PROTOBUF, text))
}

/** Never with RetryInfo; whether the data was taken is not said. */
export const RESPONSE_TOO_LARGE = grpcFailure(status.RESOURCE_EXHAUSTED, RESPONSE_TOO_LARGE_TEXT)

/**
 * The Export response of a call that succeeds.
 *
 * @param text of VERDICT.PARTIAL
 * @returns undefined when it does not fit into `bytesMax`
 */
export function responseBytes(
  verdict: number,
  signalIndex: number,
  items: number,
  bytesMax: number,
  text?: string,
): Buffer | undefined {
  if (verdict === VERDICT.ACCEPTED) return EMPTY_RESPONSE
  return partialSuccess(ENCODING.PROTOBUF, signalIndex, items, text ?? recordFaultText(verdict), bytesMax)
}
