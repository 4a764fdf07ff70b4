/**
 * OTLP/JSON form to protobuf, driven by the schema table. For load only: no oneof rules, no enum names, fields of a
 * message in the order of the table; ids in hex, other bytes in base64, 64-bit integers as strings or numbers.
 */
import { type Field, type Message, messageNamed, messageOf } from '../../src/otlp/schema.ts'

export type JsonObject = { readonly [key: string]: unknown }

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5
const INITIAL_BYTES = 1 << 20

export function encodeProtobuf(messageName: string, value: JsonObject): Buffer {
  const sink = new Sink()
  writeMessage(sink, messageNamed(messageName), value)
  return Buffer.from(sink.buffer.subarray(0, sink.length))
}

class Sink {
  buffer = Buffer.allocUnsafe(INITIAL_BYTES)
  length = 0

  /** Offset of `bytes` new bytes. */
  claim(bytes: number): number {
    const offset = this.length
    this.length += bytes
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(this.length * 2)
      this.buffer.copy(larger, 0, 0, offset)
      this.buffer = larger
    }
    return offset
  }

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value)
    for (; rest > 127n; rest >>= 7n) this.buffer[this.claim(1)] = Number(rest & 127n) | 128
    this.buffer[this.claim(1)] = Number(rest)
  }

  tag(fieldNumber: number, wireType: number): void {
    this.varint(BigInt((fieldNumber << 3) | wireType))
  }

  bytes(source: Buffer): void {
    this.varint(BigInt(source.length))
    source.copy(this.buffer, this.claim(source.length))
  }

  /** What `body` writes, with its length before it. */
  delimited(body: () => void): void {
    const start = this.length
    body()
    const content = Buffer.from(this.buffer.subarray(start, this.length))
    this.length = start
    this.bytes(content)
  }
}

function writeMessage(sink: Sink, message: Message, value: JsonObject): void {
  for (const field of message.fields) {
    const content = value[field.name]
    if (content === undefined) continue
    if (!field.repeated) writeField(sink, field, content)
    else if (field.packed) writePacked(sink, field, content as unknown[])
    else for (const element of content as unknown[]) writeField(sink, field, element)
  }
}

function writeField(sink: Sink, field: Field, value: unknown): void {
  sink.tag(field.number, wireTypeOf(field))
  writeValue(sink, field, value)
}

function writePacked(sink: Sink, field: Field, values: unknown[]): void {
  sink.tag(field.number, LENGTH_DELIMITED)
  sink.delimited(() => {
    for (const value of values) writeValue(sink, field, value)
  })
}

function wireTypeOf({ type }: Field): number {
  if (type === 'message' || type === 'string' || type === 'bytes') return LENGTH_DELIMITED
  if (type === 'fixed32') return FIXED32
  return type === 'double' || type === 'fixed64' || type === 'sfixed64' ? FIXED64 : VARINT
}

function writeValue(sink: Sink, field: Field, value: unknown): void {
  const { type } = field
  if (type === 'message') sink.delimited(() => writeMessage(sink, messageOf(field), value as JsonObject))
  else if (type === 'string') sink.bytes(Buffer.from(String(value)))
  else if (type === 'bytes') sink.bytes(Buffer.from(String(value), field.hexId ? 'hex' : 'base64'))
  else writeNumber(sink, type, value as number | string | boolean)
}

function writeNumber(sink: Sink, type: Field['type'], value: number | string | boolean): void {
  if (type === 'double') {
    const offset = sink.claim(8)
    sink.buffer.writeDoubleLE(Number(value), offset)
  } else if (type === 'fixed64' || type === 'sfixed64') {
    const offset = sink.claim(8)
    sink.buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), offset)
  } else if (type === 'fixed32') {
    const offset = sink.claim(4)
    sink.buffer.writeUInt32LE(Number(value), offset)
  } else if (type === 'sint32') {
    sink.varint(BigInt(((Number(value) << 1) ^ (Number(value) >> 31)) >>> 0))
  } else sink.varint(BigInt(value))
}
