import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import {
  badRequestStatus,
  ENCODING,
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
    const response = decode('Response', partialSuccess(ENCODING.PROTOBUF, 0, 2 ** 40 + 1, 'too large'))
    expect(response).toEqual({ partialSuccess: { rejected: 2 ** 40 + 1, errorMessage: 'too large' } })
  })

  it('names the count after the signal in JSON, as a decimal string', () => {
    const names = [0, 1, 2, 3].map((signalIndex) => {
      const { partialSuccess: partial } = JSON.parse(String(partialSuccess(ENCODING.JSON, signalIndex, 7, 'why')))
      return Object.entries(partial)[0]
    })
    expect(names).toEqual([
      ['rejectedSpans', '7'],
      ['rejectedDataPoints', '7'],
      ['rejectedLogRecords', '7'],
      ['rejectedProfiles', '7'],
    ])
  })
})
