/** OTLP/gRPC, its messages: what is taken, what is refused, and what the answers carry. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../src/base/units.ts'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../bed/conservation.ts'
import { answerOf, call, callOnce, exportPath, frame, openCall, openSession } from './bed/http2-call.ts'
import { growthDuring } from './bed/memory.ts'
import { decodeResponse, sample, sampleOfBytes } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const LIMIT_BYTES = 64 * KIB
const OK = 0
const INVALID_ARGUMENT = 3
const RESOURCE_EXHAUSTED = 8
const GZIP = { 'grpc-encoding': 'gzip' }
const STREAMS = 300

describe('with a limit of 64 KiB', () => {
  const scene = conformanceScene({
    'otlp.request.max.bytes': String(LIMIT_BYTES),
    'otlp.grpc.max.concurrent.streams': String(STREAMS),
  })

  describe.each(SIGNALS)('%s', (signal) => {
    const path = exportPath(signal)

    it(`[C13 C15 H01] gRPC ${signal}: a message of exactly the limit is taken and is in Kafka`, async () => {
      const name = `limit-${signal}`
      const answer = await callOnce(scene.grpc, { path, pieces: [frame(sampleOfBytes(signal, LIMIT_BYTES, name))] })
      expect(answer).toMatchObject({ http: 200, code: OK })
      const stored = (await scene.records(signal)).filter(({ payload }) => payload!.includes(name))
      expect(stored).toHaveLength(1)
    })

    it.each([
      ['plain', 0],
      ['gzip', 1],
    ])(
      `[C13 C16 C34 H11] gRPC ${signal}: %s, a byte over the limit is RESOURCE_EXHAUSTED without RetryInfo`,
      async (_, flag) => {
        const over = sampleOfBytes(signal, LIMIT_BYTES + 1)
        const pieces = [frame(flag === 1 ? gzipSync(over) : over, flag)]
        const answer = await callOnce(scene.grpc, { path, pieces, headers: flag === 1 ? GZIP : {} })
        expect(answer.code).toBe(RESOURCE_EXHAUSTED)
        expect(answer.status?.types ?? []).not.toContain('google.rpc.RetryInfo')
        expect(answer.message).toContain('otlp.request.max.bytes')
      },
    )

    it(`[C18 C23 C24 C29 H01] gRPC ${signal}: success is one empty response of the signal`, async () => {
      const { code, messages } = await callOnce(scene.grpc, { path, pieces: [frame(sample(signal))] })
      expect([code, messages.length]).toEqual([OK, 1])
      expect(messages[0]).toHaveLength(0)
      expect(decodeResponse(signal, messages[0]!)).toEqual({})
    })

    it(`[C22 C29 H02] gRPC ${signal}: an empty message is a success and no record`, async () => {
      const before = await scene.records(signal)
      const { code, messages } = await callOnce(scene.grpc, { path, pieces: [frame(Buffer.alloc(0))] })
      expect([code, messages.map(({ length }) => length)]).toEqual([OK, [0]])
      expect(await scene.records(signal)).toHaveLength(before.length)
    })

    it.each([
      ['cut off', sample(signal).subarray(0, -1)],
      ['no protobuf', Buffer.from('{"resourceSpans":[]}')],
      ['a length beyond the end', Buffer.from([0x0a, 0x7f, 1])],
    ])(`[C32 H12] gRPC ${signal}: %s is INVALID_ARGUMENT with BadRequest`, async (_, message) => {
      const { code, status } = await callOnce(scene.grpc, { path, pieces: [frame(message)] })
      expect([code, status]).toEqual([
        INVALID_ARGUMENT,
        expect.objectContaining({ code: INVALID_ARGUMENT, types: ['google.rpc.BadRequest'] }),
      ])
      expect(status!.message).not.toBe('')
    })

    it(`[C13 B094] gRPC ${signal}: bombs are stopped at the limit, memory bounded`, async () => {
      const bomb = frame(gzipSync(Buffer.alloc(64 * MIB)), 1)
      const session = openSession(scene.grpc)
      const [answers, growthBytes] = await growthDuring(scene.engine.pid, () =>
        Promise.all(Array.from({ length: 8 }, () => call(session, { path, headers: GZIP, pieces: [bomb] }))),
      )
      session.destroy()
      expect(answers.map(({ code }) => code)).toEqual(answers.map(() => RESOURCE_EXHAUSTED))
      expect(answers.flatMap(({ status }) => status?.types ?? [])).toEqual([])
      expect(growthBytes).toBeLessThan(64 * MIB)
    })

    it(`[C17 C03] gRPC ${signal}: as many calls as advertised run at once on one connection`, async () => {
      const session = openSession(scene.grpc)
      const message = frame(sample(signal))
      const halves = [message.subarray(0, 9), message.subarray(9)]
      const streams = Array.from({ length: STREAMS }, () =>
        openCall(session, { path, pieces: [halves[0]!], ends: false }),
      )
      const answers = streams.map(answerOf)
      // The last one is open on the server before the first one ends: all are in flight together.
      for (const stream of streams.toReversed()) stream.end(halves[1])
      expect(new Set((await Promise.all(answers)).map(({ code }) => code))).toEqual(new Set([OK]))
      expect(session.remoteSettings.maxConcurrentStreams).toBe(STREAMS)
      session.destroy()
    })
  })

  it('[C15] HTTP: the same limit', async () => {
    const status = async (bytes: number) => (await scene.post('traces', sampleOfBytes('traces', bytes))).status
    expect([await status(LIMIT_BYTES), await status(LIMIT_BYTES + 1)]).toEqual([200, 413])
  })

  it('[C03] gRPC: among concurrent calls each gets its own answer', async () => {
    const session = openSession(scene.grpc)
    const good = frame(sample('traces'))
    const bad = frame(Buffer.from([0x0a, 0x7f, 1]))
    const wanted = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? INVALID_ARGUMENT : OK))
    const answers = wanted.map((code) => call(session, { pieces: [code === OK ? good : bad] }))
    expect((await Promise.all(answers)).map(({ code }) => code)).toEqual(wanted)
    session.destroy()
  })

  it('[C38] gRPC: the four Export services have the names of the specification', () => {
    expect(SIGNAL_FACTS.map(({ grpcPath }) => grpcPath)).toEqual([
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
    ])
  })
})

describe('with the default limit', () => {
  const scene = conformanceScene()

  it.each([...SIGNALS])('[C14 B028] gRPC %s: 60 MiB are taken, a byte over 64 MiB is not', async (signal) => {
    const path = exportPath(signal)
    // Kafka's own limit for a record is another one: the answer may be a partial success.
    const taken = await callOnce(scene.grpc, { path, pieces: [frame(sampleOfBytes(signal, 60 * MIB))] })
    expect(taken).toMatchObject({ code: OK, message: '' })
    const { code, status } = await callOnce(scene.grpc, { path, pieces: [frame(Buffer.alloc(64 * MIB + 1))] })
    expect([code, status?.types ?? []]).toEqual([RESOURCE_EXHAUSTED, []])
  })
})
