/**
 * Seeded Export requests made from the schema alone: every field of every message comes up.
 *
 * The plain form is what an encoder writes: fields in the order of their numbers, each once, repeated scalars packed.
 * The odd form is what a decoder must also understand: fields in any order, repeated fields interleaved, packed and
 * unpacked, singular fields and members of oneofs again and again, messages in pieces, unknown fields and groups.
 */
import { idBytes } from '../../src/otlp/kernel-rules.ts'
import type { Field, Message } from '../../src/otlp/schema.ts'
import { messageNamed, messageOf, REQUEST_MESSAGES } from '../../src/otlp/schema.ts'
import { KEY_VALUE } from '../../src/otlp/schema-common.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import { randomDouble, WIRE_TYPE, writeRandomScalar } from './values.ts'
import { WireWriter } from './wire-writer.ts'

export interface PayloadOptions {
  /** also write what only a hand-made encoder writes */
  readonly odd?: boolean
  /** roughly how large the request becomes; default 2000 */
  readonly bytesAbout?: number
  /** ids have the lengths they must have, or none */
  readonly wholeIds?: boolean
}

export function generateRequest(signal: Signal, seed: number, options: PayloadOptions = {}): Uint8Array {
  const random = createRandom(seed)
  const root = messageNamed(REQUEST_MESSAGES[SIGNALS.indexOf(signal)]!)
  return new MessageGenerator(random, options).message(root, 0)
}

/** one message of any type of the schema */
export function generateMessage(name: string, seed: number, options: PayloadOptions = {}): Uint8Array {
  const generator = new MessageGenerator(createRandom(seed), options)
  return generator.message(messageNamed(name), 0)
}

class MessageGenerator {
  readonly #random: Random
  readonly #odd: boolean
  readonly #wholeIds: boolean
  #bytesLeft: number

  constructor(random: Random, { odd = false, bytesAbout = 2000, wholeIds = false }: PayloadOptions) {
    this.#random = random
    this.#odd = odd
    this.#wholeIds = wholeIds
    this.#bytesLeft = bytesAbout
  }

  message(message: Message, depth: number): Uint8Array {
    if (message.name === KEY_VALUE && this.#random.oneIn(2)) return this.#commonAttribute()
    const pieces: Uint8Array[] = []
    const oneofs = new Set<string>()
    for (const field of this.#fieldsOf(message)) {
      if (!this.#odd && field.oneof !== undefined) {
        if (oneofs.has(field.oneof)) continue
        oneofs.add(field.oneof)
      }
      pieces.push(...this.#field(field, depth))
      if (this.#odd && this.#random.oneIn(30)) pieces.push(this.#unknownField())
    }
    if (this.#odd && this.#random.oneIn(3)) shuffle(pieces, this.#random)
    const writer = new WireWriter()
    for (const piece of pieces) writer.raw(piece)
    this.#bytesLeft -= writer.length >> 2
    return writer.finish()
  }

  /** as SDKs write most: a key and a short value of one of the usual kinds */
  #commonAttribute(): Uint8Array {
    const random = this.#random
    const text = (): Uint8Array => new TextEncoder().encode('x.y_z/0-9 AZ~'.repeat(8).slice(0, random.below(70)))
    const value = new WireWriter()
    const kind = random.below(5)
    if (kind === 0) value.tag(2, 0).varint(random.below(2))
    else if (kind === 1) value.tag(3, 0).varint(random.word() >>> random.below(32))
    else if (kind === 2) value.tag(4, 1).double(randomDouble(random))
    else value.tag(1, 2).sized(text())
    return new WireWriter().tag(1, 2).sized(text()).tag(2, 2).sized(value.finish()).finish()
  }

  /** in the order of numbers; members of a oneof in random order, so that each comes first at times */
  #fieldsOf(message: Message): Field[] {
    const fields = [...message.fields]
    if (fields.some((field) => field.oneof !== undefined)) shuffle(fields, this.#random)
    else fields.sort((left, right) => left.number - right.number)
    const share = this.#random.pick([1, 2, 2, 4])
    return fields.filter(() => !this.#random.oneIn(share + 1))
  }

  /** the occurrences of one field, each a piece that may stand anywhere in the message */
  #field(field: Field, depth: number): Uint8Array[] {
    const isSpent = this.#bytesLeft < 0 || depth > 12
    if (field.type === 'message' && isSpent && depth > 4) return []
    const count = this.#count(field, isSpent)
    if (field.packed && !(this.#odd && this.#random.oneIn(3))) return [this.#packed(field, count)]
    return Array.from({ length: count }, () => this.#occurrence(field, depth))
  }

  #count(field: Field, isSpent: boolean): number {
    if (field.repeated) return isSpent ? this.#random.below(2) : this.#random.below(5)
    return this.#odd && this.#random.oneIn(6) ? 2 : 1
  }

  #occurrence(field: Field, depth: number): Uint8Array {
    const writer = new WireWriter().tag(field.number, WIRE_TYPE[field.type])
    if (field.type === 'message') writer.sized(this.message(messageOf(field), depth + 1))
    else if (field.hexId && this.#wholeIds) writer.sized(this.#random.bytes(this.#random.oneIn(5) ? 0 : idBytes(field)))
    else writeRandomScalar(writer, field.type, field.hexId, this.#random)
    this.#bytesLeft -= 8
    return writer.finish()
  }

  #packed(field: Field, count: number): Uint8Array {
    const elements = new WireWriter()
    for (let left = count; left > 0; left--) writeRandomScalar(elements, field.type, false, this.#random)
    return new WireWriter().tag(field.number, 2).sized(elements.finish()).finish()
  }

  /** a number no OTLP message has, any wire type, sometimes a group */
  #unknownField(): Uint8Array {
    const random = this.#random
    const writer = new WireWriter()
    const number = random.pick([17, 31, 32, 100, 1000, 2 ** 29 - 1])
    switch (random.below(5)) {
      case 0:
        return writer.tag(number, 0).varint(random.long()).finish()
      case 1:
        return writer.tag(number, 1).fixed64(random.long()).finish()
      case 2:
        return writer
          .tag(number, 2)
          .sized(random.bytes(random.below(20)))
          .finish()
      case 3:
        return writer.tag(number, 3).raw(this.#unknownScalar()).tag(number, 4).finish()
      default:
        return writer.tag(number, 5).fixed32(random.word()).finish()
    }
  }

  #unknownScalar(): Uint8Array {
    return new WireWriter().tag(3, 0).varint(this.#random.word()).finish()
  }
}

function shuffle<Value>(values: Value[], random: Random): void {
  for (let index = values.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const value = values[index]!
    values[index] = values[other]!
    values[other] = value
  }
}
