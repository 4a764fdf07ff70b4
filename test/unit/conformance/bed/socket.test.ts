import { describe, expect, it } from 'vitest'
import { head, parseAnswers } from '../../../conformance/bed/socket.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'
const PAGE = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<h1>'

function parsed(text: string, isComplete = false): [status: number, body: string][] {
  return parseAnswers(Buffer.from(text), isComplete).map(({ status, body }) => [status, body.toString()])
}

describe('parseAnswers', () => {
  it('cuts answers by their length, interim ones without a body', () => {
    expect(parsed(`HTTP/1.1 100 Continue\r\n\r\n${OK}${OK}`)).toEqual([
      [100, ''],
      [200, '{}'],
      [200, '{}'],
    ])
  })

  it('leaves out what is not complete, until the connection has ended', () => {
    expect(parsed(OK.slice(0, -1))).toEqual([])
    expect(parsed(OK.slice(0, -1), true)).toEqual([[200, '{']])
    expect(parsed('HTTP/1.1 200 OK\r\n', true)).toEqual([])
  })

  it('takes everything for the body of an answer without a length', () => {
    expect(parsed(PAGE)).toEqual([[400, '<h1>']])
  })

  it('gives names of headers in lower case', () => {
    expect(parseAnswers(Buffer.from(PAGE), true)[0]!.headers).toEqual({ connection: 'close' })
  })
})

describe('head', () => {
  it('writes the lines as they are given', () => {
    expect(head('/x', ['a : b', 'c:\u0001'])).toBe('POST /x HTTP/1.1\r\na : b\r\nc:\u0001\r\n\r\n')
  })
})
