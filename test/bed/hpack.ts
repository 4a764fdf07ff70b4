/**
 * Header blocks of HTTP/2 (RFC 7541), as little as a hostile client needs: it writes them without any compression, and
 * reads those of a peer that was told to keep no table of its own (SETTINGS_HEADER_TABLE_SIZE 0).
 */

export type HeaderField = readonly [name: string, value: string]

const STATIC_NAMES =
  ':authority :method :method :path :path :scheme :scheme :status :status :status :status :status :status :status ' +
  'accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow ' +
  'authorization cache-control content-disposition content-encoding content-language content-length content-location ' +
  'content-range content-type cookie date etag expect expires from host if-match if-modified-since if-none-match ' +
  'if-range if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range ' +
  'referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary via ' +
  'www-authenticate'
const STATIC_VALUES = '|GET|POST|/|/index.html|http|https|200|204|206|304|400|404|500||gzip, deflate'

const STATIC_TABLE: readonly HeaderField[] = STATIC_NAMES.split(' ').map((name, index) => [
  name,
  STATIC_VALUES.split('|')[index] ?? '',
])

/** @param fields written as literals, never to be indexed: any bytes, upper case and repetition included (latin1) */
export function headerBlock(fields: readonly HeaderField[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0x10]), text(name), text(value)]))
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([integer(bytes.length, 7, 0), bytes])
}

/** @param prefixBits of the first byte that hold the number; the others hold `flags` */
export function integer(value: number, prefixBits: number, flags: number): Buffer {
  const most = 2 ** prefixBits - 1
  if (value < most) return Buffer.from([flags | value])
  const bytes = [flags | most]
  for (let rest = value - most; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}

/** @throws for what needs a table of the peer's own, and for text outside ASCII */
export function readHeaderBlock(block: Buffer): HeaderField[] {
  const reader = new Reader(block)
  const fields: HeaderField[] = []
  while (!reader.isAtEnd) {
    const first = reader.peek()
    if (first >= 0x80) fields.push(staticField(reader.integer(7)))
    else if (first >= 0x40) fields.push(reader.literal(6))
    else if (first >= 0x20) reader.integer(5)
    else fields.push(reader.literal(4))
  }
  return fields
}

function staticField(index: number): HeaderField {
  const field = STATIC_TABLE[index - 1]
  if (field === undefined) throw new Error(`header field ${index} is not in the static table`)
  return field
}

class Reader {
  readonly #block: Buffer
  #at = 0

  constructor(block: Buffer) {
    this.#block = block
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length
  }

  peek(): number {
    return this.#block[this.#at]!
  }

  integer(prefixBits: number): number {
    const most = 2 ** prefixBits - 1
    let value = this.#block[this.#at++]! & most
    if (value < most) return value
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#block[this.#at++]!
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  literal(prefixBits: number): HeaderField {
    const index = this.integer(prefixBits)
    return [index === 0 ? this.#text() : staticField(index)[0], this.#text()]
  }

  #text(): string {
    const isCompressed = this.peek() >= 0x80
    const length = this.integer(7)
    const bytes = this.#block.subarray(this.#at, this.#at + length)
    this.#at += length
    return isCompressed ? inflated(bytes) : bytes.toString('latin1')
  }
}

/** The code of RFC 7541 B is canonical: the symbols by length, in their order, determine it. ASCII only. */
const SYMBOLS_BY_BITS: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
}

const SYMBOL_OF_CODE = codeTable()

/** Symbols by their code with a leading 1, which keeps its zeros. */
function codeTable(): ReadonlyMap<number, string> {
  const table = new Map<number, string>()
  let code = 0
  for (let bits = 5; bits <= 15; bits++) {
    code *= 2
    for (const symbol of SYMBOLS_BY_BITS[bits] ?? '') table.set(2 ** bits + code++, symbol)
  }
  return table
}

function inflated(bytes: Buffer): string {
  let out = ''
  let code = 1
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1)
      const symbol = SYMBOL_OF_CODE.get(code)
      if (symbol === undefined) continue
      out += symbol
      code = 1
    }
  }
  if (code >= 256) throw new Error('a header text outside ASCII')
  return out
}
