/** What passes by itself: the engine is full, drains, or has no Kafka. Retryable over gRPC, at once, with a delay. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../scripts/kafka/free-port.ts'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { KIB } from '../../src/base/units.ts'
import { SIGNALS, type Signal } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { createTopics } from '../bed/topics.ts'
import {
  answerOf,
  type CallAnswer,
  call,
  callOnce,
  exportPath,
  frame,
  openCall,
  openSession,
} from './bed/http2-call.ts'
import { sample } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const OK = 0
const UNAVAILABLE = 14
const QUEUE_BYTES = 64 * KIB
const AT_ONCE_MS = 100
const CALLS = 40

function expectRetryable({ http, code, status, message, messages }: CallAnswer): void {
  expect([http, code, status?.code, status?.types]).toEqual([200, UNAVAILABLE, UNAVAILABLE, ['google.rpc.RetryInfo']])
  expect(status!.retryDelayMs).toBeGreaterThanOrEqual(100)
  expect(status!.retryDelayMs).toBeLessThanOrEqual(30_000)
  expect(message).toMatch(/again/)
  expect(messages).toEqual([])
}

/** The median: one call may meet a busy machine. */
async function timed(target: string, signal: Signal): Promise<[CallAnswer[], medianMs: number]> {
  const session = openSession(target)
  const path = exportPath(signal)
  const answers: CallAnswer[] = []
  const tookMs: number[] = []
  for (let index = 0; index < CALLS; index++) {
    const startMs = performance.now()
    answers.push(await call(session, { path, pieces: [frame(sample(signal))] }))
    tookMs.push(performance.now() - startMs)
  }
  session.destroy()
  return [answers, tookMs.sort((a, b) => a - b)[CALLS / 2]!]
}

describe('a full queue', () => {
  const limits = { 'otlp.queue.max.bytes': String(QUEUE_BYTES), 'otlp.request.max.bytes': String(QUEUE_BYTES) }
  const scene = conformanceScene(limits)

  it.each([...SIGNALS])(
    '[C10 C31 C33 C35 C36 H05] gRPC %s: is UNAVAILABLE with RetryInfo within 100 ms, the delays differ',
    async (signal) => {
      const session = openSession(scene.grpc)
      const path = exportPath(signal)
      // Announces a message as large as the queue and leaves it at that: the place is taken.
      const pieces = [Buffer.from([0, 0, 1, 0, 0]), Buffer.alloc(1)]
      const holder = openCall(session, { path, pieces, ends: false })
      const held = answerOf(holder)
      await waitUntil(
        async () => (await callOnce(scene.grpc, { path, pieces: [frame(sample(signal))] })).code === UNAVAILABLE,
        {
          deadlineMs: 5000,
          what: 'the first refusal',
        },
      )
      const [answers, medianMs] = await timed(scene.grpc, signal)
      for (const answer of answers) expectRetryable(answer)
      expect(medianMs).toBeLessThan(AT_ONCE_MS)
      expect(new Set(answers.map(({ status }) => status!.retryDelayMs)).size).toBeGreaterThan(1)
      holder.close()
      await held
      session.destroy()
      await waitUntil(async () => (await callOnce(scene.grpc, { path, pieces: [frame(sample(signal))] })).code === OK, {
        deadlineMs: 5000,
        what: 'room again',
      })
    },
  )
})

describe('no Kafka', () => {
  let silent: Server
  let engine: RunningEngine
  beforeAll(async () => {
    const port = await freePort()
    silent = createServer((socket) => socket.on('error', () => {})).listen(port, '127.0.0.1')
    await once(silent, 'listening')
    engine = await startEngine({ bootstrapServers: `127.0.0.1:${port}` })
  })
  afterAll(async () => {
    await engine?.kill()
    silent.close()
  })

  it.each([...SIGNALS])(
    '[C30 C31 C33 C35 H05] gRPC %s: is UNAVAILABLE with RetryInfo at once, never a partial success',
    async (signal) => {
      const [answers, medianMs] = await timed(engine.addresses.grpc, signal)
      for (const answer of answers) expectRetryable(answer)
      expect(medianMs).toBeLessThan(AT_ONCE_MS)
    },
  )
})

describe('topics that are not there', () => {
  let engine: RunningEngine
  beforeAll(async () => {
    const names = Object.fromEntries(
      SIGNALS.map((signal) => [`kafka.topic.${signal}`, `absent-${process.pid}-${signal}`]),
    )
    // Kafka may take its time to tell clients of a new topic; librdkafka waits 30 s for that unless told otherwise.
    const patience = { 'otlp.request.timeout.ms': '2000', 'kafka.producer.topic.metadata.propagation.max.ms': '1000' }
    engine = await startEngine({ bootstrapServers: inject('kafkaBootstrapServers'), config: { ...names, ...patience } })
  })
  afterAll(() => engine?.kill())

  it.each([...SIGNALS])(
    '[C30 H10] gRPC %s: is UNAVAILABLE with RetryInfo by the deadline, and the log names the topic',
    async (signal) => {
      const path = exportPath(signal)
      const startMs = performance.now()
      expectRetryable(await callOnce(engine.addresses.grpc, { path, pieces: [frame(sample(signal))] }))
      expect(performance.now() - startMs).toBeLessThan(4000)
      const isNamed = async () => {
        if (engine.lines.some((line) => line.includes(`absent-${process.pid}-${signal}`))) return true
        expectRetryable(await callOnce(engine.addresses.grpc, { path, pieces: [frame(sample(signal))] }))
        return false
      }
      await waitUntil(isNamed, { deadlineMs: 15_000, pollMs: 200, what: 'a line of the log that names the topic' })
    },
  )
})

describe('the deadline of the engine', () => {
  let engine: RunningEngine
  beforeAll(async () => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    // Records wait in the producer for longer than the request may.
    const slow = {
      'kafka.producer.linger.ms': '3000',
      'kafka.producer.message.timeout.ms': '10000',
      'otlp.request.timeout.ms': '300',
    }
    engine = await startEngine({ bootstrapServers: kafka, config: { ...config, ...slow } })
  })
  afterAll(() => engine?.kill())

  it.each([...SIGNALS])(
    '[C30 H08] gRPC %s: an unknown delivery is UNAVAILABLE with RetryInfo in time',
    async (signal) => {
      const path = exportPath(signal)
      const startMs = performance.now()
      expectRetryable(await callOnce(engine.addresses.grpc, { path, pieces: [frame(sample(signal))] }))
      expect(performance.now() - startMs).toBeLessThan(1500)
    },
  )

  it.each([...SIGNALS])(
    '[C42 H09] gRPC %s: the deadline of the client, when it is earlier, is DEADLINE_EXCEEDED',
    async (signal) => {
      const headers = { 'grpc-timeout': '100m' }
      const { code, status } = await callOnce(engine.addresses.grpc, {
        path: exportPath(signal),
        pieces: [frame(sample(signal))],
        headers,
      })
      expect([code, status?.types ?? []]).toEqual([4, []])
    },
  )
})

describe('SIGTERM', () => {
  let engine: RunningEngine | undefined
  afterEach(() => engine?.kill())

  it('[C43 H07] gRPC: says GOAWAY and completes the calls in flight', async () => {
    const kafka = inject('kafkaBootstrapServers')
    const { config } = await createTopics(kafka)
    const slow = { 'kafka.producer.linger.ms': '1000' }
    engine = await startEngine({ bootstrapServers: kafka, config: { ...config, ...slow } })
    const session = openSession(engine.addresses.grpc)
    const goaway = once(session, 'goaway')
    const inFlight = SIGNALS.map((signal) =>
      call(session, { path: exportPath(signal), pieces: [frame(sample(signal))] }),
    )
    const late = openCall(session, { pieces: [frame(sample('traces')).subarray(0, 7)], ends: false })
    const lateAnswer = answerOf(late)
    await waitUntil(async () => (await engine!.metrics()).sum('sluice_received_requests_total') >= SIGNALS.length, {
      deadlineMs: 5000,
      what: 'the calls being in flight',
    })
    engine.signal('SIGTERM')
    const [errorCode] = (await goaway) as [number]
    expect(errorCode).toBe(0)
    late.end(frame(sample('traces')).subarray(7))
    expect((await Promise.all(inFlight)).map(({ code }) => code)).toEqual(inFlight.map(() => OK))
    expect([OK, UNAVAILABLE]).toContain((await lateAnswer).code)
    expect(await engine.exited).toMatchObject({ code: 0, fields: { undelivered: '0' } })
  })
})
