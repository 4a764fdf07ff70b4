/** What passes by itself, over HTTP: full, no Kafka, draining, late, a fault of ours. 503 with a delay, never a silent drop. */

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { waitUntil } from '../../scripts/kafka/wait-until.ts'
import { KIB } from '../../src/base/units.ts'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { CONTENT_TYPES, EACH_WAY, type Encoding, namedItems, usualBody } from './bed/bodies.ts'
import { expectFault } from './bed/faults.ts'
import { conformanceScene, HTTP_PATHS, Scene } from './bed/scene.ts'
import { HttpSocket, head, type SocketAnswer } from './bed/socket.ts'
import { statusOf } from './bed/status.ts'

const UNAVAILABLE = 14
const AT_ONCE_MS = 100
const RETRY_SECONDS_MAX = 30
const REPEATS = 20
const DEADLINE_MS = 1000
const FAULT = fileURLToPath(new URL('bed/fault-on-mark.mjs', import.meta.url))

function request(signal: Signal, encoding: Encoding, body: Buffer): Buffer {
  const lines = ['host: x', `content-type: ${CONTENT_TYPES[encoding]}`, `content-length: ${body.length}`]
  return Buffer.concat([Buffer.from(head(HTTP_PATHS[signal], lines)), body])
}

/** One after the other on one connection; the median time, because one may meet a busy machine. */
async function repeated(scene: Scene, signal: Signal, encoding: Encoding): Promise<[SocketAnswer[], medianMs: number]> {
  const socket = await HttpSocket.open(scene.http)
  const tookMs: number[] = []
  for (let count = 1; count <= REPEATS; count++) {
    const startMs = performance.now()
    socket.write(request(signal, encoding, usualBody(signal, encoding)))
    await socket.answers(count)
    tookMs.push(performance.now() - startMs)
  }
  const answers = await socket.answers(REPEATS)
  socket.destroy()
  return [answers, tookMs.sort((a, b) => a - b)[REPEATS / 2]!]
}

function expectRetry(answer: SocketAnswer, encoding: Encoding): void {
  const status = expectFault(answer, { status: 503, encoding })
  expect(status.code).toBe(UNAVAILABLE)
  expect(status.message).toMatch(/again/)
  expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  const seconds = Number(answer.headers['retry-after'])
  expect([seconds >= 1, seconds <= RETRY_SECONDS_MAX]).toEqual([true, true])
}

async function expectRefusedAtOnce(scene: Scene, signal: Signal, encoding: Encoding): Promise<void> {
  const [answers, medianMs] = await repeated(scene, signal, encoding)
  for (const answer of answers) expectRetry(answer, encoding)
  expect(medianMs).toBeLessThan(AT_ONCE_MS)
}

describe('no Kafka', () => {
  const scene = conformanceScene({}, { kafka: '127.0.0.1:1', expectsGoodAnswers: false })

  it.each(EACH_WAY)(
    '[C10 C62 C69 C70 C71 C72 C73 C74 C76 H05] %s in %s: 503 with Retry-After at once',
    (signal, encoding) => expectRefusedAtOnce(scene, signal, encoding),
  )
})

describe('a full queue', () => {
  const bytes = 256 * KIB
  const limits = { 'otlp.queue.max.bytes': String(bytes), 'otlp.request.max.bytes': String(bytes) }
  const scene = conformanceScene(limits)

  it.each(EACH_WAY)('[C10 C73 C74 C76 H05] %s in %s: 503 with Retry-After at once', async (signal, encoding) => {
    // Announces a body as large as the queue and leaves it at that: the place is taken.
    const holder = await HttpSocket.open(scene.http)
    holder.write(
      head(HTTP_PATHS[signal], ['host: x', 'content-type: application/x-protobuf', `content-length: ${bytes}`]),
    )
    holder.write('x')
    const isFull = async () => (await scene.post(signal, usualBody(signal))).status === 503
    await waitUntil(isFull, { deadlineMs: 5000, what: 'the first refusal' })
    await expectRefusedAtOnce(scene, signal, encoding)
    holder.destroy()
    const isOpen = async () => (await scene.post(signal, usualBody(signal))).status === 200
    await waitUntil(isOpen, { deadlineMs: 5000, what: 'room again' })
  })
})

describe('Kafka that takes longer than the deadline', () => {
  const late = { 'kafka.producer.linger.ms': String(2 * DEADLINE_MS) }
  const scene = conformanceScene(
    { ...late, 'otlp.request.timeout.ms': String(DEADLINE_MS) },
    { expectsGoodAnswers: false },
  )

  it('[C74 C76 H05 H08] is 503 at the deadline, in every signal and encoding; the data may be stored all the same', async () => {
    const startMs = performance.now()
    await Promise.all(
      EACH_WAY.map(async ([signal, encoding]) => {
        const socket = await HttpSocket.open(scene.http)
        socket.write(request(signal, encoding, usualBody(signal, encoding)))
        const [answer] = await socket.answers()
        expectRetry(answer!, encoding)
        expect(statusOf(answer!).message).toContain('may or may not')
        socket.destroy()
      }),
    )
    const tookMs = performance.now() - startMs
    expect([tookMs > DEADLINE_MS - 10, tookMs < 2 * DEADLINE_MS]).toEqual([true, true])
    for (const signal of SIGNALS) {
      const isStored = async () => (await scene.records(signal)).length === 2
      await waitUntil(isStored, { deadlineMs: 4 * DEADLINE_MS, what: `both requests of ${signal} in Kafka` })
    }
  })
})

describe('topics that are not there', () => {
  const config = Object.fromEntries(
    SIGNALS.map((signal) => [`kafka.topic.${signal}`, `not-there-${process.pid}-${signal}`]),
  )
  const scene = conformanceScene(
    { ...config, 'otlp.request.timeout.ms': '2000', 'kafka.producer.topic.metadata.propagation.max.ms': '1000' },
    { expectsGoodAnswers: false, expectsCleanEnd: false },
  )

  it('[C74 H10] are 503 in every signal and encoding, and the log names them', async () => {
    await Promise.all(
      EACH_WAY.map(async ([signal, encoding]) => {
        const socket = await HttpSocket.open(scene.http)
        socket.write(request(signal, encoding, usualBody(signal, encoding)))
        const [answer] = await socket.answers(1)
        expectRetry(answer!, encoding)
        socket.destroy()
      }),
    )
    const said = () =>
      scene.engine.lines.some(
        (line) => line.includes(config['kafka.topic.traces']!) && /level=(?:warn|error)/.test(line),
      )
    await waitUntil(said, { deadlineMs: 10_000, what: 'a line of the log that names the topic' })
  })
})

describe('an engine that drains', () => {
  const scene = conformanceScene({}, { endsInTest: true })

  it('[C73 C74 C76 C79 H07] answers 503 with Connection: close on the old connections, finishes what began, takes no new ones', async () => {
    const slow = await HttpSocket.open(scene.http)
    const body = namedItems('logs', ['begun-before-the-drain'])
    const whole = request('logs', 'protobuf', body)
    slow.write(whole.subarray(0, whole.length - 1))
    const old = await Promise.all(EACH_WAY.map(() => HttpSocket.open(scene.http)))
    for (const [index, [signal, encoding]] of EACH_WAY.entries()) {
      old[index]!.write(request(signal, encoding, usualBody(signal, encoding)))
      expect(await old[index]!.answers()).toMatchObject([{ status: 200 }])
    }
    scene.engine.signal('SIGTERM')
    await scene.engine.event('task_stopping')
    for (const [index, [signal, encoding]] of EACH_WAY.entries()) {
      old[index]!.write(request(signal, encoding, usualBody(signal, encoding)))
      const [, answer] = await old[index]!.answers(2)
      expectRetry(answer!, encoding)
      expect(answer!.headers.connection).toBe('close')
    }
    await expect(HttpSocket.open(scene.http)).rejects.toThrow('ECONNREFUSED')
    slow.write(whole.subarray(whole.length - 1))
    const [last] = await slow.answers()
    expect([200, 503]).toContain(last!.status)
    for (const socket of [slow, ...old]) await socket.closed()
    expect(await scene.engine.exited).toMatchObject({ code: 0, fields: { undelivered: '0' } })
  })
})

describe('a fault of ours', () => {
  /** The engine answers, drains and ends: one engine for each case, so a choice of them. */
  async function withFaultyEngine(ask: (scene: Scene) => Promise<void>): Promise<void> {
    const scene = new Scene({}, { environment: { NODE_OPTIONS: `--import=${FAULT}` } })
    await scene.start()
    try {
      await ask(scene)
      expect(await scene.engine.exited).toMatchObject({ code: 4, fields: { undelivered: '0' } })
    } finally {
      await scene.engine.kill()
    }
  }

  it.each(EACH_WAY.filter((_way, index) => index % 3 === 0))(
    '[C73 C74 H18] %s in %s: is 503 with Retry-After, never 500',
    async (signal, encoding) => {
      await withFaultyEngine(async (scene) => {
        const socket = await HttpSocket.open(scene.http)
        socket.write(request(signal, encoding, namedItems(signal, ['fault-of-ours'], encoding)))
        const [answer] = await socket.answers()
        expectRetry(answer!, encoding)
        socket.destroy()
      })
    },
  )

  it.each(['traces', 'profiles'] as const)(
    '[H18] gRPC %s: is UNAVAILABLE with RetryInfo, never INTERNAL or UNKNOWN',
    async (signal) => {
      await withFaultyEngine(async (scene) => {
        const answer = await scene.call(signal, namedItems(signal, ['fault-of-ours']))
        expect(answer.code).toBe(UNAVAILABLE)
        expect(answer.statusDetails).toContain('google.rpc.RetryInfo')
      })
    },
  )
})
