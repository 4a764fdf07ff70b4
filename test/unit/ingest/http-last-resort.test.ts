import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Enqueue } from '../../../src/ingest/enqueue.ts'
import { HttpServer } from '../../../src/ingest/http-server.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'
import { post } from '../../bed/http-client.ts'

const PATHS = ['/v1/traces', '/v1/metrics', '/v1/logs', '/v1development/profiles']

let server: HttpServer | undefined
afterEach(() => server?.close())

async function freePort(): Promise<number> {
  const probe = createServer()
  await once(probe.listen(0, '127.0.0.1'), 'listening')
  const { port } = probe.address() as { port: number }
  await once(probe.close(), 'close')
  return port
}

describe('a fault of ours before the request has anything', () => {
  it.each([
    ['a refusal', 'POST', ['received']],
    ['a request that is none', 'GET', ['invalid']],
  ])('after %s was counted counts nothing more', async (_, method, expected) => {
    const counted: string[] = []
    let steps = 0
    const enqueue = {
      admit() {
        counted.push('received')
        return VERDICT.KAFKA_DOWN
      },
      tally: { undecoded: () => counted.push('received'), httpInvalid: () => counted.push('invalid') },
      retryPace: {
        stepFor() {
          if (steps++ === 0 && method === 'POST') throw new Error('broken')
          return 0
        },
      },
      responseBytesMax: 1000,
    } as unknown as Enqueue
    const port = await freePort()
    const limits = { requestBytesMax: 1000, connectionsMax: 10, cors: { origins: [], headers: [] } }
    const faults: unknown[] = []
    // The hint of an unknown path is made after the counting.
    const paths = Object.assign([...PATHS], {
      join() {
        throw new Error('broken')
      },
    })
    server = new HttpServer({ host: '127.0.0.1', port, paths, ...limits }, enqueue, (error) => faults.push(error))
    expect(server.listen()).toBe(true)
    const path = method === 'POST' ? '/v1/logs' : '/nothing'
    const answer = await post(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
    })
    expect([answer.status, counted, faults.length]).toEqual([503, expected, 1])
  })

  it('is 503 with a delay, never 500, in the encoding of the request', async () => {
    const faults: unknown[] = []
    const enqueue = {
      admit() {
        throw new Error('broken')
      },
      tally: { undecoded() {} },
      retryPace: { stepFor: () => 0 },
      responseBytesMax: 1000,
    } as unknown as Enqueue
    const port = await freePort()
    const limits = { requestBytesMax: 1000, connectionsMax: 10, cors: { origins: [], headers: [] } }
    server = new HttpServer({ host: '127.0.0.1', port, paths: PATHS, ...limits }, enqueue, (error) =>
      faults.push(error),
    )
    expect(server.listen()).toBe(true)
    const headers = { 'content-type': 'application/json' }
    const answer = await post(`http://127.0.0.1:${port}/v1/logs`, { headers, body: '{}' })
    expect([answer.status, JSON.parse(String(answer.body)).code]).toEqual([503, 14])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(faults).toMatchObject([{ message: 'broken' }])
  })
})
