/** Where in a request a byte stands, as people name it. */
import { type Field, type Message, messageNamed, messageOf, REQUEST_MESSAGES } from './schema.ts'

interface Found {
  readonly field: Field
  readonly index: number
  readonly from: number
  readonly to: number
}

/**
 * @param body a request that the kernel has checked
 * @param position where the value of a field begins, or the content of a message
 * @returns names as in the .proto files, as `resource_spans[0].scope_spans[0].spans[3].trace_id`; empty for the request
 */
export function fieldPath(signalIndex: number, body: Uint8Array, position: number): string {
  const names: string[] = []
  let message: Message | undefined = messageNamed(REQUEST_MESSAGES[signalIndex]!)
  let from = 0
  let to = body.length
  while (message !== undefined && position > from) {
    const found = fieldAround(message, body, from, to, position)
    if (found === undefined) break
    const { field, index } = found
    names.push(field.repeated ? `${field.protoName}[${index}]` : field.protoName)
    message = field.message === undefined ? undefined : messageOf(field)
    from = found.from
    to = found.to
  }
  return names.join('.')
}

function fieldAround(
  message: Message,
  body: Uint8Array,
  from: number,
  to: number,
  position: number,
): Found | undefined {
  const counts = new Map<number, number>()
  const reader = new Reader(body, from)
  while (reader.at < to) {
    const tag = reader.varint()
    const number = tag >>> 3
    const index = counts.get(number) ?? 0
    counts.set(number, index + 1)
    const isSized = (tag & 7) === 2
    const size = isSized ? reader.varint() : 0
    const valueAt = reader.at
    if (isSized) reader.at += size
    else reader.skip(tag)
    if (position > reader.at || (position === reader.at && position !== valueAt)) continue
    const field = message.fields.find((each) => each.number === number)
    return position < valueAt || field === undefined ? undefined : { field, index, from: valueAt, to: reader.at }
  }
  return undefined
}

class Reader {
  at: number
  readonly #body: Uint8Array

  constructor(body: Uint8Array, at: number) {
    this.#body = body
    this.at = at
  }

  /** Its low 32 bits: nobody asks for more. */
  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#body[this.at++]!
      if (shift < 32) value |= (byte & 127) << shift
      if (!(byte >= 128)) return value >>> 0
    }
  }

  /** The value of a field that is not length-delimited. */
  skip(tag: number): void {
    const wireType = tag & 7
    if (wireType === 0) this.varint()
    else if (wireType === 1) this.at += 8
    else if (wireType === 5) this.at += 4
    else if (wireType === 3) this.#skipGroup()
  }

  #skipBytes(bytes: number): void {
    this.at += bytes
  }

  #skipGroup(): void {
    for (;;) {
      const tag = this.varint()
      if ((tag & 7) === 4) return
      if ((tag & 7) === 2) this.#skipBytes(this.varint())
      else this.skip(tag)
    }
  }
}
