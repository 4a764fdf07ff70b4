/** An HTTP/2 client that writes frame by frame on a bare socket: also what no library would send. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type HeaderField, headerBlock, readHeaderBlock } from './hpack.ts'
import { until } from './until.ts'

export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const

export const FLAG = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 } as const

export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

const HEAD_BYTES = 9
const FRAME_BYTES_MAX = 16_384
const NOTHING = Buffer.alloc(0)
const DEADLINE_MS = 5000

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly payload: Buffer
}

/** What the server said on one stream, up to its end. */
export interface RawCallAnswer {
  /** Headers and trailers together. */
  readonly headers: Readonly<Record<string, string>>
  /** DATA, with the gRPC prefix. */
  readonly data: Buffer
  /** Code of RST_STREAM; undefined when the stream ended properly. */
  readonly reset: number | undefined
}

export interface RawHttp2Options {
  /** Sent in the first SETTINGS, after HEADER_TABLE_SIZE 0. */
  readonly settings?: readonly (readonly [id: number, value: number])[]
  /** False: nothing is sent by itself, not even the preface. */
  readonly speaks?: boolean
}

/** @param payload up to 16 KiB are what every peer takes */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = NOTHING): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(streamId, 5)
  bytes.set(payload, HEAD_BYTES)
  return bytes
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * settings.length)
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, 6 * index)
    payload.writeUInt32BE(value, 6 * index + 2)
  }
  return frame(FRAME.SETTINGS, 0, 0, payload)
}

/** Four bytes, as WINDOW_UPDATE and RST_STREAM carry them. */
export function wordFrame(type: number, streamId: number, word: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(word)
  return frame(type, 0, streamId, payload)
}

/** HEADERS, with CONTINUATION frames where the block is longer than one frame. */
export function headerFrames(streamId: number, fields: readonly HeaderField[], flags = 0): Buffer {
  const block = headerBlock(fields)
  const parts: Buffer[] = []
  for (let from = 0; from === 0 || from < block.length; from += FRAME_BYTES_MAX) {
    const isLast = from + FRAME_BYTES_MAX >= block.length
    const type = from === 0 ? FRAME.HEADERS : FRAME.CONTINUATION
    const partFlags = (from === 0 ? flags : 0) | (isLast ? FLAG.END_HEADERS : 0)
    parts.push(frame(type, partFlags, streamId, block.subarray(from, from + FRAME_BYTES_MAX)))
  }
  return Buffer.concat(parts)
}

/** DATA frames of at most `bytesMax`, the last one with END_STREAM when asked for. */
export function dataFrames(streamId: number, data: Buffer, isEnd = true, bytesMax = FRAME_BYTES_MAX): Buffer {
  const parts: Buffer[] = []
  for (let from = 0; from === 0 || from < data.length; from += bytesMax) {
    const flags = isEnd && from + bytesMax >= data.length ? FLAG.END_STREAM : 0
    parts.push(frame(FRAME.DATA, flags, streamId, data.subarray(from, from + bytesMax)))
  }
  return Buffer.concat(parts)
}

/** The headers of a usual gRPC call; `changes` replaces by name, and leaves out where it is undefined. */
export function callHeaders(path: string, changes: Readonly<Record<string, string | undefined>> = {}): HeaderField[] {
  const usual = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'localhost',
    'content-type': 'application/grpc',
    te: 'trailers',
  }
  const fields: HeaderField[] = []
  for (const [name, value] of Object.entries({ ...usual, ...changes }))
    if (value !== undefined) fields.push([name, value])
  return fields
}

export class RawHttp2 {
  /** Every frame of the server, in order; answers to PING and SETTINGS are sent by themselves unless it does not speak. */
  readonly received: Frame[] = []
  readonly #socket: Socket
  readonly #speaks: boolean
  #rest: Buffer = NOTHING
  #nextStreamId = 1
  #isClosed = false

  /** @param address host:port */
  static async open(address: string, { settings = [], speaks = true }: RawHttp2Options = {}): Promise<RawHttp2> {
    const colon = address.lastIndexOf(':')
    const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true })
    await once(socket, 'connect')
    const client = new RawHttp2(socket, speaks)
    if (speaks) client.write(PREFACE, settingsFrame([[SETTING.HEADER_TABLE_SIZE, 0], ...settings]))
    return client
  }

  private constructor(socket: Socket, speaks: boolean) {
    this.#socket = socket
    this.#speaks = speaks
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {}) // every error is followed by 'close'
    socket.on('close', () => {
      this.#isClosed = true
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Bytes written and not yet taken by the system: the server does not read. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  /** @returns the id of a stream that was not used yet */
  streamId(): number {
    const id = this.#nextStreamId
    this.#nextStreamId += 2
    return id
  }

  write(...parts: readonly Buffer[]): void {
    if (!this.#isClosed) this.#socket.write(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
  }

  /** Waits until all that was written is with the system, or the connection closed. */
  async sent(deadlineMs = DEADLINE_MS): Promise<void> {
    await until('the server to read', () => this.#isClosed || this.#socket.writableLength === 0, deadlineMs)
  }

  /** The first frame like this, received already or by the deadline. */
  async frame(what: string, matches: (frame: Frame) => boolean, deadlineMs = DEADLINE_MS): Promise<Frame> {
    let found: Frame | undefined
    await until(
      what,
      () => {
        found = this.received.find(matches)
        if (found === undefined && this.#isClosed) throw new Error(`the connection closed before ${what}`)
        return found !== undefined
      },
      deadlineMs,
    )
    return found!
  }

  /** The end of a stream: END_STREAM or RST_STREAM. */
  async answer(streamId: number, deadlineMs = DEADLINE_MS): Promise<RawCallAnswer> {
    const isEnd = ({ type, flags }: Frame): boolean =>
      type === FRAME.RST_STREAM || ((type === FRAME.DATA || type === FRAME.HEADERS) && (flags & FLAG.END_STREAM) !== 0)
    await this.frame(`the end of stream ${streamId}`, (each) => each.streamId === streamId && isEnd(each), deadlineMs)
    const frames = this.received.filter((each) => each.streamId === streamId)
    const blocks = frames
      .filter(({ type }) => type === FRAME.HEADERS)
      .flatMap(({ payload }) => readHeaderBlock(payload))
    const data = frames.filter(({ type }) => type === FRAME.DATA).map(({ payload }) => payload)
    const last = frames.find(isEnd)!
    const reset = last.type === FRAME.RST_STREAM ? last.payload.readUInt32BE(0) : undefined
    return { headers: Object.fromEntries(blocks), data: Buffer.concat(data), reset }
  }

  /** One call: headers, then `data` as it is (framed by the caller), then its answer. */
  async call(fields: readonly HeaderField[], data: Buffer, deadlineMs = DEADLINE_MS): Promise<RawCallAnswer> {
    const id = this.streamId()
    this.write(headerFrames(id, fields), dataFrames(id, data))
    return this.answer(id, deadlineMs)
  }

  /** Waits until the server has closed the connection. */
  async closed(deadlineMs = DEADLINE_MS): Promise<void> {
    await until('the server to close the connection', () => this.#isClosed, deadlineMs)
  }

  /** Stops reading: the windows of the socket fill up. */
  pause(): void {
    this.#socket.pause()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.#rest.readUIntBE(0, 3)
      if (this.#rest.length < end) return
      const [type, flags] = [this.#rest[3]!, this.#rest[4]!]
      const streamId = this.#rest.readUInt32BE(5)
      this.#take({ type, flags, streamId, payload: this.#rest.subarray(HEAD_BYTES, end) })
      this.#rest = this.#rest.subarray(end)
    }
  }

  #take(received: Frame): void {
    this.received.push(received)
    const { type, flags, payload } = received
    if (!this.#speaks || (flags & FLAG.ACK) !== 0) return
    if (type === FRAME.SETTINGS) this.write(frame(FRAME.SETTINGS, FLAG.ACK, 0))
    else if (type === FRAME.PING) this.write(frame(FRAME.PING, FLAG.ACK, 0, payload))
  }
}
