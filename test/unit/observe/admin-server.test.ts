import type { Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listen, portOf } from '../../../src/observe/admin-server.ts'

let server: Server
let url: string

beforeEach(async () => {
  server = await listen('127.0.0.1', 0, { '/page': () => ({ status: 200, contentType: 'text/x', body: 'grüße' }) })
  url = `http://127.0.0.1:${portOf(server)}`
})

afterEach(() => {
  server.close()
  server.closeAllConnections()
})

describe('the admin server', () => {
  it('answers GET with the page, whatever the query', async () => {
    const response = await fetch(`${url}/page?x=1`)
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/x',
      'grüße',
    ])
  })

  it('answers HEAD with the length and no body', async () => {
    const response = await fetch(`${url}/page`, { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '7', ''])
  })

  it.each(['/', '/page/', '/constructor', '/__proto__', '/page%00'])('answers 404 to %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(404)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s and names what is allowed', async (method) => {
    const response = await fetch(`${url}/page`, { method, ...(method === 'POST' ? { body: 'x'.repeat(100_000) } : {}) })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('ends a connection that does not finish its request', async () => {
    const socket = connect(portOf(server), '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('GET /page HTTP/1.1\r\n')
    socket.resume()
    await closed
  })

  it('rejects when the port is taken', async () => {
    await expect(listen('127.0.0.1', portOf(server), {})).rejects.toThrow(/EADDRINUSE/)
  })
})
