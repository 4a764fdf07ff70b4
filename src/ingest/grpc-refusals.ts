/** Calls that break the rules of gRPC, or ask for what is not here: how each is answered, before or after its message. */
import type { ServerHttp2Stream } from 'node:http2'
import { ACCEPTED_CODINGS } from './body.ts'
import { type GrpcFailure, grpcFailure } from './grpc-answers.ts'
import { status } from './grpc-js.ts'

/** What Export messages may be compressed with. */
export const ACCEPTED_ENCODINGS = `identity,${ACCEPTED_CODINGS.replaceAll(' ', '')}`

const NOT_GRPC: GrpcFailure = { ':status': 415 }
const unknownMethod = grpcFailure(status.UNIMPLEMENTED, 'There is no such method here.')
const unknownEncoding = grpcFailure(
  status.UNIMPLEMENTED,
  `The grpc-encoding is not supported; these are: ${ACCEPTED_ENCODINGS}.`,
)

export const REFUSAL = {
  /** The content type is not gRPC's. */
  MEDIA_TYPE: NOT_GRPC,
  METHOD: unknownMethod,
  ENCODING: { ...unknownEncoding, 'grpc-accept-encoding': ACCEPTED_ENCODINGS },
  TIMEOUT: grpcFailure(
    status.INTERNAL,
    'Invalid grpc-timeout: it is one to eight digits and one of the units H, M, S, m, u, n.',
  ),
} as const satisfies Record<string, GrpcFailure>

export const MISFRAMED = {
  UNNAMED_CODING: grpcFailure(
    status.INTERNAL,
    'The message is marked as compressed, but the call names no grpc-encoding.',
  ),
  FLAG: grpcFailure(status.INTERNAL, 'The first byte of a message is 0 or 1.'),
  INCOMPLETE: grpcFailure(status.INTERNAL, 'The call ended before its message did.'),
  NO_MESSAGE: grpcFailure(status.UNIMPLEMENTED, 'Export is unary: the call carries no message.'),
  SECOND_MESSAGE: grpcFailure(status.UNIMPLEMENTED, 'Export is unary: the call carries more than one message.'),
} as const satisfies Record<string, GrpcFailure>

/**
 * The whole answer to a call of which nothing was read. Node resets the stream after it (NO_ERROR), so that the client
 * stops sending.
 */
export function refuse(stream: ServerHttp2Stream, headers: GrpcFailure): void {
  stream.on('error', ignore) // every error is followed by 'close'
  if (!stream.destroyed && !stream.closed) stream.respond(headers, { endStream: true })
}

/** For a call that deserves no words. @param code of HTTP/2 */
export function reset(stream: ServerHttp2Stream, code: number): void {
  stream.on('error', ignore)
  stream.close(code)
}

function ignore(): void {}
