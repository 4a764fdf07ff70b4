/** Writes the protobuf wire format, the odd forms too; knows nothing of OTLP. */
export class WireWriter {
  #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  varint(value: bigint | number): this {
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest >= 128n) {
      this.#bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.#bytes.push(Number(rest))
    return this
  }

  tag(fieldNumber: number, wireType: number): this {
    return this.varint(fieldNumber * 8 + wireType)
  }

  fixed32(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.#bytes.push((value >>> shift) & 255)
    return this
  }

  fixed64(value: bigint): this {
    for (let shift = 0n; shift < 64n; shift += 8n) this.#bytes.push(Number((value >> shift) & 255n))
    return this
  }

  double(value: number): this {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    return this.fixed64(view.getBigUint64(0))
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  /** a size and the bytes */
  sized(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes)
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}
