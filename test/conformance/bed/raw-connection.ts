/** A connection that sends frames by hand for one test, and whether the server has had enough of it. */
import { FLAG, FRAME, type RawCallAnswer, RawHttp2 } from '../../bed/raw-http2.ts'
import { until } from '../../bed/until.ts'

export const END_DEADLINE_MS = 10_000

/** @param address host:port */
export async function connected<Result>(address: string, use: (client: RawHttp2) => Promise<Result>): Promise<Result> {
  const client = await RawHttp2.open(address)
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}

/** The code of the GOAWAY that is an error, -1 when the connection closed without one, undefined while it goes on. */
export function endOf(client: RawHttp2): number | undefined {
  for (const { type, payload } of client.received) {
    if (type === FRAME.GOAWAY && payload.readUInt32BE(4) !== 0) return payload.readUInt32BE(4)
  }
  return client.isClosed ? -1 : undefined
}

export async function ended(client: RawHttp2): Promise<number> {
  await until('the server to end the connection', () => endOf(client) !== undefined, END_DEADLINE_MS)
  return endOf(client)!
}

/** Writes as fast as the server reads, until it has had enough. */
export async function flood(client: RawHttp2, part: (index: number) => Buffer, count: number): Promise<void> {
  const perWrite = 500
  for (let from = 0; from < count && endOf(client) === undefined; from += perWrite) {
    client.write(...Array.from({ length: Math.min(perWrite, count - from) }, (_, index) => part(from + index)))
    await client.sent(END_DEADLINE_MS)
  }
}

/** grpc-status, or what came in its place. */
export function statusOf({ headers, reset }: RawCallAnswer): string {
  return headers['grpc-status'] ?? `reset ${reset} http ${headers[':status']}`
}

/** Whether the server has ended the stream. */
export function isAnswered(client: RawHttp2, id: number): boolean {
  return client.received.some(({ type, streamId, flags }) => {
    return streamId === id && (type === FRAME.RST_STREAM || (flags & FLAG.END_STREAM) !== 0)
  })
}
