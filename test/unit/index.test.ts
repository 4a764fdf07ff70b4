import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError, type RunningEngine, startEngine } from '../../src/index.ts'
import { post } from '../bed/http-client.ts'
import { tracesRequest } from '../generator/telemetry.ts'

const OPTIONS = {
  embeddedBroker: true,
  'otlp.grpc.port': 0,
  'otlp.http.port': 0,
  'metrics.port': 0,
  'health.port': 0,
  'log.level': 'error',
}

let engine: RunningEngine | undefined
afterEach(() => engine?.stop({ drainTimeoutMs: 0 }))

async function send(): Promise<number> {
  const body = Buffer.from(tracesRequest(3))
  return (await post(`http://${engine!.addresses.http}/v1/traces`, { body })).status
}

/** Requests are refused until the producer has connected. */
async function sendUntilAccepted(): Promise<void> {
  await expect.poll(send, { timeout: 15_000, interval: 20 }).toBe(200)
}

describe('the library', () => {
  it('starts an engine from options, counts, pauses, resumes and stops', async () => {
    engine = await startEngine(OPTIONS)
    expect(engine.addresses).toMatchObject({ metrics: undefined, health: undefined })
    await sendUntilAccepted()
    expect(engine.snapshot().signals.traces.counters.delivered_items).toBe(3)
    engine.pause()
    expect(await send()).toBe(503)
    engine.resume()
    expect(await send()).toBe(200)
    expect(await engine.stop()).toEqual({ undelivered: 0, refused: 0 })
    expect(await engine.stop()).toEqual({ undelivered: 0, refused: 0 })
  })

  it('takes another configuration, and refuses a bad one before anything changes', async () => {
    engine = await startEngine(OPTIONS)
    await expect(engine.reconfigure({ 'otlp.http.port': 'x' })).rejects.toThrow(ConfigError)
    await sendUntilAccepted()
    const { embeddedBroker: _, ...keys } = OPTIONS
    await engine.reconfigure({ ...keys, 'otlp.grpc.enabled': false })
    expect(engine.addresses.grpc).toBeUndefined()
    await sendUntilAccepted()
  })

  it('names every problem of the options', async () => {
    const failure = startEngine({ 'otlp.http.port': -5, 'no.such.key': 1 })
    await expect(failure).rejects.toThrow(ConfigError)
    await expect(failure).rejects.toMatchObject({
      problems: expect.arrayContaining([{}, {}].map(() => expect.anything())),
    })
  })
})
