import { describe, expect, it } from 'vitest'
import { Cors } from '../../../src/ingest/cors.ts'
import { CHUNKED, HttpHead } from '../../../src/ingest/http-head.ts'
import type { HttpRequest } from '../../../src/ingest/uws.ts'

type Header = readonly [name: string, value: string]

function requestOf(headers: readonly Header[]): HttpRequest {
  const forEach = (take: (name: string, value: string) => void): void => {
    for (const [name, value] of headers) take(name, value)
  }
  return { forEach } as unknown as HttpRequest
}

function read(...headers: Header[]): HttpHead {
  const head = new HttpHead(undefined)
  head.read(requestOf(headers))
  return head
}

const HOST: Header = ['host', 'x']
const LENGTH: Header = ['content-length', '5']

describe('the headers of a request', () => {
  it('are read whatever their order', () => {
    const head = read(
      ['accept-encoding', 'gzip'],
      ['content-encoding', 'zstd'],
      LENGTH,
      ['content-type', 'application/json'],
      HOST,
    )
    expect(head).toMatchObject({ contentType: 'application/json', contentEncoding: 'zstd', acceptEncoding: 'gzip' })
    expect([head.bodyBytes, head.isMalformed, head.allowOrigin]).toEqual([5, false, undefined])
  })

  it('leave nothing behind for the next request', () => {
    const head = new HttpHead(new Cors({ origins: ['https://a'], headers: [] }))
    head.read(requestOf([HOST, HOST, LENGTH, ['origin', 'https://a'], ['content-type', 'x'], ['accept-encoding', 'y']]))
    expect([head.isMalformed, head.allowOrigin]).toEqual([true, 'https://a'])
    head.read(requestOf([HOST]))
    expect([head.contentType, head.contentEncoding, head.acceptEncoding, head.allowOrigin]).toEqual(['', '', '', ''])
    expect([head.bodyBytes, head.isMalformed]).toEqual([0, false])
  })

  it('join codings that are named one by one', () => {
    const head = read(['content-encoding', 'gzip'], ['content-encoding', 'gzip'])
    expect([head.contentEncoding, head.isMalformed]).toEqual(['gzip, gzip', false])
    expect(read(['accept-encoding', 'br'], ['accept-encoding', 'gzip']).acceptEncoding).toBe('br, gzip')
  })
})

describe('the length of a body', () => {
  it('is 0 without a word of it, unknown when chunked', () => {
    expect(read(HOST).bodyBytes).toBe(0)
    expect(read(['transfer-encoding', 'Chunked'])).toMatchObject({ bodyBytes: CHUNKED, isMalformed: false })
  })

  it.each<[string, Header[]]>([
    ['Content-Length twice, different', [LENGTH, ['content-length', '6']]],
    ['Content-Length twice, the same', [LENGTH, LENGTH]],
    ['Content-Length without a value', [['content-length', '']]],
    ['chunked, then gzip', [['transfer-encoding', 'chunked, gzip']]],
    ['gzip, then chunked', [['transfer-encoding', 'gzip, chunked']]],
    ['a transfer coding that is none', [['transfer-encoding', 'xchunked']]],
    ['Transfer-Encoding without a value', [['transfer-encoding', '']]],
    [
      'chunked twice',
      [
        ['transfer-encoding', 'chunked'],
        ['transfer-encoding', 'chunked'],
      ],
    ],
    ['two hosts', [HOST, HOST]],
    [
      'two media types',
      [
        ['content-type', 'application/json'],
        ['content-type', 'application/x-protobuf'],
      ],
    ],
  ])('and what the request is are not guessed: %s', (_, headers) => {
    expect(read(...headers).isMalformed).toBe(true)
  })
})
