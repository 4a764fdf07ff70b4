/**
 * The few requests of Kafka's own protocol that tests need, spoken directly: no JVM to start (1 to 2 s a command), and
 * independent of librdkafka, which is part of what is being tested. Only non-flexible versions, which Kafka 4 still serves.
 *
 *   request  = length i32 | apiKey i16 | apiVersion i16 | correlationId i32 | clientId string | body
 *   response = length i32 | correlationId i32 | body
 *   string   = length i16 (-1 = null) | UTF-8;   array = count i32 | elements
 */
import { connect } from 'node:net'

export interface BrokerAddress {
  host: string
  port: number
}

/** Appends fields in the order of the grammar; `bytes()` is the body. */
export class WireWriter {
  readonly #parts: Buffer[] = []

  int8(value: number): this {
    return this.#push(1, (part) => part.writeInt8(value))
  }

  int16(value: number): this {
    return this.#push(2, (part) => part.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#push(4, (part) => part.writeInt32BE(value))
  }

  int64(value: bigint): this {
    return this.#push(8, (part) => part.writeBigInt64BE(value))
  }

  string(value: string): this {
    const text = Buffer.from(value)
    this.int16(text.length)
    this.#parts.push(text)
    return this
  }

  array<T>(values: readonly T[], write: (value: T) => void): this {
    this.int32(values.length)
    for (const value of values) write(value)
    return this
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #push(size: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(size)
    write(part)
    this.#parts.push(part)
    return this
  }
}

/** Reads fields in the order of the grammar; a short body throws a RangeError. */
export class WireReader {
  readonly #body: Buffer
  #offset = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  int8(): number {
    return this.#body.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#body.readInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#body.readInt32BE(this.#advance(4))
  }

  int64(): bigint {
    return this.#body.readBigInt64BE(this.#advance(8))
  }

  string(): string | null {
    const length = this.int16()
    if (length < 0) return null
    const start = this.#advance(length)
    return this.#body.toString('utf8', start, start + length)
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }

  #advance(size: number): number {
    const start = this.#offset
    this.#offset += size
    return start
  }
}

export interface WireRequest {
  apiKey: number
  apiVersion: number
  body: Buffer
  deadlineMs?: number
}

/** One request on a connection of its own: tests ask rarely, and a fresh connection holds no state across broker restarts. */
export function exchange(broker: BrokerAddress, request: WireRequest): Promise<WireReader> {
  const { apiKey, apiVersion, body, deadlineMs = 3000 } = request
  return new Promise((resolve, reject) => {
    const socket = connect(broker.port, broker.host)
    const received: Buffer[] = []
    const settle = (error: Error | undefined, reader?: WireReader) => {
      clearTimeout(timer)
      socket.destroy()
      if (reader) resolve(reader)
      else reject(error)
    }
    const where = `Kafka request ${apiKey} to ${broker.host}:${broker.port}`
    const timer = setTimeout(() => settle(new Error(`${where}: no answer in ${deadlineMs} ms`)), deadlineMs)
    socket.on('error', (error) => settle(error))
    socket.on('close', () => settle(new Error(`${where}: connection closed before the answer`)))
    socket.on('connect', () => socket.write(frame(apiKey, apiVersion, body)))
    socket.on('data', (chunk) => {
      received.push(chunk)
      const reader = completeResponse(Buffer.concat(received))
      if (reader) settle(undefined, reader)
    })
  })
}

function frame(apiKey: number, apiVersion: number, body: Buffer): Buffer {
  const header = new WireWriter().int16(apiKey).int16(apiVersion).int32(1).string('sluice-test-bed').bytes()
  return Buffer.concat([new WireWriter().int32(header.length + body.length).bytes(), header, body])
}

function completeResponse(received: Buffer): WireReader | undefined {
  if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return undefined
  return new WireReader(received.subarray(8))
}
