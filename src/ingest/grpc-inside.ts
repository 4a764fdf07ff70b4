/**
 * What grpc-js does not offer from outside: wider HTTP/2 windows, and the streams before it reads them. The one place that
 * reaches into its server; checked by tests against the pinned version, and without effect (slow, not wrong) where the
 * inside looks different.
 *
 * - The protocol's window of 64 KiB per stream and per connection would make a usual request of 200 kB stop three times.
 *   grpc-js has an option for clients only.
 * - grpc-js joins the frames of a message in a buffer of their own: for usual requests that garbage costs more than
 *   everything else it does. Streams that `divert` takes are not shown to it.
 */

import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream, Settings } from 'node:http2'
import { MIB } from '../base/units.ts'
import type { Server } from './grpc-js.ts'

/** Per call; what a client may send ahead of what the call has read. */
const STREAM_WINDOW_BYTES = 4 * MIB
/** Per connection, all its calls together: the bound of what one connection can make this thread buffer. */
const CONNECTION_WINDOW_BYTES = 16 * MIB

interface ServerInside {
  commonServerOptions?: { settings?: Settings }
  http2Servers?: ReadonlyMap<Http2Server, unknown>
}

type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => void

/** Before the connection injector is made. */
export function widenStreamWindows(server: Server): void {
  const options = (server as unknown as ServerInside).commonServerOptions
  if (options) options.settings = { ...options.settings, initialWindowSize: STREAM_WINDOW_BYTES }
}

/**
 * After the connection injector was made, before the first connection.
 *
 * @param divert true when it has taken the stream; grpc-js handles all others
 */
export function takeStreams(
  server: Server,
  divert: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean,
): void {
  for (const http2Server of (server as unknown as ServerInside).http2Servers?.keys() ?? []) {
    http2Server.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
    const handlers = http2Server.listeners('stream') as StreamHandler[]
    http2Server.removeAllListeners('stream')
    http2Server.on('stream', (stream, headers, ...rest) => {
      if (divert(stream, headers)) return
      for (const handle of handlers) handle.call(http2Server, stream, headers, ...rest)
    })
  }
}
