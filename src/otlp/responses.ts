/**
 * What Sluice says to a client besides "accepted": google.rpc.Status and partial success, in both encodings of OTLP.
 *
 * - A Status in JSON is ProtoJSON: details carry `@type`, durations are text, 64-bit integers are strings.
 * - Every text is English, says what to do, and is cut so that an answer stays far below the 4 MiB that clients accept.
 */
import { SIGNAL_FACTS } from './signal.ts'
import {
  anyMessage,
  BAD_REQUEST_TYPE,
  badRequestMessage,
  bytesField,
  RETRY_INFO_TYPE,
  retryInfoMessage,
  statusMessage,
  TYPE_URL_PREFIX,
  varintField,
} from './status-protobuf.ts'

export const ENCODING = { PROTOBUF: 0, JSON: 1 } as const
export type Encoding = (typeof ENCODING)[keyof typeof ENCODING]

/** Media types by encoding. */
export const MEDIA_TYPES = ['application/x-protobuf', 'application/json'] as const

/** The codes of google.rpc.Code that Sluice uses. */
export const STATUS_CODE = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
} as const

/** Body of a successful answer, by encoding. */
export const SUCCESS_BODIES: readonly Buffer[] = [Buffer.alloc(0), Buffer.from('{}')]

const TEXT_CHARS_MAX = 1024
/** Bytes of a character after its first: 10xxxxxx. */
const UTF8_FOLLOWS_MASK = 0xc0
const UTF8_FOLLOWS = 0x80

function cut(text: string): string {
  // A cut inside a surrogate pair would not be UTF-8 any more; toWellFormed replaces the half.
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX - 1)}…`.toWellFormed()
}

function statusJson(code: number, message: string, detail?: object): Buffer {
  return Buffer.from(JSON.stringify({ code, message, ...(detail && { details: [detail] }) }))
}

/** A Status without details. */
export function plainStatus(encoding: Encoding, code: number, message: string): Buffer {
  const text = cut(message)
  return encoding === ENCODING.JSON ? statusJson(code, text) : statusMessage(code, text, [])
}

/** INVALID_ARGUMENT with BadRequest: the client must not send the same bytes again. */
export function badRequestStatus(encoding: Encoding, message: string): Buffer {
  const text = cut(message)
  const code = STATUS_CODE.INVALID_ARGUMENT
  if (encoding === ENCODING.JSON) {
    const fieldViolations = [{ field: 'body', description: text }]
    return statusJson(code, text, { '@type': TYPE_URL_PREFIX + BAD_REQUEST_TYPE, fieldViolations })
  }
  return statusMessage(code, text, [anyMessage(BAD_REQUEST_TYPE, badRequestMessage('body', text))])
}

/** UNAVAILABLE with RetryInfo: the client should send the same bytes again after the delay. */
export function retryStatus(encoding: Encoding, message: string, delaySeconds: number): Buffer {
  const code = STATUS_CODE.UNAVAILABLE
  if (encoding === ENCODING.JSON) {
    return statusJson(code, message, { '@type': TYPE_URL_PREFIX + RETRY_INFO_TYPE, retryDelay: `${delaySeconds}s` })
  }
  return statusMessage(code, message, [anyMessage(RETRY_INFO_TYPE, retryInfoMessage(delaySeconds))])
}

/**
 * Export<Signal>ServiceResponse { ExportPartialSuccess partial_success = 1 { int64 rejected_… = 1; string error_message = 2 } }
 * The field numbers are the same for all signals, the names in JSON are not.
 *
 * A response above `bytesMax` loses the end of its message, then all of it; the count stays what it is.
 *
 * @param rejectedItems 0 = a warning, which is nothing without its message
 * @returns undefined when it does not fit even then
 */
export function partialSuccess(
  encoding: Encoding,
  signalIndex: number,
  rejectedItems: number,
  message: string,
  bytesMax: number,
): Buffer | undefined {
  const text = cut(message)
  const whole = partialSuccessOf(encoding, signalIndex, rejectedItems, text)
  if (whole.length <= bytesMax) return whole
  // A byte of text is at least a byte of the response, whatever the encoding makes of it.
  const shorter = cutUtf8(text, Buffer.byteLength(text) - (whole.length - bytesMax))
  if (shorter === '' && rejectedItems === 0) return SUCCESS_BODIES[encoding]!
  const shrunk = partialSuccessOf(encoding, signalIndex, rejectedItems, shorter)
  return shrunk.length <= bytesMax ? shrunk : undefined
}

/** @returns the longest beginning of so many bytes that ends with a whole character */
function cutUtf8(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text)
  let end = Math.max(0, bytesMax)
  while (end > 0 && (bytes[end]! & UTF8_FOLLOWS_MASK) === UTF8_FOLLOWS) end--
  return bytes.toString('utf8', 0, end)
}

function partialSuccessOf(
  encoding: Encoding,
  signalIndex: number,
  rejectedItems: number,
  errorMessage: string,
): Buffer {
  if (encoding === ENCODING.JSON) {
    const { rejectedField } = SIGNAL_FACTS[signalIndex]!
    const partial = { [rejectedField]: String(rejectedItems), ...(errorMessage !== '' && { errorMessage }) }
    return Buffer.from(JSON.stringify({ partialSuccess: partial }))
  }
  const text = errorMessage === '' ? [] : [bytesField(2, errorMessage)]
  return bytesField(1, Buffer.concat([varintField(1, rejectedItems), ...text]))
}
