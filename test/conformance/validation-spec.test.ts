/** otlp.validation=spec, the default: what is wrong with one item costs that item, and nothing else of the request. */
import { beforeAll, expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import type { Json } from '../generator/reference-json.ts'
import { type Answer, Exchange, expectSame, PROTOBUF_ROADS, type Sending } from './bed/exchange.ts'
import { Kept, type ModelCase } from './bed/kept.ts'
import { attribute, item, type Model, meaningOfJson, meaningOfProtobuf, protobufOf, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'

const { protobuf, json } = conformancePair()
let kept: Kept
beforeAll(() => {
  kept = new Kept({ protobuf, json })
})

/** Stands in a model where bytes that are no UTF-8 shall stand in the body. */
const MARK = 'MARKED'
const INVALID: Readonly<Record<string, Buffer>> = {
  'continuation alone': Buffer.from([0x80, 0x62, 0x63, 0x64, 0x65, 0x66]),
  overlong: Buffer.from([0xc0, 0xaf, 0x63, 0x64, 0x65, 0x66]),
  surrogate: Buffer.from([0xed, 0xa0, 0x80, 0x64, 0x65, 0x66]),
  'beyond U+10FFFF': Buffer.from([0xf4, 0x90, 0x80, 0x80, 0x65, 0x66]),
  'cut sequence': Buffer.from([0x61, 0x62, 0x63, 0x64, 0xe2, 0x82]),
}

function withInvalid(body: Buffer, invalid: Buffer): Buffer {
  const copy = Buffer.from(body)
  for (let at = copy.indexOf(MARK); at >= 0; at = copy.indexOf(MARK)) invalid.copy(copy, at)
  return copy
}

interface Damage {
  readonly label: string
  readonly signal: Signal
  /** With the mark in it. */
  readonly model: Model
  readonly rejected: number
  /** What is left of it; null for nothing. */
  readonly stored: Model | null
}

const three = (signal: Signal, middle: Model, request: Model = {}): [Model, Model] => {
  const [first, last] = [item(signal, 'first'), item(signal, 'last')]
  return [requestOf(signal, [first, middle, last], { request }), requestOf(signal, [first, last], { request })]
}

function inItem(label: string, signal: Signal, middle: Model): Damage {
  const [model, stored] = three(signal, middle)
  return { label, signal, model, rejected: 1, stored }
}

const invalidText: readonly Damage[] = [
  inItem('name', 'traces', item('traces', MARK)),
  inItem('trace state', 'traces', item('traces', 'x', { traceState: MARK })),
  inItem('attribute key', 'traces', item('traces', 'x', { attributes: [attribute(MARK, { intValue: '1' })] })),
  inItem('attribute value', 'traces', item('traces', 'x', { attributes: [attribute('k', { stringValue: MARK })] })),
  inItem(
    'nested value',
    'traces',
    item('traces', 'x', { attributes: [attribute('k', nested({ stringValue: MARK }))] }),
  ),
  inItem('event name', 'traces', item('traces', 'x', { events: [{ name: MARK }] })),
  inItem('link attribute', 'traces', item('traces', 'x', { links: [{ attributes: [attribute(MARK, {})] }] })),
  inItem('status message', 'traces', item('traces', 'x', { status: { message: MARK } })),
  inItem('severity text', 'logs', item('logs', 'x', { severityText: MARK })),
  inItem('body', 'logs', item('logs', MARK)),
  inItem('body map key', 'logs', { body: { kvlistValue: { values: [attribute(MARK, {})] } } }),
  inItem('event name', 'logs', item('logs', 'x', { eventName: MARK })),
  inItem('payload format', 'profiles', item('profiles', MARK)),
  inItem('point attribute', 'metrics', item('metrics', 'x', { attributes: [attribute(MARK, {})] })),
  inItem('metric name', 'metrics', item('metrics', MARK)),
  inItem('exemplar', 'metrics', item('metrics', 'x', { exemplars: [{ filteredAttributes: [attribute(MARK, {})] }] })),
]

function nested(value: Model): Model {
  return { arrayValue: { values: [{ kvlistValue: { values: [attribute('inner', value)] } }, { boolValue: true }] } }
}

/** Two items below what is bad, one beside it. */
function inShared(label: string, signal: Signal, around: Parameters<typeof requestOf>[2]): Damage {
  const bad = requestOf(signal, [item(signal, 'a'), item(signal, 'b')], around)
  const good = requestOf(signal, [item(signal, 'c')])
  const [resources] = Object.keys(good) as [string]
  const model = { [resources]: [...(bad[resources] as Model[]), ...(good[resources] as Model[])] }
  return { label, signal, model, rejected: 2, stored: good }
}

const invalidShared: readonly Damage[] = SIGNALS.flatMap((signal) => [
  inShared('resource attribute', signal, { resource: { attributes: [attribute('k', { stringValue: MARK })] } }),
  inShared('resource schema_url', signal, { resourceEnvelope: { schemaUrl: MARK } }),
  inShared('scope name', signal, { scope: { name: MARK } }),
  inShared('scope schema_url', signal, { scopeEnvelope: { schemaUrl: MARK } }),
  inShared('entity', signal, { resource: { entityRefs: [{ idKeys: ['ok', MARK] }] } }),
])

/** Over both protocols into both forms; the good requests in between share the batches of the bad ones. */
async function expectRejected(damages: readonly Damage[]): Promise<void> {
  for (const [scene, isJson] of [
    [protobuf, false],
    [json, true],
  ] as const) {
    const exchange = new Exchange(scene)
    await exchange.mark()
    const bad = damages.flatMap((one) =>
      Object.values(INVALID).flatMap((invalid): Sending[] => {
        const body = withInvalid(protobufOf(one.signal, one.model), invalid)
        const expected: Partial<Answer> = { kind: 'partial', rejected: one.rejected }
        return PROTOBUF_ROADS.map((road) => ({ label: one.label, road, signal: one.signal, body, expected }))
      }),
    )
    const good = SIGNALS.map((signal) => requestOf(signal, [item(signal, 'beside')]))
    const beside = SIGNALS.map((signal, index): Sending => {
      return {
        label: 'good',
        road: 'grpc',
        signal,
        body: protobufOf(signal, good[index]!),
        expected: { kind: 'accepted' },
      }
    })
    const answers = await exchange.expectAll([...bad, ...beside, ...beside])
    for (const { message } of answers.slice(0, bad.length)) expect(message).toMatch(/UTF-8/)
    for (const [index, signal] of SIGNALS.entries()) {
      const payloads = await exchange.newRecords(signal)
      const actual = payloads.map((payload) =>
        isJson ? meaningOfJson(signal, JSON.parse(payload.toString()) as Json) : meaningOfProtobuf(signal, payload),
      )
      const left = damages.filter((one) => one.signal === signal && one.stored !== null)
      const wanted = left.flatMap(({ stored }) => {
        const one = meaningOfProtobuf(signal, protobufOf(signal, stored!))
        return Object.keys(INVALID).flatMap(() => PROTOBUF_ROADS.map(() => one))
      })
      const besides = meaningOfProtobuf(signal, protobufOf(signal, good[index]!))
      expectSame(actual, [...wanted, besides, besides], `records of ${signal}`)
    }
  }
}

it('[B014 C118 C26 C27 C67 H04] an item with invalid UTF-8 is rejected alone, with a reason', async () => {
  await expectRejected(invalidText)
})

it('[B014 C118] invalid UTF-8 in what items share rejects all of them, and no other', async () => {
  await expectRejected(invalidShared)
})

it('[B014 C123] invalid UTF-8 in the dictionary rejects the profiles that share it', async () => {
  const model = requestOf('profiles', [item('profiles', 'x')], { request: { dictionary: { stringTable: ['', MARK] } } })
  await expectRejected([{ label: 'dictionary', signal: 'profiles', model, rejected: 1, stored: null }])
})

const hex = (bytes: number): string => 'ab'.repeat(bytes)
const TRACE_ID_BYTES = [1, 8, 15, 17, 32]
const SPAN_ID_BYTES = [1, 7, 9, 16]

function wrongId(label: string, signal: Signal, middle: Model): ModelCase {
  const [model, stored] = three(signal, middle)
  return { label, signal, model, stored, expected: { kind: 'partial', rejected: 1 } }
}

it('[B016 C106 C26 H04] an item with an id of a wrong length is rejected alone', async () => {
  const ids = [
    ...TRACE_ID_BYTES.map((bytes) => ({ traceId: hex(bytes), spanId: hex(8) })),
    ...SPAN_ID_BYTES.map((bytes) => ({ traceId: hex(16), spanId: hex(bytes) })),
  ]
  const cases = ids.flatMap((one): ModelCase[] => {
    const label = `${one.traceId.length / 2} and ${one.spanId.length / 2} bytes`
    return [
      wrongId(label, 'traces', { ...item('traces', 'x'), ...one }),
      wrongId(`link of ${label}`, 'traces', item('traces', 'x', { links: [one] })),
      wrongId(label, 'logs', item('logs', 'x', one)),
      wrongId(`exemplar of ${label}`, 'metrics', item('metrics', 'x', { exemplars: [{ asInt: '1', ...one }] })),
    ]
  })
  const parents = SPAN_ID_BYTES.map((bytes) =>
    wrongId(`parent of ${bytes}`, 'traces', item('traces', 'x', { parentSpanId: hex(bytes) })),
  )
  const protobufOnly = TRACE_ID_BYTES.map((bytes) =>
    wrongId(`profile of ${bytes}`, 'profiles', item('profiles', 'x', { profileId: hex(bytes) })),
  )
  await kept.expectKept([...cases, ...parents, ...protobufOnly], PROTOBUF_ROADS)
})

it('[C106 C107 C129 B016] absent and all-zero ids are accepted', async () => {
  const zero = { traceId: '00'.repeat(16), spanId: '00'.repeat(8) }
  const absent = { traceId: '', spanId: '' }
  const one = (label: string, signal: Signal, middle: Model): ModelCase => ({
    label,
    signal,
    model: requestOf(signal, [middle]),
  })
  await kept.expectKept([
    ...[zero, absent].flatMap((ids, index) => {
      const label = index === 0 ? 'zero' : 'absent'
      return [
        one(label, 'traces', { name: 'x', ...ids, parentSpanId: ids.spanId, links: [ids] }),
        one(label, 'logs', item('logs', 'x', ids)),
        one(label, 'metrics', item('metrics', 'x', { exemplars: [{ asInt: '1', ...ids }] })),
        one(label, 'profiles', item('profiles', 'x', { profileId: ids.traceId })),
      ]
    }),
  ])
})

it('[C26 C67 C121 H04] rejections count items: spans, data points, log records, profiles, in the field of the signal', async () => {
  const points = (...ids: string[]): Model => ({
    name: 'm',
    gauge: {
      dataPoints: ids.map((traceId) => ({ timeUnixNano: '1', asInt: '1', exemplars: [{ asInt: '1', traceId }] })),
    },
  })
  const short = hex(3)
  const good = hex(16)
  const models: Record<Signal, [Model, Model]> = {
    traces: [
      requestOf('traces', [
        item('traces', 'a', { traceId: short }),
        item('traces', 'b'),
        item('traces', 'c', { traceId: short }),
      ]),
      requestOf('traces', [item('traces', 'b')]),
    ],
    metrics: [
      requestOf('metrics', [points(short, good, short), points(short), points(good)]),
      requestOf('metrics', [points(good), points(good)]),
    ],
    logs: [
      requestOf('logs', [
        item('logs', 'a', { traceId: short }),
        item('logs', 'b', { traceId: short }),
        item('logs', 'c'),
      ]),
      requestOf('logs', [item('logs', 'c')]),
    ],
    profiles: [
      requestOf('profiles', [
        item('profiles', 'a', { profileId: short }),
        item('profiles', 'b'),
        item('profiles', 'c', { profileId: short }),
      ]),
      requestOf('profiles', [item('profiles', 'b')]),
    ],
  }
  const rejected: Record<Signal, number> = { traces: 2, metrics: 3, logs: 2, profiles: 2 }
  const cases = SIGNALS.map((signal): ModelCase => {
    const [model, stored] = models[signal]
    return { label: 'mixed', signal, model, stored, expected: { kind: 'partial', rejected: rejected[signal] } }
  })
  await kept.expectKept(cases, PROTOBUF_ROADS)
})

it('[B016 C26] a request whose items are all bad is answered as partial success, and is no record', async () => {
  const cases = SIGNALS.map((signal): ModelCase => {
    const id = hex(5)
    const bad: Record<Signal, Model> = {
      traces: item('traces', 'x', { traceId: id }),
      metrics: item('metrics', 'x', { exemplars: [{ traceId: id }] }),
      logs: item('logs', 'x', { traceId: id }),
      profiles: item('profiles', 'x', { profileId: id }),
    }
    const model = requestOf(signal, [bad[signal], bad[signal]])
    return { label: 'all', signal, model, stored: null, expected: { kind: 'partial', rejected: 2 } }
  })
  await kept.expectKept(cases, PROTOBUF_ROADS)
})

it('[B027 C26 H04] an item larger than a record of Kafka is rejected, the other 999 are delivered', async () => {
  const large = 'x'.repeat(1_100_000)
  const good = (signal: Signal): Model[] => Array.from({ length: 999 }, (_, index) => item(signal, `good ${index}`))
  const tooLarge = (signal: Signal): Model =>
    signal === 'metrics' ? item(signal, 'x', { attributes: [attribute(large, {})] }) : item(signal, large)
  const cases = SIGNALS.map((signal): ModelCase => {
    const items = good(signal)
    const model = requestOf(signal, [...items.slice(0, 500), tooLarge(signal), ...items.slice(500)])
    return {
      label: 'one of 1000',
      signal,
      model,
      stored: requestOf(signal, items),
      expected: { kind: 'partial', rejected: 1 },
    }
  })
  await kept.expectKept(cases)
})
