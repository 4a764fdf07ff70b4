/**
 * The frames of a zstd body (RFC 8878), walked without decompressing: where each ends and what it says it holds. Node's
 * decoder takes a frame that breaks off for a whole one, and stops at the first frame's end.
 *
 *   frame     = magic(4) descriptor(1) [window(1)] [dictionary id(0,1,2,4)] [content size(0,1,2,4,8)] block... [checksum(4)]
 *   block     = header(3: last, type, size) content
 *   skippable = 0x184D2A50..5F(4) size(4) content
 */

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const SKIPPABLE_MASK = 0xfffffff0
const MAGIC_BYTES = 4
const SKIPPABLE_HEADER_BYTES = 8
const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4
const BLOCK_TYPE = { RLE: 1, RESERVED: 3 } as const
/** By the two lowest bits of the descriptor. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
/** By the two highest bits of the descriptor; the first only when the frame has no single segment. */
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const

/**
 * Data frames in one body. An encoder of a whole body writes one, one that works in parallel a few; each costs a decoder of
 * its own, and an empty one has nine bytes.
 */
export const ZSTD_FRAMES_MAX = 64

export interface ZstdFrame {
  readonly start: number
  /** Byte after the frame. */
  readonly end: number
  readonly isSkippable: boolean
  /** As the frame says; undefined when it does not. */
  readonly contentBytes: number | undefined
}

/** The frames that hold data. @returns undefined when the body is not made of whole frames alone, or of too many */
export function zstdFrames(body: Buffer): readonly ZstdFrame[] | undefined {
  const frames: ZstdFrame[] = []
  let at = 0
  do {
    const frame = zstdFrameAt(body, at)
    if (frame === undefined || frames.length === ZSTD_FRAMES_MAX) return undefined
    if (!frame.isSkippable) frames.push(frame)
    at = frame.end
  } while (at < body.length)
  return frames
}

/** @returns undefined when no whole frame begins at `start` */
export function zstdFrameAt(body: Buffer, start: number): ZstdFrame | undefined {
  if (start + MAGIC_BYTES + 1 > body.length) return undefined
  const magic = body.readUInt32LE(start)
  if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) return skippableAt(body, start)
  if (magic !== MAGIC) return undefined
  const descriptor = body[start + MAGIC_BYTES]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!
  const sizeAt = start + MAGIC_BYTES + 1 + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3]!
  if (sizeAt + sizeBytes > body.length) return undefined
  const end = blocksEnd(body, sizeAt + sizeBytes) + ((descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES)
  if (!(end <= body.length)) return undefined
  return { start, end, isSkippable: false, contentBytes: contentBytesAt(body, sizeAt, sizeBytes) }
}

function skippableAt(body: Buffer, start: number): ZstdFrame | undefined {
  if (start + SKIPPABLE_HEADER_BYTES > body.length) return undefined
  const end = start + SKIPPABLE_HEADER_BYTES + body.readUInt32LE(start + MAGIC_BYTES)
  return end > body.length ? undefined : { start, end, isSkippable: true, contentBytes: 0 }
}

function contentBytesAt(body: Buffer, at: number, bytes: number): number | undefined {
  if (bytes === 0) return undefined
  if (bytes === 1) return body[at]!
  // Two bytes count from 256 on: what is smaller fits into one.
  if (bytes === 2) return body.readUInt16LE(at) + 256
  return bytes === 4 ? body.readUInt32LE(at) : Number(body.readBigUInt64LE(at))
}

/** @returns the byte after the last block; NaN when the body ends before, or a block is of no known type */
function blocksEnd(body: Buffer, start: number): number {
  let at = start
  while (at + BLOCK_HEADER_BYTES <= body.length) {
    const header = body.readUIntLE(at, BLOCK_HEADER_BYTES)
    const type = (header >> 1) & 3
    if (type === BLOCK_TYPE.RESERVED) return Number.NaN
    at += BLOCK_HEADER_BYTES + (type === BLOCK_TYPE.RLE ? 1 : header >> 3)
    if ((header & 1) !== 0) return at
  }
  return Number.NaN
}
