import { describe, expect, it } from 'vitest'
import { isNegotiable, wantsGzip } from '../../../src/ingest/response-coding.ts'

const LARGE = 1024

describe('the coding of an answer', () => {
  it.each([
    'gzip',
    'GZIP',
    'x-gzip',
    'br, gzip;q=0.5',
    'gzip, deflate',
    '*',
    'gzip;q=1.0, identity; q=0.5, *;q=0',
    'gzip; q=0.001',
  ])('is gzip when the client takes it: %s', (acceptEncoding) => {
    expect(wantsGzip(acceptEncoding, LARGE)).toBe(true)
  })

  it.each([
    '',
    'identity',
    'br',
    'gzip;q=0',
    'gzip; q=0.000',
    '*;q=0',
    'gzip;q=0, *',
    'gzip;q=0.5, identity',
    'gzip;q=nonsense',
    'gzipx',
  ])('is none when the client does not, or rather has none: %j', (acceptEncoding) => {
    expect(wantsGzip(acceptEncoding, LARGE)).toBe(false)
  })

  it('is none for a body that is not worth it, unless the client wants nothing else', () => {
    expect(wantsGzip('gzip', LARGE - 1)).toBe(false)
    expect(wantsGzip('gzip, identity;q=0', 2)).toBe(true)
    expect(wantsGzip('gzip, *;q=0', 2)).toBe(true)
    expect(wantsGzip('identity;q=0', 2)).toBe(false)
    expect(wantsGzip('gzip, identity;q=0', 0)).toBe(false)
  })

  it('depends on the client for what is worth it, so that a cache has to know', () => {
    expect([isNegotiable(LARGE), isNegotiable(LARGE - 1)]).toEqual([true, false])
  })
})
