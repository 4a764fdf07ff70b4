/**
 * What grpc-js does not offer from outside: settings of HTTP/2, and streams before it reads them. The one place that
 * reaches into its server; checked by tests against the pinned version.
 *
 * - The protocol's window of 64 KiB per stream and per connection would make a usual request of 200 kB stop three times.
 *   grpc-js has an option for clients only.
 * - grpc-js joins the frames of a message in a buffer of their own: for usual requests that garbage costs more than
 *   everything else it does. Streams that `divert` takes are not shown to it.
 */

import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream, Settings } from 'node:http2'
import { KIB, MIB } from '../base/units.ts'
import type { Server } from './grpc-js.ts'

/** Per call; what a client may send ahead of what the call has read. */
const STREAM_WINDOW_BYTES = 4 * MIB
/** Per connection, all its calls together: the bound of what one connection can make this thread buffer. */
const CONNECTION_WINDOW_BYTES = 16 * MIB
/** Of one call, decoded, with 32 bytes for each field: a call with more is reset. Tokens and baggage need a few KiB. */
export const HEADER_BYTES_MAX = 16 * KIB

interface ServerInside {
  commonServerOptions?: { settings?: Settings }
  http2Servers?: ReadonlyMap<Http2Server, unknown>
}

type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => void

/** Before the connection injector is made. */
export function changeSettings(server: Server): void {
  const options = (server as unknown as ServerInside).commonServerOptions
  if (options === undefined) throw new Error('this version of @grpc/grpc-js is another one inside')
  const ours = { initialWindowSize: STREAM_WINDOW_BYTES, maxHeaderListSize: HEADER_BYTES_MAX }
  options.settings = { ...options.settings, ...ours }
}

/**
 * After the connection injector was made, before the first connection.
 *
 * @param divert true when it has taken the stream; grpc-js handles all others
 * @param onSession told of each connection
 */
export function takeStreams(
  server: Server,
  divert: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean,
  onSession: (session: ServerHttp2Session) => void,
): void {
  for (const http2Server of (server as unknown as ServerInside).http2Servers?.keys() ?? []) {
    http2Server.on('session', (session: ServerHttp2Session) => {
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES)
      onSession(session)
    })
    const handlers = http2Server.listeners('stream') as StreamHandler[]
    http2Server.removeAllListeners('stream')
    http2Server.on('stream', (stream, headers, ...rest) => {
      if (divert(stream, headers)) return
      for (const handle of handlers) handle.call(http2Server, stream, headers, ...rest)
    })
  }
}
