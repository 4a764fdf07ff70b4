/** One HTTP/1.1 connection, one request at a time, on a bare socket: a tenth of the cost of node:http, for many requests. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

const HEAD_END = '\r\n\r\n'

export class RawHttp {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve(answer: RawAnswer): void; reject(error: Error): void } | undefined

  /** @param address host:port */
  constructor(address: string) {
    const colon = address.lastIndexOf(':')
    this.#host = address.slice(0, colon)
    this.#port = Number(address.slice(colon + 1))
  }

  /** Rejects when the connection ends before the answer; the next call opens a new one. */
  async post(path: string, headers: Readonly<Record<string, string>>, body: Buffer, deadlineMs: number) {
    this.#socket ??= await this.#open()
    const socket = this.#socket
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\n${lines.join('')}content-length: ${body.length}${HEAD_END}`
    socket.setTimeout(deadlineMs)
    return new Promise<RawAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  async #open(): Promise<Socket> {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true })
    await once(socket, 'connect')
    this.#received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('timeout', () => socket.destroy(new Error('no answer before the deadline')))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('the connection ended')))
    return socket
  }

  #end(error: Error): void {
    this.#socket = undefined
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const headBytes = this.#received.indexOf(HEAD_END)
    if (headBytes < 0) return
    const [statusLine = '', ...fields] = this.#received.toString('latin1', 0, headBytes).split('\r\n')
    const headers = Object.fromEntries(fields.map((field) => pairOf(field)))
    const end = headBytes + HEAD_END.length + Number(headers['content-length'] ?? 0)
    if (this.#received.length < end) return
    this.#received = this.#received.subarray(end)
    const waiting = this.#waiting
    this.#waiting = undefined
    if (headers.connection === 'close') {
      this.#socket?.destroy()
      this.#socket = undefined
    }
    waiting?.resolve({ status: Number(statusLine.split(' ')[1]), headers })
  }
}

function pairOf(field: string): [string, string] {
  const colon = field.indexOf(':')
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
}
