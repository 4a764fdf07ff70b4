/**
 * gRPC by hand on node:http2: any header, any bytes, in any pieces, and everything that comes back. The independent client of
 * the framing rows that HTTP/2 itself does not forbid.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2'
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { SIGNALS, type Signal } from '../../bed/conservation.ts'

/** What is written waits in the session's memory; with Node's default of 10 the client would reset its own large uploads. */
const SESSION_MEGABYTES = 1000
const ANSWER_DEADLINE_MS = 30_000

export interface CallAnswer {
  /** HTTP status; 0 when the stream ended without one. */
  readonly http: number
  /** grpc-status; -1 when there was none. */
  readonly code: number
  /** grpc-message, decoded. */
  readonly message: string
  /** The messages of the response, without their prefixes. */
  readonly messages: readonly Buffer[]
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  /** google.rpc.Status of grpc-status-details-bin; undefined when there is none. */
  readonly status: RpcStatus | undefined
  /** HTTP/2 error code of the stream's end. */
  readonly reset: number
}

export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Full names of the messages in the details. */
  readonly types: readonly string[]
  /** Of RetryInfo, -1 when there is none. */
  readonly retryDelayMs: number
}

export interface CallOptions {
  readonly path?: string
  /** Over the usual ones; an empty value leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>
  /** The bytes of the stream, each as a write of its own. */
  readonly pieces?: readonly Buffer[]
  /** False leaves the stream open. */
  readonly ends?: boolean
}

/** @param flag 1 = compressed */
export function frame(message: Buffer, flag = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** A session that lives as long as its test wants it. */
export function openSession(address: string): ClientHttp2Session {
  const session = connect(`http://${address}`, { maxSessionMemory: SESSION_MEGABYTES })
  session.on('error', () => {}) // what went wrong is told by the streams
  return session
}

export function exportPath(signal: Signal): string {
  return SIGNAL_FACTS[SIGNALS.indexOf(signal)]!.grpcPath
}

export function openCall(session: ClientHttp2Session, options: CallOptions = {}): ClientHttp2Stream {
  const { path = exportPath('traces'), headers = {}, pieces = [], ends = true } = options
  const usual = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }
  const wanted = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== '')
  const stream = session.request(Object.fromEntries(wanted), { endStream: ends && pieces.length === 0 })
  for (const piece of pieces) stream.write(piece)
  if (ends && pieces.length > 0) stream.end()
  return stream
}

/** One call on a session; resolves at the end of the stream, however it ends. */
export function call(session: ClientHttp2Session, options: CallOptions = {}): Promise<CallAnswer> {
  return answerOf(openCall(session, options))
}

/** One call on a connection of its own. */
export async function callOnce(address: string, options: CallOptions = {}): Promise<CallAnswer> {
  const session = openSession(address)
  try {
    return await call(session, options)
  } finally {
    session.destroy()
  }
}

export function answerOf(stream: ClientHttp2Stream): Promise<CallAnswer> {
  let headers: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  const body: Buffer[] = []
  stream.on('response', (received) => (headers = received))
  stream.on('trailers', (received) => (trailers = received))
  stream.on('data', (chunk: Buffer) => body.push(chunk))
  stream.on('error', () => {}) // followed by 'close', with the code
  stream.setTimeout(ANSWER_DEADLINE_MS, () => stream.destroy())
  return new Promise((resolve) => {
    // A server may answer a call that the client has not ended: that end is as good as the stream's.
    stream.on('end', () => setImmediate(ended))
    stream.on('close', ended)
    function ended(): void {
      const all = { ...headers, ...trailers }
      resolve({
        http: Number(headers[':status'] ?? 0),
        code: Number(all['grpc-status'] ?? -1),
        message: decodeURIComponent(String(all['grpc-message'] ?? '')),
        messages: messagesIn(Buffer.concat(body)),
        headers,
        trailers,
        status: statusIn(all['grpc-status-details-bin']),
        reset: stream.rstCode ?? 0,
      })
    }
  })
}

function messagesIn(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    messages.push(bytes.subarray(at + 5, end))
    at = end
  }
  return messages
}

/** @throws when the header is there and no google.rpc.Status of known details */
export function statusIn(header: string | string[] | undefined): RpcStatus | undefined {
  if (header === undefined) return undefined
  return decodeStatus(Buffer.from(String(header), 'base64'))
}

export function decodeStatus(bytes: Uint8Array): RpcStatus {
  const { code, message, details } = decoded('google.rpc.Status', bytes)
  const found = (details as { typeUrl: string; value: Uint8Array }[]).map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
    value,
  }))
  for (const { type, value } of found) decoded(type, value)
  const retry = found.find(({ type }) => type === 'google.rpc.RetryInfo')
  return {
    code: code as number,
    message: message as string,
    types: found.map(({ type }) => type),
    retryDelayMs: retry === undefined ? -1 : delayMs(decoded(retry.type, retry.value)),
  }
}

function delayMs({ retryDelay }: Record<string, unknown>): number {
  const { seconds = 0, nanos = 0 } = (retryDelay ?? {}) as { seconds?: number; nanos?: number }
  return Number(seconds) * 1000 + nanos / 1e6
}

function decoded(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = protobufType(type)
  return message.toObject(message.decode(bytes), { longs: Number, defaults: true })
}
