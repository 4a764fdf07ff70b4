import type { Http2Session, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'

/** No id of a stream. */
const BUSY = -1

const openCalls = new WeakMap<Http2Session, number>()

/** Its connection is not idle while this call is open. For calls that may be quiet for long; all others are cut in time. */
export function keepFromIdle(stream: ServerHttp2Stream): void {
  const { session } = stream
  if (session === undefined || stream.destroyed) return
  count(session, 1)
  stream.once('close', () => count(session, -1))
}

function count(session: Http2Session, change: number): void {
  openCalls.set(session, (openCalls.get(session) ?? 0) + change)
}

/**
 * Closes a connection on which no call began, and none that keeps it is open, for one to two times `idleMsMax`: GOAWAY,
 * and after the grace whatever is still open. grpc-js has such a limit too, but sees only the calls that it handles itself. A busy connection costs one
 * timer, a call nothing.
 */
export function closeWhenIdle(session: ServerHttp2Session, idleMsMax: number, graceMs: number): void {
  let lastStreamId = 0
  let timer = setTimeout(look, idleMsMax)
  timer.unref()
  session.once('close', () => clearTimeout(timer))

  function look(): void {
    if (session.destroyed) return
    const { lastProcStreamID = 0 } = session.state
    const isCalled = (openCalls.get(session) ?? 0) > 0
    if (isCalled || lastProcStreamID !== lastStreamId) {
      // An open call counts as one that began: its end begins the time anew.
      lastStreamId = isCalled ? BUSY : lastProcStreamID
      timer.refresh()
      return
    }
    if (!session.closed) session.close()
    timer = setTimeout(() => session.destroy(), graceMs)
    timer.unref()
  }
}
