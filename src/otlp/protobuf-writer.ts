/**
 * Writes protobuf forward into a growing buffer.
 *
 * The length of a nested message is not known before its content: one byte is kept free for it, and the content moves
 * up when the length needs more. A move is one memmove per level that holds 128 bytes or more.
 */
const LOW_32 = 0xffffffffn

export class ProtobufWriter {
  #bytes: Buffer
  #end = 0

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes + 64)
  }

  /** Bytes written so far: where the next ones will stand. */
  get end(): number {
    return this.#end
  }

  /** What was written: a view, valid until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  /** @param tag field number and wire type; 0 writes nothing, for elements of a packed field */
  tag(tag: number): void {
    if (tag !== 0) this.varint32(tag)
  }

  /** @param value 0 to 2^32-1 */
  varint32(value: number): void {
    this.#reserve(5)
    this.#end = this.#putVarint32(value, this.#end)
  }

  /** @param value 0 to 2^64-1; a negative number is its two's complement */
  varint64(value: bigint): void {
    this.#reserve(10)
    let low = Number(value & LOW_32)
    let high = Number(value >> 32n)
    while (high !== 0 || low > 0x7f) {
      this.#bytes[this.#end++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.#bytes[this.#end++] = low
  }

  fixed32(value: number): void {
    this.#reserve(4)
    this.#end = this.#bytes.writeUInt32LE(value, this.#end)
  }

  fixed64(value: bigint): void {
    this.#reserve(8)
    this.#end = this.#bytes.writeBigUInt64LE(value, this.#end)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#end = this.#bytes.writeDoubleLE(value, this.#end)
  }

  /** Length and UTF-8. */
  string(text: string): void {
    const textBytes = Buffer.byteLength(text)
    this.varint32(textBytes)
    this.#reserve(textBytes)
    this.#end += this.#bytes.write(text, this.#end)
  }

  /** Length and bytes. */
  bytes(bytes: Buffer): void {
    this.varint32(bytes.length)
    this.#reserve(bytes.length)
    this.#end += bytes.copy(this.#bytes, this.#end)
  }

  /** Starts a nested message or a packed field after its tag. @returns what finish needs */
  begin(): number {
    this.#reserve(1)
    return this.#end++
  }

  /** @param lengthOffset what begin returned; calls nest */
  finish(lengthOffset: number): void {
    const contentOffset = lengthOffset + 1
    const contentBytes = this.#end - contentOffset
    const extraBytes = varintBytes(contentBytes) - 1
    if (extraBytes > 0) {
      this.#reserve(extraBytes)
      this.#bytes.copyWithin(contentOffset + extraBytes, contentOffset, this.#end)
    }
    this.#putVarint32(contentBytes, lengthOffset)
    this.#end += extraBytes
  }

  /** Takes out what was written from one offset to another, as if it had never been. */
  cut(fromOffset: number, toOffset: number): void {
    this.#bytes.copyWithin(fromOffset, toOffset, this.#end)
    this.#end -= toOffset - fromOffset
  }

  /** @returns the offset behind it; room is the caller's */
  #putVarint32(value: number, offset: number): number {
    let at = offset
    for (let rest = value; ; rest >>>= 7) {
      if (rest <= 0x7f) {
        this.#bytes[at] = rest
        return at + 1
      }
      this.#bytes[at++] = (rest & 0x7f) | 0x80
    }
  }

  #reserve(moreBytes: number): void {
    if (this.#end + moreBytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + moreBytes))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) bytes++
  return bytes
}
