import { afterEach, describe, expect, it } from 'vitest'
import { LOAD_DEFAULTS, type LoadOptions } from '../../../../bench/load/options.ts'
import type { LoadEvent, LoadResult } from '../../../../bench/load/result.ts'
import { runLoad } from '../../../../bench/load/run-load.ts'
import { grpcAnswer, type StubReceiver, stubGrpc, stubHttp } from './stub-receivers.ts'

const SMALL: LoadOptions = {
  ...LOAD_DEFAULTS,
  connections: 2,
  items: 2,
  bodies: 2,
  warmUpS: 0.05,
  durationS: 0.3,
  timeoutS: 5,
}
const started: StubReceiver[] = []

async function run(receiver: StubReceiver, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  started.push(receiver)
  return runLoad({ ...SMALL, url: receiver.url, ...options }, () => {})
}

afterEach(async () => {
  for (const receiver of started.splice(0)) await receiver.stop()
})

describe('over HTTP', () => {
  it('counts every request that the receiver answered, and none twice', async () => {
    const receiver = await stubHttp((_, response) => response.end())
    const { total, window, statuses } = await run(receiver)
    expect(total.ok).toBe(receiver.requestCount)
    expect(statuses).toEqual({ 200: total.ok })
    expect(window.ok).toBeGreaterThan(0)
    expect(window.ok).toBeLessThan(total.ok)
  })

  it('tells refused, rejected and partly accepted requests apart', async () => {
    const answers = [503, 400, 200]
    const receiver = await stubHttp((_, response) => {
      const status = answers[receiver.requestCount % answers.length]
      response.writeHead(status, { 'content-length': 3 }).end('abc')
    })
    const { total } = await run(receiver)
    expect(total.refused).toBeGreaterThan(0)
    expect(total.rejected).toBeGreaterThan(0)
    expect(total.partial).toBeGreaterThan(0)
    expect(total.refused + total.rejected + total.partial).toBe(receiver.requestCount)
  })

  it('reads chunked answers on a connection that stays open', async () => {
    const receiver = await stubHttp((_, response) => {
      response.writeHead(200)
      response.write('{')
      setTimeout(() => response.end('}'), 5)
    })
    const { total } = await run(receiver)
    expect(total.partial + total.ok).toBe(receiver.requestCount)
    expect(total.error).toBe(0)
  })

  it('goes on with a new connection after one was lost', async () => {
    const receiver = await stubHttp((request, response) => {
      if (receiver.requestCount % 3 === 1) request.socket.destroy()
      else response.end()
    })
    const { total } = await run(receiver)
    expect(total.error).toBeGreaterThan(1)
    expect(total.ok).toBeGreaterThan(4)
  })

  it('gives up a request that is not answered in time', async () => {
    const receiver = await stubHttp(() => {})
    const { total } = await run(receiver, { timeoutS: 0.1 })
    expect(total.timeout).toBeGreaterThan(0)
    expect(total.ok).toBe(0)
  })
})

describe('over gRPC', () => {
  it('counts every call that the receiver answered, and none twice', async () => {
    const receiver = await stubGrpc((stream) => grpcAnswer(stream, 0))
    const { total, statuses } = await run(receiver, { protocol: 'grpc' })
    expect(total.ok).toBeGreaterThan(0)
    expect(total.ok).toBe(receiver.requestCount)
    expect(statuses).toEqual({ grpc_0: total.ok })
  })

  it('tells refused, rejected and partly accepted calls apart', async () => {
    const statuses = [14, 3, 0]
    const receiver = await stubGrpc((stream) => grpcAnswer(stream, statuses[receiver.requestCount % 3], 20))
    const { total } = await run(receiver, { protocol: 'grpc' })
    expect(total.refused).toBeGreaterThan(0)
    expect(total.rejected).toBeGreaterThan(0)
    expect(total.partial).toBeGreaterThan(0)
    expect(total.refused + total.rejected + total.partial).toBe(receiver.requestCount)
  })

  it('gives up a call that is not answered in time', async () => {
    const receiver = await stubGrpc(() => {})
    const { total } = await run(receiver, { protocol: 'grpc', timeoutS: 0.1 })
    expect(total.timeout).toBeGreaterThan(0)
    expect(total.error).toBe(0)
  })
})

describe('the pace', () => {
  it('makes as many requests due as its rate says, whatever the machine does meanwhile', async () => {
    const ratePerS = 200
    const receiver = await stubHttp((_, response) => response.end())
    const startMs = performance.now()
    const { total, unsent } = await run(receiver, { ratePerS, warmUpS: 0.1, durationS: 0.5 })
    const elapsedS = (performance.now() - startMs) / 1000
    expect(total.ok + unsent).toBeGreaterThanOrEqual(0.6 * ratePerS - 1)
    expect(total.ok + unsent).toBeLessThanOrEqual(elapsedS * ratePerS + 1)
    expect(total.ok).toBeGreaterThan(3 * unsent)
  })

  it('counts latency from when a request was due, not from when a lane was free', async () => {
    const stallMs = 200
    const receiver = await stubHttp((_, response) => {
      if (receiver.requestCount === 3) setTimeout(() => response.end(), stallMs)
      else response.end()
    })
    const { latencyMs } = await run(receiver, { connections: 1, ratePerS: 100, warmUpS: 0, durationS: 0.5 })
    // Some 20 requests became due during the stall; only one of them was on its way.
    expect(latencyMs.p90).toBeGreaterThan(stallMs / 2)
  })

  it('says how many requests were due and never left', async () => {
    const receiver = await stubHttp((_, response) => setTimeout(() => response.end(), 100))
    const { unsent, total } = await run(receiver, { connections: 1, ratePerS: 100 })
    expect(unsent).toBeGreaterThan(15)
    expect(total.ok).toBeLessThan(10)
  })
})

describe('what is printed', () => {
  it('marks the window before and after, and ends with the result', async () => {
    const receiver = await stubHttp((_, response) => response.end())
    started.push(receiver)
    const events: LoadEvent[] = []
    await runLoad({ ...SMALL, url: receiver.url }, (event) => events.push(event))
    expect(events.map(({ event }) => event)).toEqual(['window_start', 'window_end', 'result'])
  })
})
