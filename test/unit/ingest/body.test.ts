import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CODING, codingOf, encodingOf, inflate, UNSUPPORTED } from '../../../src/ingest/body.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { ENCODING } from '../../../src/otlp/responses.ts'

describe('media type', () => {
  it.each([
    ['application/x-protobuf', ENCODING.PROTOBUF],
    ['application/json', ENCODING.JSON],
    ['Application/JSON; charset=utf-8', ENCODING.JSON],
    ['APPLICATION/X-PROTOBUF ;x=y', ENCODING.PROTOBUF],
    ['text/plain', UNSUPPORTED],
    ['application/jsonx', UNSUPPORTED],
    ['', UNSUPPORTED],
  ])('%s', (contentType, encoding) => {
    expect(encodingOf(contentType)).toBe(encoding)
  })
})

describe('content coding', () => {
  it.each([
    ['', CODING.IDENTITY],
    ['identity', CODING.IDENTITY],
    ['GZIP', CODING.GZIP],
    ['x-gzip', CODING.GZIP],
    [' deflate ', CODING.DEFLATE],
    ['br', UNSUPPORTED],
    ['gzip, gzip', UNSUPPORTED],
  ])('%s', (contentEncoding, coding) => {
    expect(codingOf(contentEncoding)).toBe(coding)
  })
})

describe('inflate', () => {
  const plain = Buffer.alloc(300_000, 'telemetry ')

  it('returns what was compressed, in one or more members', () => {
    expect(inflate(gzipSync(plain), CODING.GZIP, plain.length)).toEqual(plain)
    expect(inflate(deflateSync(plain), CODING.DEFLATE, plain.length)).toEqual(plain)
    const halves = Buffer.concat([gzipSync(plain.subarray(0, 100_000)), gzipSync(plain.subarray(100_000))])
    expect(inflate(halves, CODING.GZIP, plain.length)).toEqual(plain)
  })

  it('stops at the limit', () => {
    expect(inflate(gzipSync(plain), CODING.GZIP, plain.length - 1)).toBe(VERDICT.BODY_TOO_LARGE)
    expect(inflate(deflateSync(plain), CODING.DEFLATE, 1000)).toBe(VERDICT.BODY_TOO_LARGE)
  })

  it('does not believe a trailer that claims gigabytes', () => {
    const body = gzipSync(plain)
    body.writeUInt32LE(0xffffffff, body.length - 4)
    expect(inflate(body, CODING.GZIP, plain.length)).toBe(VERDICT.BAD_CODING)
  })

  it.each([
    ['truncated', gzipSync(plain).subarray(0, 40)],
    ['not gzip', plain],
    ['empty', Buffer.alloc(0)],
    ['followed by bytes', Buffer.concat([gzipSync(plain), Buffer.from('x')])],
    ['followed by zeros', Buffer.concat([gzipSync(plain), Buffer.alloc(3)])],
  ])('refuses a body that is %s', (_, body) => {
    expect(inflate(body, CODING.GZIP, plain.length)).toBe(VERDICT.BAD_CODING)
  })

  it('refuses deflate followed by bytes', () => {
    expect(inflate(Buffer.concat([deflateSync(plain), Buffer.alloc(2)]), CODING.DEFLATE, plain.length)).toBe(
      VERDICT.BAD_CODING,
    )
  })
})
