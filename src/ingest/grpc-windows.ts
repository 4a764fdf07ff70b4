/**
 * HTTP/2 flow control of the gRPC receiver.
 *
 * The protocol's 64 KiB per stream and per connection would make a usual request of 200 kB stop three times for a window
 * update. grpc-js has an option for clients only, so this file reaches into its server: the one place that does, checked
 * by a test against the pinned version, and without effect (slow, not wrong) where the inside looks different.
 */

import type { Http2Server, ServerHttp2Session, Settings } from 'node:http2'
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

/** Before the first connection injector is made. */
export function widenStreamWindows(server: Server): void {
  const options = (server as unknown as ServerInside).commonServerOptions
  if (options) options.settings = { ...options.settings, initialWindowSize: STREAM_WINDOW_BYTES }
}

/** After the connection injector was made, before the first connection. */
export function widenConnectionWindows(server: Server): void {
  for (const http2Server of (server as unknown as ServerInside).http2Servers?.keys() ?? []) {
    http2Server.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
  }
}
