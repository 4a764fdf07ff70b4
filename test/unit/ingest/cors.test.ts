import { describe, expect, it } from 'vitest'
import { Cors, writeCors } from '../../../src/ingest/cors.ts'
import type { HttpRequest, HttpResponse } from '../../../src/ingest/uws.ts'

class Answer {
  status = ''
  readonly headers: string[] = []
  isEnded = false

  writeStatus(status: string): this {
    this.status = status
    return this
  }

  writeHeader(name: string, value: string): this {
    this.headers.push(`${name}: ${value}`)
    return this
  }

  endWithoutBody(): void {
    this.isEnded = true
  }
}

function preflight(cors: Cors, origin: string, requested = 'content-type'): Answer {
  const answer = new Answer()
  const headers: Record<string, string> = { origin, 'access-control-request-headers': requested }
  const head = { getHeader: (name: string) => headers[name] ?? '' }
  cors.preflight(answer as unknown as HttpResponse, head as HttpRequest)
  expect([answer.status, answer.isEnded]).toEqual(['204 No Content', true])
  return answer
}

describe('an origin', () => {
  const cors = new Cors({
    origins: ['https://app.example.com', 'https://*.example.org', 'http://localhost:*'],
    headers: [],
  })

  it.each(['https://app.example.com', 'HTTPS://App.Example.com', 'https://a.b.example.org', 'http://localhost:3000'])(
    'that is named may send: %s',
    (origin) => {
      expect(cors.allow(origin)).toBe(origin)
    },
  )

  it.each([
    '',
    'null',
    'https://app.example.com.evil.net',
    'http://app.example.com',
    'https://appXexample.com',
    'https://example.org',
    'https://evil.net/https://a.example.org:1',
  ])('that is not may not: %j', (origin) => {
    expect(cors.allow(origin)).toBe('')
  })

  it('may be any', () => {
    expect(new Cors({ origins: ['*'], headers: [] }).allow('https://a')).toBe('*')
  })
})

describe('a preflight', () => {
  const cors = new Cors({ origins: ['https://a'], headers: ['X-Tenant'] })

  it('is told that it may send, and what', () => {
    expect(preflight(cors, 'https://a', 'Content-Type, x-tenant').headers).toEqual([
      'Allow: POST, OPTIONS',
      'Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'Access-Control-Allow-Origin: https://a',
      'Access-Control-Allow-Methods: POST',
      'Access-Control-Allow-Headers: Content-Type, x-tenant',
      'Access-Control-Allow-Credentials: true',
    ])
  })

  it.each([
    ['of another origin', 'https://b', 'content-type'],
    ['without an origin', '', ''],
    ['with a header that is not named', 'https://a', 'content-type, x-other'],
  ])('%s gets no permission', (_, origin, requested) => {
    expect(preflight(cors, origin, requested).headers).toHaveLength(2)
  })

  it('of any origin with any header gets no credentials', () => {
    const { headers } = preflight(new Cors({ origins: ['*'], headers: ['*'] }), 'https://b', 'x-other')
    expect(headers).toContain('Access-Control-Allow-Origin: *')
    expect(headers).toContain('Access-Control-Allow-Headers: x-other')
    expect(headers.join()).not.toContain('Credentials')
  })
})

describe('an answer', () => {
  const headersOf = (allowOrigin: string): string[] => {
    const answer = new Answer()
    writeCors(answer as unknown as HttpResponse, allowOrigin)
    return answer.headers
  }

  it('lets the page of an allowed origin read it, and when to come again', () => {
    expect(headersOf('https://a')).toEqual([
      'Vary: Origin',
      'Access-Control-Allow-Origin: https://a',
      'Access-Control-Expose-Headers: Retry-After',
      'Access-Control-Allow-Credentials: true',
    ])
  })

  it('tells caches that it depends on the origin, whoever asks', () => {
    expect(headersOf('')).toEqual(['Vary: Origin'])
  })
})
