/**
 * OTLP/HTTP over a raw socket: what the generator spends per request is one write and a glance at the answer, so that
 * on a shared machine it takes little from what it measures.
 *
 * An answer as read here (Content-Length or chunked; anything else is an error):
 *
 *   HTTP/1.1 SP status … CRLF  headers  CRLF CRLF  body
 */
import { createConnection, type Socket } from 'node:net'
import type { Answer, Lane, LaneOptions, LaneSet, Outcome } from './lane.ts'

const HEAD_END = '\r\n\r\n'
const ANSWER_BYTES_MAX = 1 << 20
/** An empty Export response is 0 bytes of protobuf or `{}`; a partial_success with a count or a text is longer. */
const EMPTY_ANSWER_BYTES_MAX = 2
const NO_LENGTH = -1

export function openHttpLanes(count: number, options: LaneOptions): LaneSet {
  const requests = options.bodies.map((body) => Buffer.concat([Buffer.from(requestHead(options, body.length)), body]))
  const lanes = Array.from({ length: count }, () => new HttpLane(options, requests))
  return {
    lanes,
    close: () => {
      for (const lane of lanes) lane.close()
    },
  }
}

function requestHead({ host, port, path, format, compression }: LaneOptions, bodyBytes: number): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `Content-Type: application/${format === 'json' ? 'json' : 'x-protobuf'}`,
    `Content-Length: ${bodyBytes}`,
  ]
  if (compression === 'gzip') lines.push('Content-Encoding: gzip')
  return lines.join('\r\n') + HEAD_END
}

class HttpLane implements Lane {
  readonly #options: LaneOptions
  readonly #requests: readonly Buffer[]
  #socket: Socket | undefined
  #onAnswer: ((answer: Answer) => void) | undefined
  #pending = ''

  constructor(options: LaneOptions, requests: readonly Buffer[]) {
    this.#options = options
    this.#requests = requests
  }

  send(bodyIndex: number, onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer
    this.#socket ??= this.#connect()
    this.#socket.write(this.#requests[bodyIndex])
  }

  giveUp(): void {
    this.#drop('timeout', 'timeout')
  }

  close(): void {
    this.#drop('error', 'closed')
  }

  #connect(): Socket {
    const { host, port } = this.#options
    const socket = createConnection({ host, port, noDelay: true })
    const ifCurrent = (act: () => void) => () => {
      if (this.#socket === socket) act()
    }
    // latin1: one byte a character, so that lengths stay lengths
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => this.#socket === socket && this.#append(chunk))
    socket.on(
      'error',
      (error: NodeJS.ErrnoException) => this.#socket === socket && this.#drop('error', error.code ?? 'error'),
    )
    socket.on(
      'close',
      ifCurrent(() => this.#drop('error', 'connection_closed')),
    )
    return socket
  }

  #append(chunk: string): void {
    this.#pending = this.#pending === '' ? chunk : this.#pending + chunk
    const headEnd = this.#pending.indexOf(HEAD_END)
    if (headEnd >= 0) this.#judge(this.#pending.slice(0, headEnd + HEAD_END.length))
    else if (this.#pending.length > ANSWER_BYTES_MAX) this.#drop('error', 'answer_too_large')
  }

  #judge(head: string): void {
    const status = head.slice(9, 12)
    const bodyBytes = status === '100' ? 0 : bodyBytesOf(head, this.#pending)
    if (status === '100') this.#skip(head.length)
    else if (bodyBytes === NO_LENGTH) this.#drop('error', 'no_length')
    else if (bodyBytes !== undefined && this.#pending.length - head.length >= bodyBytes) {
      const outcome = outcomeOf(status, bodyBytes)
      if (/\r\nconnection: *close/i.test(head)) this.#drop(outcome, status)
      else this.#finish(outcome, status)
    }
  }

  #skip(bytes: number): void {
    const rest = this.#pending.slice(bytes)
    this.#pending = ''
    if (rest !== '') this.#append(rest)
  }

  #drop(outcome: Outcome, status: string): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#finish(outcome, status)
  }

  #finish(outcome: Outcome, status: string): void {
    const onAnswer = this.#onAnswer
    this.#onAnswer = undefined
    this.#pending = ''
    onAnswer?.({ outcome, status })
  }
}

/** Bytes after the head; undefined when not all of a chunked body is here yet. */
function bodyBytesOf(head: string, text: string): number | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (length) return Number(length[1])
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return NO_LENGTH
  const end = text.indexOf('0\r\n\r\n', head.length)
  return end < 0 ? undefined : end + 5 - head.length
}

function outcomeOf(status: string, bodyBytes: number): Outcome {
  if (status === '200') return bodyBytes > EMPTY_ANSWER_BYTES_MAX ? 'partial' : 'ok'
  if (status === '429' || status === '502' || status === '503' || status === '504') return 'refused'
  return /^[45]/.test(status) ? 'rejected' : 'error'
}
