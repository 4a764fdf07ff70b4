import { constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
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
    ['Zstd', CODING.ZSTD],
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

describe('zstd', () => {
  const plain = Buffer.alloc(300_000, 'telemetry ')
  const frame = zstdCompressSync(plain)

  it('is inflated, in one or more frames, with frames to skip between them', () => {
    expect(inflate(frame, CODING.ZSTD, plain.length)).toEqual(plain)
    const skippable = Buffer.from('502a4d18020000006162', 'hex')
    const parts = [zstdCompressSync(plain.subarray(0, 9)), skippable, zstdCompressSync(plain.subarray(9))]
    expect(inflate(Buffer.concat(parts), CODING.ZSTD, plain.length)).toEqual(plain)
  })

  it('is inflated when it does not tell its size, and when it is empty', () => {
    const silent = zstdCompressSync(plain, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    expect(inflate(silent, CODING.ZSTD, plain.length)).toEqual(plain)
    expect(inflate(zstdCompressSync(''), CODING.ZSTD, 10)).toEqual(Buffer.alloc(0))
  })

  it('stops at the limit, by what a frame says, by what comes out of it, and by the sum of all frames', () => {
    const silent = zstdCompressSync(plain, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    for (const body of [frame, silent])
      expect(inflate(body, CODING.ZSTD, plain.length - 1)).toBe(VERDICT.BODY_TOO_LARGE)
    const twice = Buffer.concat([frame, silent])
    expect(inflate(twice, CODING.ZSTD, 2 * plain.length - 1)).toBe(VERDICT.BODY_TOO_LARGE)
    expect(inflate(twice, CODING.ZSTD, 2 * plain.length)).toHaveLength(2 * plain.length)
    const silentByte = zstdCompressSync('x', { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    expect(inflate(Buffer.concat([frame, silentByte]), CODING.ZSTD, plain.length)).toBe(VERDICT.BODY_TOO_LARGE)
  })

  it('is refused when it breaks off anywhere, or anything follows it', () => {
    for (let length = 0; length < frame.length; length++)
      expect(inflate(frame.subarray(0, length), CODING.ZSTD, plain.length)).toBe(VERDICT.BAD_CODING)
    expect(inflate(Buffer.concat([frame, Buffer.from('x')]), CODING.ZSTD, plain.length)).toBe(VERDICT.BAD_CODING)
  })

  it('is refused when its window is larger than HTTP allows', () => {
    const windowOf = (descriptor: string) => Buffer.from(`28b52ffd00${descriptor}190000616263`, 'hex')
    expect(inflate(windowOf('68'), CODING.ZSTD, 3)).toEqual(Buffer.from('abc'))
    expect(inflate(windowOf('70'), CODING.ZSTD, 3)).toBe(VERDICT.BAD_CODING)
  })

  it('is refused when its checksum is wrong', () => {
    const body = zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
    body[body.length - 1]! ^= 1
    expect(inflate(body, CODING.ZSTD, plain.length)).toBe(VERDICT.BAD_CODING)
  })
})
