import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import {
  badRequestStatus,
  ENCODING,
  type Encoding,
  partialSuccess,
  plainStatus,
  retryStatus,
  STATUS_CODE,
} from '../../../src/otlp/responses.ts'

const { root } = protobuf.parse(`
  syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message BadRequest { message FieldViolation { string field = 1; string description = 2; } repeated FieldViolation field_violations = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Partial { int64 rejected = 1; string error_message = 2; }
  message Response { Partial partial_success = 1; }
`)

function decode(typeName: string, bytes: Buffer | Uint8Array): Record<string, unknown> {
  const type = root.lookupType(`google.rpc.${typeName}`)
  return type.toObject(type.decode(bytes), { longs: Number })
}

function details(bytes: Buffer): { type_url: string; value: Uint8Array }[] {
  const status = decode('Status', bytes)
  return (status.details as { typeUrl: string; value: Uint8Array }[]).map((any) => ({
    type_url: any.typeUrl,
    value: any.value,
  }))
}

describe('status', () => {
  it('carries code and message in both encodings', () => {
    expect(decode('Status', plainStatus(ENCODING.PROTOBUF, STATUS_CODE.NOT_FOUND, 'nichts – da'))).toEqual({
      code: 5,
      message: 'nichts – da',
    })
    expect(JSON.parse(String(plainStatus(ENCODING.JSON, STATUS_CODE.NOT_FOUND, 'x')))).toEqual({
      code: 5,
      message: 'x',
    })
  })

  it('tells a client that sent bad data what is bad with BadRequest', () => {
    const [any] = details(badRequestStatus(ENCODING.PROTOBUF, 'too deep'))
    expect(any!.type_url).toBe('type.googleapis.com/google.rpc.BadRequest')
    expect(decode('BadRequest', any!.value)).toEqual({ fieldViolations: [{ field: 'body', description: 'too deep' }] })
    expect(JSON.parse(String(badRequestStatus(ENCODING.JSON, 'too deep')))).toEqual({
      code: 3,
      message: 'too deep',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'body', description: 'too deep' }],
        },
      ],
    })
  })

  it('tells a client that may send again when, with RetryInfo', () => {
    const [any] = details(retryStatus(ENCODING.PROTOBUF, 'full', 200))
    expect(any!.type_url).toBe('type.googleapis.com/google.rpc.RetryInfo')
    expect(decode('RetryInfo', any!.value)).toEqual({ retryDelay: { seconds: 200 } })
    const json = JSON.parse(String(retryStatus(ENCODING.JSON, 'full', 2)))
    expect(json.details[0].retryDelay).toBe('2s')
  })

  it('names the delay to a tenth of a second', () => {
    const [any] = details(retryStatus(ENCODING.PROTOBUF, 'full', 1.7))
    expect(decode('RetryInfo', any!.value)).toEqual({ retryDelay: { seconds: 1, nanos: 700_000_000 } })
    const json = JSON.parse(String(retryStatus(ENCODING.JSON, 'full', 1.7)))
    expect(json.details[0].retryDelay).toBe('1.7s')
  })

  it('cuts long texts without breaking a character', () => {
    const text = '😀'.repeat(5000)
    const { message } = decode('Status', badRequestStatus(ENCODING.PROTOBUF, text))
    const json = JSON.parse(String(badRequestStatus(ENCODING.JSON, text)))
    for (const cut of [message as string, json.message as string]) {
      expect(cut.length).toBeLessThanOrEqual(1024)
      expect(cut.isWellFormed()).toBe(true)
    }
  })
})

describe('partial success', () => {
  it('counts rejected items beyond 32 bits', () => {
    const response = decode('Response', partialSuccess(ENCODING.PROTOBUF, 0, 2 ** 40 + 1, 'too large', MIB)!)
    expect(response).toEqual({ partialSuccess: { rejected: 2 ** 40 + 1, errorMessage: 'too large' } })
  })

  it('names the count after the signal in JSON, as a decimal string', () => {
    const names = [0, 1, 2, 3].map((signalIndex) => {
      const { partialSuccess: partial } = JSON.parse(String(partialSuccess(ENCODING.JSON, signalIndex, 7, 'why', MIB)))
      return Object.entries(partial)[0]
    })
    expect(names).toEqual([
      ['rejectedSpans', '7'],
      ['rejectedDataPoints', '7'],
      ['rejectedLogRecords', '7'],
      ['rejectedProfiles', '7'],
    ])
  })

  describe('above the limit of a response', () => {
    const message = 'ä€😀"'.repeat(20)

    function shrunk(encoding: Encoding, bytesMax: number, rejectedItems = 300): Buffer | undefined {
      return partialSuccess(encoding, 0, rejectedItems, message, bytesMax)
    }

    it.each([
      ['protobuf', ENCODING.PROTOBUF, 5],
      ['JSON', ENCODING.JSON, 42],
    ])('keeps its count and loses the end of its message, between characters: %s', (_, encoding, smallestBytes) => {
      const wholeBytes = shrunk(encoding, MIB)!.length
      for (let bytesMax = smallestBytes; bytesMax <= wholeBytes; bytesMax++) {
        const response = shrunk(encoding, bytesMax)!
        expect(response.length).toBeLessThanOrEqual(bytesMax)
        const { rejected, errorMessage } = read(encoding, response)
        expect([rejected, message.startsWith(errorMessage), errorMessage.isWellFormed()]).toEqual([300, true, true])
        if (bytesMax === wholeBytes) expect(errorMessage).toBe(message)
      }
      expect(shrunk(encoding, smallestBytes - 1)).toBeUndefined()
    })

    it('cuts no more than it has to', () => {
      const wholeBytes = shrunk(ENCODING.PROTOBUF, MIB)!.length
      const { errorMessage } = read(ENCODING.PROTOBUF, shrunk(ENCODING.PROTOBUF, wholeBytes - 1)!)
      expect(message.length - errorMessage.length).toBe(1)
    })

    it('is none at all where nothing is left of a warning', () => {
      expect(shrunk(ENCODING.PROTOBUF, 8, 0)).toEqual(Buffer.alloc(0))
      expect(shrunk(ENCODING.JSON, 30, 0)).toEqual(Buffer.from('{}'))
    })
  })
})

function read(encoding: Encoding, response: Buffer): { rejected: number; errorMessage: string } {
  if (encoding === ENCODING.PROTOBUF) {
    const { rejected, errorMessage = '' } = decode('Response', response).partialSuccess as Record<string, unknown>
    return { rejected: Number(rejected), errorMessage: String(errorMessage) }
  }
  const { rejectedSpans, errorMessage = '' } = JSON.parse(String(response)).partialSuccess
  return { rejected: Number(rejectedSpans), errorMessage }
}
