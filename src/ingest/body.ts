/** Media types, content codings and inflating: what stands between the wire and protobuf bytes. */
import * as zlib from 'node:zlib'
import { MIB } from '../base/units.ts'
import { ENCODING, type Encoding, MEDIA_TYPES } from '../otlp/responses.ts'
import { VERDICT } from './verdict.ts'
import { zstdFrameAt, zstdFrames } from './zstd-frame.ts'

export const CODING = { IDENTITY: 0, GZIP: 1, DEFLATE: 2, ZSTD: 3 } as const
export type Coding = (typeof CODING)[keyof typeof CODING]
export const UNSUPPORTED = -1

/** Node has it from 22.15 on; before, zstd is a coding like any other that is not supported. */
const HAS_ZSTD = 'zstdDecompressSync' in zlib

const CODINGS: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['', CODING.IDENTITY],
  ['identity', CODING.IDENTITY],
  ['gzip', CODING.GZIP],
  ['x-gzip', CODING.GZIP],
  ['deflate', CODING.DEFLATE],
  ...(HAS_ZSTD ? [['zstd', CODING.ZSTD] as const] : []),
])

/** What a client may compress with, as an Accept-Encoding of ours says it. */
export const ACCEPTED_CODINGS = HAS_ZSTD ? 'gzip, deflate, zstd' : 'gzip, deflate'

/** With parameters; what is longer is none that a client of OTLP sends. */
const CONTENT_TYPE_CHARS_MAX = 1024

/** @param contentType header value, '' when absent. @returns UNSUPPORTED for anything else than the two of OTLP */
export function encodingOf(contentType: string): Encoding | typeof UNSUPPORTED {
  if (contentType === MEDIA_TYPES[ENCODING.PROTOBUF]) return ENCODING.PROTOBUF
  if (contentType === MEDIA_TYPES[ENCODING.JSON]) return ENCODING.JSON
  if (contentType.length > CONTENT_TYPE_CHARS_MAX) return UNSUPPORTED
  const end = contentType.indexOf(';')
  const mediaType = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
  if (mediaType === MEDIA_TYPES[ENCODING.PROTOBUF]) return ENCODING.PROTOBUF
  return mediaType === MEDIA_TYPES[ENCODING.JSON] ? ENCODING.JSON : UNSUPPORTED
}

/** @param contentEncoding header value, '' when absent */
export function codingOf(contentEncoding: string): Coding | typeof UNSUPPORTED {
  if (contentEncoding === '') return CODING.IDENTITY
  return CODINGS.get(contentEncoding.trim().toLowerCase()) ?? UNSUPPORTED
}

const CHUNK_BYTES_MIN = 64 * 1024
const CHUNK_BYTES_MAX = 4 * MIB
const GZIP_TRAILER_BYTES = 8
const GZIP_SIZE_BYTES = 4

/** What a body says that it inflates to, which may be wrong; 0 when it does not say. */
export function claimedBytes(body: Buffer, coding: Coding): number {
  if (coding === CODING.ZSTD) return zstdFrameAt(body, 0)?.contentBytes ?? 0
  const hasSize = coding === CODING.GZIP && body.length >= GZIP_TRAILER_BYTES
  return hasSize ? body.readUInt32LE(body.length - GZIP_SIZE_BYTES) : 0 // RFC 1952 ISIZE
}

/** Room for the whole output where the body tells its size: one buffer and no joining. */
function chunkBytes(body: Buffer, coding: Coding): number {
  return Math.min(Math.max(claimedBytes(body, coding) + 1, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX)
}

/** What zlib gives with the option `info`, of which the types do not know. */
interface ZlibInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_BUFFER_TOO_LARGE'
}

/**
 * Blocks this thread for the time of inflating; what may become large is inflated by Inflater.
 *
 * @returns the inflated body, or a verdict
 */
export function inflate(body: Buffer, coding: Coding, bytesMax: number): Buffer | number {
  try {
    if (coding === CODING.ZSTD) return inflateZstd(body, bytesMax)
    const inflateSync = coding === CODING.GZIP ? zlib.gunzipSync : zlib.inflateSync
    return wholeBody(inflateSync(body, zlibOptions(body, coding, bytesMax)), body)
  } catch (error) {
    return inflateFault(error)
  }
}

/** @returns the verdict on a body that zlib does not inflate */
export function inflateFault(error: unknown): number {
  return isTooLarge(error) ? VERDICT.BODY_TOO_LARGE : VERDICT.BAD_CODING
}

export function zlibOptions(body: Buffer, coding: Coding, bytesMax: number): zlib.ZlibOptions {
  const chunkSize = chunkBytes(body, coding)
  return { maxOutputLength: bytesMax, chunkSize, finishFlush: zlib.constants.Z_FINISH, info: true }
}

/** @param result of zlib with zlibOptions. @returns the inflated body, or a verdict when other bytes follow it */
export function wholeBody(result: Buffer, body: Buffer): Buffer | number {
  const { buffer, engine } = result as unknown as ZlibInfo
  return engine.bytesWritten === body.length ? buffer : VERDICT.BAD_CODING
}

/** RFC 9659: a client of HTTP must not need a larger window; a decoder would have to hold it. */
const ZSTD_WINDOW_LOG_MAX = 23

/** Frame by frame: Node's decoder stops after the first and does not notice one that breaks off. */
function inflateZstd(body: Buffer, bytesMax: number): Buffer | number {
  const frames = zstdFrames(body)
  if (frames === undefined) return VERDICT.BAD_CODING
  const parts: Buffer[] = []
  let leftBytes = bytesMax
  for (const { start, end, contentBytes } of frames) {
    const part = inflateZstdFrame(body.subarray(start, end), contentBytes, leftBytes)
    if (typeof part === 'number') return part
    parts.push(part)
    leftBytes -= part.length
  }
  if (leftBytes < 0) return VERDICT.BODY_TOO_LARGE
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** One that names its size, as encoders of whole bodies do, is refused by its name and inflates into one buffer. */
function inflateZstdFrame(frame: Buffer, contentBytes: number | undefined, bytesMax: number): Buffer | number {
  if (contentBytes !== undefined && contentBytes > bytesMax) return VERDICT.BODY_TOO_LARGE
  return zlib.zstdDecompressSync(frame, zstdOptions(contentBytes, bytesMax))
}

export function zstdOptions(contentBytes: number | undefined, bytesMax: number): zlib.ZstdOptions {
  return {
    // 0 would be "no limit", and a frame may be empty.
    maxOutputLength: Math.max(bytesMax, 1),
    chunkSize: contentBytes === undefined ? CHUNK_BYTES_MIN : contentBytes + CHUNK_BYTES_MIN,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
  }
}
