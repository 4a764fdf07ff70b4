import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { RawHttp } from '../../bed/raw-http.ts'

let stop = (): void => {}
afterEach(() => stop())

async function serving(answer: (body: string) => { status: number; body: string; close?: boolean }): Promise<RawHttp> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { status, body, close } = answer(Buffer.concat(parts).toString())
    if (close) response.setHeader('connection', 'close')
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), 'X-Seen': 'Yes' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const http = new RawHttp(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  stop = () => {
    http.close()
    server.close()
  }
  return http
}

describe('RawHttp', () => {
  it('sends one request after the other on one connection and reads each answer', async () => {
    const seen: string[] = []
    const http = await serving((body) => {
      seen.push(body)
      return { status: 200 + seen.length, body: 'x'.repeat(100_000) }
    })
    for (const text of ['one', '', 'three']) {
      const answer = await http.post('/', { 'content-type': 'text/plain' }, Buffer.from(text), 5000)
      expect(answer).toMatchObject({ status: 200 + seen.length, headers: { 'x-seen': 'Yes' } })
    }
    expect(seen).toEqual(['one', '', 'three'])
  })

  it('opens a new connection after one that the server closes', async () => {
    const http = await serving(() => ({ status: 503, body: '', close: true }))
    for (let round = 0; round < 3; round++) {
      expect(await http.post('/', {}, Buffer.from('x'), 5000)).toMatchObject({ status: 503 })
    }
  })

  it('fails at its deadline', async () => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const http = new RawHttp(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    stop = () => {
      server.closeAllConnections()
      server.close()
    }
    await expect(http.post('/', {}, Buffer.from('x'), 50)).rejects.toThrow('deadline')
  })
})
