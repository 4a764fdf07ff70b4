/**
 * The frame around a gRPC message:
 *
 *   0                1                       5
 *   +----------------+-----------------------+---------------+
 *   | compressed (1) | length (4, big endian)| message       |
 *   +----------------+-----------------------+---------------+
 */
export const FRAME_PREFIX_BYTES = 5

/** Reads a prefix that may arrive byte by byte. */
export class FramePrefix {
  isCompressed = false
  /** False for a first byte that gRPC gives no meaning to. */
  isFlagKnown = true
  messageBytes = 0
  #readBytes = 0

  get isComplete(): boolean {
    return this.#readBytes === FRAME_PREFIX_BYTES
  }

  get isEmpty(): boolean {
    return this.#readBytes === 0
  }

  /** @returns bytes of the chunk that belong to the prefix */
  read(chunk: Uint8Array): number {
    let at = 0
    while (this.#readBytes < FRAME_PREFIX_BYTES && at < chunk.length) {
      const byte = chunk[at++]!
      if (this.#readBytes === 0) this.#readFlag(byte)
      else this.messageBytes = this.messageBytes * 256 + byte
      this.#readBytes++
    }
    return at
  }

  #readFlag(byte: number): void {
    this.isCompressed = byte === 1
    this.isFlagKnown = byte <= 1
  }
}

/** @returns the message in an uncompressed frame */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.alloc(FRAME_PREFIX_BYTES + message.length)
  frame.writeUInt32BE(message.length, 1)
  message.copy(frame, FRAME_PREFIX_BYTES)
  return frame
}
