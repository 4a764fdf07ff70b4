/** Partial successes and warnings over gRPC, and the limit of a response. */
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../src/base/units.ts'
import { SIGNAL_FACTS, SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { type CallAnswer, callOnce, exportPath, frame } from './bed/http2-call.ts'
import { decodeResponse, encodeRequest, sample } from './bed/samples.ts'
import { conformanceScene, type Scene } from './bed/scene.ts'

const OK = 0
const RESOURCE_EXHAUSTED = 8
const RECORD_BYTES_MAX = 4 * KIB
const RECORD_LIMIT = { 'kafka.record.max.bytes': String(RECORD_BYTES_MAX) }
const MARK = 'NOT-UTF-8'

interface Partial {
  readonly rejected: number
  readonly message: string
}

function partialOf(signal: Signal, { messages }: CallAnswer): Partial {
  const { rejectedField } = SIGNAL_FACTS[SIGNALS.indexOf(signal)]!
  const { partialSuccess = {} } = decodeResponse(signal, messages[0]!) as { partialSuccess?: Record<string, unknown> }
  return { rejected: Number(partialSuccess[rejectedField] ?? 0), message: String(partialSuccess.errorMessage ?? '') }
}

function send(scene: Scene, signal: Signal, body: Buffer): Promise<CallAnswer> {
  return callOnce(scene.grpc, { path: exportPath(signal), pieces: [frame(body)] })
}

/** Three items of which the second and the third are spoiled by a text that is no UTF-8; a data point in its attribute. */
function spoiled(signal: Signal): Buffer {
  const text = (index: number) => (index === 0 ? 'fine' : MARK)
  const items = [0, 1, 2].map((index) => itemOf[signal](text(index)))
  const body = encodeRequest(signal, requestOf[signal](items))
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at)) body.fill(0xff, at, at + MARK.length)
  return body
}

const itemOf: Readonly<Record<Signal, (text: string) => object>> = {
  traces: (name) => ({ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name }),
  metrics: (text) => ({ timeUnixNano: '1', asInt: '1', attributes: [{ key: 'k', value: { stringValue: text } }] }),
  logs: (text) => ({ body: { stringValue: text } }),
  profiles: (originalPayloadFormat) => ({ originalPayloadFormat, profileId: Buffer.alloc(16, 1) }),
}

const requestOf: Readonly<Record<Signal, (items: object[]) => object>> = {
  traces: (spans) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  metrics: (dataPoints) => ({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }],
  }),
  logs: (logRecords) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  profiles: (profiles) => ({
    resourceProfiles: [{ scopeProfiles: [{ profiles }] }],
    dictionary: { stringTable: [''] },
  }),
}

describe.each(SIGNALS)('%s', (signal) => {
  const scene = conformanceScene(RECORD_LIMIT)

  it(`[C18 C25 C26 C27 H04] gRPC ${signal}: items that can never be taken are counted and explained, the others are in Kafka`, async () => {
    const answer = await send(scene, signal, spoiled(signal))
    expect([answer.http, answer.code, answer.messages.length]).toEqual([200, OK, 1])
    const { rejected, message } = partialOf(signal, answer)
    expect([rejected, message]).toEqual([2, expect.stringMatching(/UTF-8/)])
    const [record, ...others] = await scene.records(signal)
    expect(others).toEqual([])
    expect(record!.headers['otlp.items']).toBe('1')
    expect([record!.payload!.includes('fine'), record!.payload!.includes(0xff)]).toEqual([true, false])
  })

  it(`[C25 C26 C27 H04] gRPC ${signal}: what exceeds the largest record is counted in items`, async () => {
    const before = (await scene.records(signal)).length
    const answer = await send(scene, signal, sample(signal, { items: 3, paddingBytes: 2 * RECORD_BYTES_MAX }))
    expect(answer.code).toBe(OK)
    expect(partialOf(signal, answer)).toEqual({
      rejected: 3,
      message: expect.stringContaining('kafka.record.max.bytes'),
    })
    expect(await scene.records(signal)).toHaveLength(before)
  })

  // Profiles have the dictionary that the reference points into: nothing to warn of.
  if (signal !== 'profiles') {
    it(`[C28 C29 H03] gRPC ${signal}: a warning has zero rejected and a text`, async () => {
      // A reference into the dictionary that only profiles have.
      const attributes = [{ key: 'k', value: { stringValueStrindex: 1 } }]
      const item = { ...itemOf[signal]('fine'), attributes }
      const answer = await send(scene, signal, encodeRequest(signal, requestOf[signal]([item])))
      expect(answer.code).toBe(OK)
      expect(partialOf(signal, answer)).toEqual({ rejected: 0, message: expect.stringMatching(/\w+ \w+/) })
    })
  }
})

describe('a limit of 40 bytes for responses', () => {
  const scene = conformanceScene({ ...RECORD_LIMIT, 'otlp.response.max.bytes': '40' })

  it.each([...SIGNALS])('[C19 C20] gRPC %s: the text is cut at a character, the count stays', async (signal) => {
    const answer = await send(scene, signal, sample(signal, { items: 200, paddingBytes: 2 * RECORD_BYTES_MAX }))
    expect(answer.code).toBe(OK)
    expect(answer.messages[0]!.length).toBeLessThanOrEqual(40)
    const { rejected, message } = partialOf(signal, answer)
    expect([rejected, message.isWellFormed()]).toEqual([200, true])
  })
})

describe('a limit of 2 bytes for responses', () => {
  const scene = conformanceScene({ ...RECORD_LIMIT, 'otlp.response.max.bytes': '2' })

  it.each([...SIGNALS])(
    '[C19 C21 H17] gRPC %s: a response that cannot fit is RESOURCE_EXHAUSTED without RetryInfo',
    async (signal) => {
      const { code, status } = await send(scene, signal, sample(signal, { paddingBytes: 2 * RECORD_BYTES_MAX }))
      expect([code, status?.types ?? []]).toEqual([RESOURCE_EXHAUSTED, []])
    },
  )
})

describe('the default limit for responses', () => {
  const scene = conformanceScene(RECORD_LIMIT)

  it.each([...SIGNALS])('[C19] gRPC %s: answers stay below 4 MiB, whatever a client sends', async (signal) => {
    const answer = await send(scene, signal, sample(signal, { items: 10, name: 'n'.repeat(8 * MIB) }))
    expect(answer.code).toBe(OK)
    expect(answer.messages[0]!.length).toBeLessThan(4 * MIB)
    expect(partialOf(signal, answer).rejected).toBe(10)
  })
})
