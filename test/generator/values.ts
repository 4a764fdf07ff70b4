/** Values that find mistakes: borders of every type, every class of character, doubles of every shape. */
import type { FieldType } from '../../src/otlp/schema.ts'
import type { Random } from './random.ts'
import type { WireWriter } from './wire-writer.ts'

const STRINGS = [
  '',
  'a',
  'service.name',
  'GET /api/v1/orders/{id}?q=1&r=2',
  'line1\nline2\r\ttab "quoted" back\\slash',
  '\u0000\u0001\u0007\b\f\u001f\u007f\u0080',
  'é ü ß 中文 日本語 한국어 ру́сский العربية',
  '😀👩‍👩‍👧‍👦\u{10ffff}',
  '\u2028\u2029\ufeff',
  'exactly 16 bytes',
  'exactly fifteen',
  'seventeen bytes!!',
  'ends with quote"',
  '"',
  '\\',
]

const DOUBLES = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.25,
  1 / 3,
  1e21,
  1e-7,
  1.5e-7,
  123456789.125,
  5e-324,
  1.7976931348623157e308,
  2.2250738585072014e-308,
  9007199254740991,
  9007199254740992,
  1e23,
  9.5e-8,
  -1e-6,
  3.0e100,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

const LONGS = [
  0n,
  1n,
  -1n,
  9n,
  10n,
  99n,
  100n,
  99999999n,
  100000000n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n + 1n,
  9999999999999999n,
  10000000000000000n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n - 1n,
  1763629200000000000n,
]

export function randomString(random: Random): string {
  if (random.oneIn(3)) return random.pick(STRINGS)
  let text = ''
  for (let left = random.below(40); left > 0; left--) {
    text += random.oneIn(12) ? random.pick(STRINGS) : String.fromCharCode(32 + random.below(95))
  }
  return text
}

export function randomDouble(random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(DOUBLES)
    case 1:
      return random.below(100000) / 10 ** random.below(6)
    case 2:
      return Math.fround(random.word() / 1000)
    default: {
      const view = new DataView(new ArrayBuffer(8))
      view.setBigUint64(0, random.long())
      return view.getFloat64(0)
    }
  }
}

export function randomLong(random: Random): bigint {
  if (random.oneIn(2)) return random.pick(LONGS)
  return random.long() >> BigInt(random.below(64))
}

export const WIRE_TYPE: Readonly<Record<FieldType, number>> = {
  string: 2,
  bytes: 2,
  message: 2,
  bool: 0,
  enum: 0,
  int32: 0,
  uint32: 0,
  sint32: 0,
  int64: 0,
  uint64: 0,
  double: 1,
  fixed64: 1,
  sfixed64: 1,
  fixed32: 5,
}

/** the value alone, as in a packed field; strings and bytes with their size */
export function writeRandomScalar(writer: WireWriter, type: FieldType, isId: boolean, random: Random): void {
  switch (type) {
    case 'string':
      writer.sized(new TextEncoder().encode(randomString(random)))
      return
    case 'bytes':
      writer.sized(random.bytes(isId && !random.oneIn(4) ? random.pick([8, 16]) : random.below(40)))
      return
    case 'bool':
      writer.varint(random.below(2))
      return
    case 'double':
      writer.double(randomDouble(random))
      return
    case 'fixed64':
    case 'sfixed64':
      writer.fixed64(BigInt.asUintN(64, randomLong(random)))
      return
    case 'fixed32':
      writer.fixed32(random.oneIn(2) ? random.below(512) : random.word())
      return
    case 'enum':
      writer.varint(random.oneIn(20) ? -random.below(9) : random.below(25))
      return
    case 'int32':
      writer.varint(BigInt.asIntN(32, randomLong(random)))
      return
    case 'uint32':
    case 'sint32':
      writer.varint(BigInt.asUintN(32, randomLong(random)))
      return
    default:
      writer.varint(randomLong(random))
  }
}
