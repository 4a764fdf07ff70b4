/**
 * OTLP/JSON to protobuf, in one pass over the text, driven by the schema table.
 *
 * - Strict by the letter of the OTLP specification and ProtoJSON: keys in lowerCamelCase, ids in hex, enums as integers;
 *   unknown members are passed over at every depth.
 * - Of equal keys the last wins; an overridden value must still be valid, since it is read before the next one is seen.
 * - Messages nest at most 100 deep, as in official protobuf decoders; that also bounds the recursion here.
 * - Fields are written in the order of the text; defaults without presence are left out.
 */
import { JsonCursor } from './json-cursor.ts'
import { type FieldPlan, type MessagePlan, REQUEST_PLANS } from './json-plan.ts'
import {
  type IntegerType,
  readBase64,
  readBoolean,
  readDouble,
  readEnum,
  readHexId,
  readInteger,
  readProfileId,
  readText,
} from './json-scalar.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import { messageNamed, REQUEST_MESSAGES } from './schema.ts'

/** Levels of messages below the request. */
const MESSAGE_LEVELS_MAX = 100

/**
 * @param body a whole OTLP/JSON text
 * @returns the Export request in protobuf; can be larger than the text (packed doubles: up to four times)
 * @throws JsonReadError with a message for the client
 */
export function readJson(signalIndex: number, body: Buffer): Buffer {
  const cursor = new JsonCursor(body)
  const reader = new MessageReader(cursor, new ProtobufWriter(body.length))
  const request = reader.read(REQUEST_PLANS[signalIndex]!)
  cursor.end()
  return request
}

/**
 * What to tell a client whose valid text holds nothing under a key that OTLP/JSON knows, but the .proto name of the field
 * (`resource_spans`): such a request is empty, and its sender does not know it. For requests that readJson made empty.
 */
export function emptyRequestWarning(signalIndex: number, body: Buffer): string | undefined {
  const { fields } = messageNamed(REQUEST_MESSAGES[signalIndex]!)
  const cursor = new JsonCursor(body)
  if (!cursor.take('{') || cursor.take('}')) return undefined
  do {
    const key = cursor.key()
    const field = fields.find(({ name, protoName }) => protoName === key && name !== key)
    if (field !== undefined)
      return `Nothing was accepted: OTLP/JSON keys are lowerCamelCase, use ${field.name} instead of ${key}`
    cursor.skip()
  } while (cursor.take(','))
  return undefined
}

class MessageReader {
  readonly #cursor: JsonCursor
  readonly #writer: ProtobufWriter
  /** Fields written so far of every message that is open, with the offset of each: a later equal key takes one out. */
  readonly #writtenBits: number[] = []
  readonly #writtenOffsets: number[] = []

  constructor(cursor: JsonCursor, writer: ProtobufWriter) {
    this.#cursor = cursor
    this.#writer = writer
  }

  read(request: MessagePlan): Buffer {
    this.#message(request, 0)
    return this.#writer.written()
  }

  #message(plan: MessagePlan, level: number): void {
    const cursor = this.#cursor
    if (level > MESSAGE_LEVELS_MAX) cursor.fail(`nested at most ${MESSAGE_LEVELS_MAX} messages deep`)
    cursor.expect('{', 'an object')
    if (cursor.take('}')) return
    const firstWritten = this.#writtenBits.length
    let present = 0
    do {
      const field = plan.fields.get(cursor.key())
      if (field === undefined) cursor.skip()
      else present = this.#member(field, present, firstWritten, level)
    } while (cursor.take(','))
    cursor.expect('}', 'a comma or a closing brace')
    this.#writtenBits.length = firstWritten
    this.#writtenOffsets.length = firstWritten
  }

  /** @param present the fields of this message that have a value; @returns the same with this one */
  #member(field: FieldPlan, present: number, firstWritten: number, level: number): number {
    const cursor = this.#cursor
    cursor.path.push(field.name)
    if ((present & field.bit) !== 0) this.#takeOut(field.bit, firstWritten)
    const others = present & ~field.bit
    const isNull = cursor.takeNull()
    if (!isNull) {
      if ((others & field.rivals) !== 0) cursor.fail('the only member of its oneof in this object')
      this.#writtenBits.push(field.bit)
      this.#writtenOffsets.push(this.#writer.end)
      if (field.repeated) this.#array(field, level)
      else this.#value(field, level)
    }
    cursor.path.pop()
    return isNull ? others : others | field.bit
  }

  #array(field: FieldPlan, level: number): void {
    const cursor = this.#cursor
    cursor.expect('[', 'an array')
    if (cursor.take(']')) return
    let lengthOffset = 0
    if (field.packed) {
      this.#writer.tag(field.tag)
      lengthOffset = this.#writer.begin()
    }
    let index = 0
    do {
      cursor.path.push(index++)
      this.#value(field, level)
      cursor.path.pop()
    } while (cursor.take(','))
    cursor.expect(']', 'a comma or a closing bracket')
    if (field.packed) this.#writer.finish(lengthOffset)
  }

  /** One value, or one element: null is no element, and no reader below takes it for a value. */
  #value(field: FieldPlan, level: number): void {
    if (field.message === undefined) {
      writeScalar(this.#cursor, this.#writer, field)
      return
    }
    this.#writer.tag(field.tag)
    const lengthOffset = this.#writer.begin()
    this.#message(field.message, level + 1)
    this.#writer.finish(lengthOffset)
  }

  /** Removes what an earlier equal key wrote. The moved bytes are bounded: a field that was moved over stands before it. */
  #takeOut(bit: number, firstWritten: number): void {
    const at = this.#writtenBits.indexOf(bit, firstWritten)
    const from = this.#writtenOffsets[at]!
    const to = this.#writtenOffsets[at + 1] ?? this.#writer.end
    this.#writer.cut(from, to)
    this.#writtenBits.splice(at, 1)
    this.#writtenOffsets.splice(at, 1)
    for (let later = at; later < this.#writtenOffsets.length; later++) this.#writtenOffsets[later]! -= to - from
  }
}

function writeScalar(cursor: JsonCursor, writer: ProtobufWriter, field: FieldPlan): void {
  if (field.type === 'string') writeText(writer, field, readText(cursor))
  else if (field.type === 'bytes') writeBytes(writer, field, bytesOf(cursor, field))
  else if (field.type === 'double') writeDouble(writer, field, readDouble(cursor))
  else writeInteger(writer, field, integerOf(cursor, field))
}

function integerOf(cursor: JsonCursor, field: FieldPlan): bigint {
  switch (field.type) {
    case 'bool':
      return readBoolean(cursor) ? 1n : 0n
    case 'enum':
      return readEnum(cursor)
    default:
      return readInteger(cursor, field.type as IntegerType)
  }
}

function bytesOf(cursor: JsonCursor, field: FieldPlan): Buffer {
  if (field.idText === 'hex') return readHexId(cursor)
  return field.idText === 'profile' ? readProfileId(cursor) : readBase64(cursor)
}

function writeText(writer: ProtobufWriter, field: FieldPlan, text: string): void {
  if (text === '' && !field.explicit) return
  writer.tag(field.elementTag)
  writer.string(text)
}

function writeBytes(writer: ProtobufWriter, field: FieldPlan, bytes: Buffer): void {
  if (bytes.length === 0 && !field.explicit) return
  writer.tag(field.elementTag)
  writer.bytes(bytes)
}

/** The default is +0: -0 keeps its sign. */
function writeDouble(writer: ProtobufWriter, field: FieldPlan, value: number): void {
  if (Object.is(value, 0) && !field.explicit) return
  writer.tag(field.elementTag)
  writer.double(value)
}

function writeInteger(writer: ProtobufWriter, field: FieldPlan, value: bigint): void {
  if (value === 0n && !field.explicit) return
  writer.tag(field.elementTag)
  switch (field.type) {
    case 'fixed32':
      writer.fixed32(Number(value))
      break
    case 'fixed64':
    case 'sfixed64':
      writer.fixed64(BigInt.asUintN(64, value))
      break
    case 'sint32':
      writer.varint64(value < 0n ? -2n * value - 1n : 2n * value)
      break
    default:
      writer.varint64(BigInt.asUintN(64, value))
  }
}
