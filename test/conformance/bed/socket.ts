/** HTTP/1.1 by hand: bytes out as given, answers in as they come. What no HTTP library would send goes through here. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { until } from '../../bed/until.ts'

export interface SocketAnswer {
  /** `HTTP/1.1 400 Bad Request` */
  readonly statusLine: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const HEAD_END = '\r\n\r\n'
const DEADLINE_MS = 5000

/** One connection of a client that speaks HTTP/1.1 by hand. */
export class HttpSocket {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #isClosed = false
  #isEnded = false

  /** @param address host:port */
  static async open(address: string): Promise<HttpSocket> {
    const [host, port] = [address.slice(0, address.lastIndexOf(':')), address.slice(address.lastIndexOf(':') + 1)]
    const socket = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true })
    const opened = new HttpSocket(socket)
    await once(socket, 'connect')
    return opened
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    socket.on('end', () => {
      this.#isEnded = true
      socket.end()
    })
    // A reset shows as closed; whether that is right is the test's business.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
    })
  }

  /** Everything received so far. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** The server has ended the connection, in either way. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isEnded
  }

  /** Writes after the server has closed go nowhere and are no error. */
  write(bytes: Buffer | string): void {
    if (!this.isClosed) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Ends our side: nothing more will be sent. */
  finish(): void {
    this.#socket.end()
  }

  /** Stops reading: the receive window fills. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Waits for that many answers, interim ones included. */
  async answers(count = 1, deadlineMs = DEADLINE_MS): Promise<SocketAnswer[]> {
    const enough = () => parseAnswers(this.received, this.isClosed).length >= count || this.isClosed
    await until(`${count} answers`, enough, deadlineMs).catch((error: Error) => {
      throw new Error(`${error.message}; got ${this.received.subarray(0, 500)}`)
    })
    return parseAnswers(this.received, this.isClosed)
  }

  /** Waits for the end of the connection. */
  async closed(deadlineMs = DEADLINE_MS): Promise<void> {
    await until('the connection to close', () => this.isClosed, deadlineMs).catch((error: Error) => {
      throw new Error(`${error.message}; got ${this.received.subarray(0, 500)}`)
    })
  }
}

/** Sends bytes on a connection of its own and waits for `count` answers, or for the end. */
export async function ask(address: string, bytes: Buffer | string, count = 1): Promise<SocketAnswer[]> {
  const socket = await HttpSocket.open(address)
  try {
    socket.write(bytes)
    return await socket.answers(count)
  } finally {
    socket.destroy()
  }
}

/** The head of a POST; header lines as given. */
export function head(path: string, headers: readonly string[], method = 'POST'): string {
  return [`${method} ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n')
}

export function parseAnswers(received: Buffer, isComplete: boolean): SocketAnswer[] {
  const answers: SocketAnswer[] = []
  for (let start = 0; start < received.length; ) {
    const headEnd = received.indexOf(HEAD_END, start)
    if (headEnd < 0) break
    const [statusLine = '', ...fields] = received.toString('latin1', start, headEnd).split('\r\n')
    const headers = Object.fromEntries(fields.map(fieldOf))
    const status = Number(statusLine.split(' ')[1])
    const bodyStart = headEnd + HEAD_END.length
    const bodyEnd = bodyStart + bodyBytes(status, headers, received.length - bodyStart)
    if (bodyEnd > received.length && !isComplete) break
    answers.push({ statusLine, status, headers, body: received.subarray(bodyStart, bodyEnd) })
    start = bodyEnd
  }
  return answers
}

function bodyBytes(status: number, headers: Readonly<Record<string, string>>, restBytes: number): number {
  if (status < 200) return 0
  const length = headers['content-length']
  return length === undefined ? restBytes : Number(length)
}

function fieldOf(field: string): [string, string] {
  const colon = field.indexOf(':')
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
}
