/** Media types, content codings and inflating: what stands between the wire and protobuf bytes. */
import { constants, gunzipSync, inflateSync } from 'node:zlib'
import { MIB } from '../base/units.ts'
import { ENCODING, type Encoding, MEDIA_TYPES } from '../otlp/responses.ts'
import { VERDICT } from './verdict.ts'

export const CODING = { IDENTITY: 0, GZIP: 1, DEFLATE: 2 } as const
export type Coding = (typeof CODING)[keyof typeof CODING]
export const UNSUPPORTED = -1

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['', CODING.IDENTITY],
  ['identity', CODING.IDENTITY],
  ['gzip', CODING.GZIP],
  ['x-gzip', CODING.GZIP],
  ['deflate', CODING.DEFLATE],
])

/** @param contentType header value, '' when absent. @returns UNSUPPORTED for anything else than the two of OTLP */
export function encodingOf(contentType: string): Encoding | typeof UNSUPPORTED {
  if (contentType === MEDIA_TYPES[ENCODING.PROTOBUF]) return ENCODING.PROTOBUF
  if (contentType === MEDIA_TYPES[ENCODING.JSON]) return ENCODING.JSON
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

/** Room for the whole output where the gzip trailer tells its size (RFC 1952 ISIZE): one buffer and no joining. */
function chunkBytes(body: Buffer, coding: Coding): number {
  if (coding !== CODING.GZIP || body.length < GZIP_TRAILER_BYTES) return CHUNK_BYTES_MIN
  const claimed = body.readUInt32LE(body.length - GZIP_SIZE_BYTES) + 1
  return Math.min(Math.max(claimed, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX)
}

interface ZlibInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_BUFFER_TOO_LARGE'
}

/**
 * Blocks this thread for the time of inflating: the output is bounded by `bytesMax`, and a hand-over to the pool of libuv
 * costs more than a usual body takes.
 *
 * @returns the inflated body, or a verdict
 */
export function inflate(body: Buffer, coding: Coding, bytesMax: number): Buffer | number {
  const options = {
    maxOutputLength: bytesMax,
    chunkSize: chunkBytes(body, coding),
    finishFlush: constants.Z_FINISH,
    info: true,
  }
  try {
    // The types do not know `info`, which returns the engine beside the buffer.
    const result = (coding === CODING.GZIP ? gunzipSync : inflateSync)(body, options) as unknown as ZlibInfo
    return result.engine.bytesWritten === body.length ? result.buffer : VERDICT.BAD_CODING
  } catch (error) {
    return isTooLarge(error) ? VERDICT.BODY_TOO_LARGE : VERDICT.BAD_CODING
  }
}
