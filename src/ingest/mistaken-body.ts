/** What a body that does not decode looks like, for a client that labels it wrongly. Asked on the way to a refusal only. */

const BRACE = 0x7b
const GZIP_MAGIC = [0x1f, 0x8b] as const

const LIKE_GZIP = 'it looks like gzip without Content-Encoding: gzip, or compressed twice'
const LIKE_JSON = 'it looks like JSON sent as application/x-protobuf'

/**
 * @param body from its first byte on
 * @returns the end of a sentence, '' when it looks like nothing else
 */
export function mistakeText(body: Uint8Array, isJson: boolean): string {
  if (body[0] === GZIP_MAGIC[0] && body[1] === GZIP_MAGIC[1]) return LIKE_GZIP
  return !isJson && body[0] === BRACE ? LIKE_JSON : ''
}
