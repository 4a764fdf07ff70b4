import type { ServerHttp2Session } from 'node:http2'

/**
 * Closes a connection on which no call began for one to two times `idleMsMax`: GOAWAY, and after the grace whatever is
 * still open. grpc-js has such a limit too, but sees only the calls that it handles itself. A busy connection costs one
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
    if (lastProcStreamID !== lastStreamId) {
      lastStreamId = lastProcStreamID
      timer.refresh()
      return
    }
    if (!session.closed) session.close()
    timer = setTimeout(() => session.destroy(), graceMs)
    timer.unref()
  }
}
