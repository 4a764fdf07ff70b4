/**
 * google.rpc.Status and its details in protobuf, written by hand: a handful of constant messages does not need a codec.
 *
 *   Status     { int32 code = 1; string message = 2; repeated Any details = 3 }
 *   Any        { string type_url = 1; bytes value = 2 }
 *   BadRequest { repeated FieldViolation field_violations = 1 }   FieldViolation { string field = 1; string description = 2 }
 *   RetryInfo  { Duration retry_delay = 1 }                       Duration { int64 seconds = 1; int32 nanos = 2 }
 */
const WIRE_VARINT = 0
const WIRE_BYTES = 2
const VARINT_PAYLOAD = 128
const NANOS_PER_SECOND = 1e9

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= VARINT_PAYLOAD) {
    bytes.push((rest % VARINT_PAYLOAD) + VARINT_PAYLOAD)
    rest = Math.floor(rest / VARINT_PAYLOAD)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

/** @param value a non-negative integer below 2^53 */
export function varintField(fieldNumber: number, value: number): Buffer {
  return Buffer.concat([varint(fieldNumber * 8 + WIRE_VARINT), varint(value)])
}

export function bytesField(fieldNumber: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([varint(fieldNumber * 8 + WIRE_BYTES), varint(bytes.length), bytes])
}

export const TYPE_URL_PREFIX = 'type.googleapis.com/'
export const BAD_REQUEST_TYPE = 'google.rpc.BadRequest'
export const RETRY_INFO_TYPE = 'google.rpc.RetryInfo'

export function anyMessage(typeName: string, value: Buffer): Buffer {
  return Buffer.concat([bytesField(1, TYPE_URL_PREFIX + typeName), bytesField(2, value)])
}

/** @param details encoded Any messages */
export function statusMessage(code: number, message: string, details: readonly Buffer[]): Buffer {
  return Buffer.concat([
    varintField(1, code),
    bytesField(2, message),
    ...details.map((detail) => bytesField(3, detail)),
  ])
}

export function badRequestMessage(field: string, description: string): Buffer {
  return bytesField(1, Buffer.concat([bytesField(1, field), bytesField(2, description)]))
}

export function retryInfoMessage(delaySeconds: number): Buffer {
  const seconds = Math.floor(delaySeconds)
  const nanos = Math.round((delaySeconds - seconds) * NANOS_PER_SECOND)
  return bytesField(1, Buffer.concat([varintField(1, seconds), nanos > 0 ? varintField(2, nanos) : Buffer.alloc(0)]))
}
