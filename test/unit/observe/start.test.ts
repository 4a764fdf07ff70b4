import { describe, expect, it, vi } from 'vitest'
import { ReceiverFailedError } from '../../../src/base/errors.ts'
import { type ObserveThread, startObserveThread } from '../../../src/observe/start.ts'
import type { ObserveInit } from '../../../src/observe/thread-init.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../../src/shared-memory/control-block.ts'
import { counterCell } from '../../../src/shared-memory/counters.ts'
import { readPrometheusText } from '../../bed/prometheus-text.ts'
import { SharedBed } from '../../bed/shared-bed.ts'

function start(bed: SharedBed, ports: Partial<ObserveInit> = {}, onGivenUp?: (error: Error) => void): ObserveThread {
  const init: ObserveInit = {
    memory: bed.shared.memory,
    layout: bed.shared.layout,
    connectorName: 'c',
    host: '127.0.0.1',
    metricsPort: -1,
    healthPort: -1,
    version: '0',
    startedAtMs: Date.now(),
    log: { level: 'error', format: 'logfmt' },
    ...ports,
  }
  return startObserveThread(init, onGivenUp)
}

function isServed(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/metrics`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function ended(thread: ObserveThread): Promise<void> {
  thread.end()
  await thread.exited
}

describe('the observe thread', () => {
  it('serves what other threads write into the shared memory', async () => {
    const bed = new SharedBed()
    const thread = start(bed)
    const { metricsPort, healthPort } = await thread.ready
    bed.shared.counters(1).add(counterCell('received_items', 0), 11)
    const families = readPrometheusText(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text())
    const received = families.find(({ name }) => name === 'sluice_received_items_total')!
    expect(received.samples[0]).toEqual({ labels: { signal: 'traces', thread: 'ingest-0' }, value: 11 })
    expect((await fetch(`http://127.0.0.1:${healthPort}/`)).status).toBe(503)
    bed.shared.control.engineState = ENGINE_STATE.RUNNING
    bed.shared.control.kafkaState = KAFKA_STATE.UP
    expect((await fetch(`http://127.0.0.1:${healthPort}/`)).status).toBe(200)
    await ended(thread)
    await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow()
  })

  it('leaves out a port that is off, and the thread when both are', async () => {
    const bed = new SharedBed()
    const one = start(bed, { metricsPort: 0 })
    const ports = await one.ready
    expect([ports.metricsPort, ports.healthPort > 0]).toEqual([0, true])
    await ended(one)
    const none = start(bed, { metricsPort: 0, healthPort: 0 })
    expect(await none.ready).toEqual({ metricsPort: 0, healthPort: 0 })
    await none.exited
  })

  it('names the key, the value and the cause when a port is taken, and ends', async () => {
    const bed = new SharedBed()
    const first = start(bed)
    const { metricsPort } = await first.ready
    const second = start(bed, { healthPort: metricsPort })
    const failure = await second.ready.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ReceiverFailedError)
    expect(String(failure)).toMatch(
      new RegExp(`health\\.port=${metricsPort}: cannot listen on 127\\.0\\.0\\.1: .*EADDRINUSE`),
    )
    await second.exited
    await ended(first)
  })

  it('ends at any time, and as often as it is told', async () => {
    const thread = start(new SharedBed())
    thread.ready.catch(() => {})
    thread.end()
    thread.end()
    await thread.exited
    await ended(thread)
  })

  it('is started again on the same port when it dies, and given up when it dies again and again', async () => {
    const givenUp: Error[] = []
    const quiet = { level: 'error', format: 'logfmt' } as const
    const thread = start(new SharedBed(), { log: quiet, healthPort: 0 }, (error) => givenUp.push(error))
    const { metricsPort } = await thread.ready
    const served = () => expect.poll(() => isServed(metricsPort), { timeout: 15_000, interval: 10 }).toBe(true)
    for (let death = 1; death <= 5; death++) {
      await thread.worker!.terminate()
      await served()
    }
    expect(givenUp).toEqual([])
    await thread.worker!.terminate()
    await thread.exited
    expect(String(givenUp)).toMatch(/observe thread died 6 times/)
    await ended(thread)
  }, 60_000)

  it('is not started again when it is told to end after its death', async () => {
    const thread = start(new SharedBed())
    await thread.ready
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await thread.worker!.terminate()
      expect(vi.getTimerCount()).toBe(1)
      await ended(thread)
      expect([vi.getTimerCount(), thread.worker]).toEqual([0, undefined])
    } finally {
      vi.useRealTimers()
    }
  })
})
