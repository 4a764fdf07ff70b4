/** Large protobuf bodies: the limit to the byte, millions of items, millions of empty messages. Time and memory are bounded. */
import { beforeAll, expect, inject, it } from 'vitest'
import { readTopic } from '../../scripts/kafka/read-topic.ts'
import { createTopic } from '../../scripts/kafka/topics.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { type Answer, Exchange, PROTOBUF_ROADS, type Sending } from './bed/exchange.ts'
import { conformanceScene } from './bed/scene.ts'
import { withBytes } from './bed/wire-requests.ts'

const MIB = 1 << 20
const LIMIT_BYTES = 64 * MIB
/** A topic that takes a record of any size below the limit. */
const WIDE_TOPIC = `wide-${process.pid}-${Date.now()}`
beforeAll(() =>
  createTopic(inject('kafkaBootstrapServers'), WIDE_TOPIC, { config: { 'max.message.bytes': `${LIMIT_BYTES}` } }),
)

const scene = conformanceScene({ 'otlp.message.format': 'json' })
const wide = conformanceScene({
  'otlp.message.format': 'protobuf',
  'kafka.topic.traces': WIDE_TOPIC,
  'kafka.record.max.bytes': `${32 * MIB}`,
})
let exchange: Exchange
beforeAll(() => {
  exchange = new Exchange(scene)
})

/** A valid request of exactly so many bytes: an item and one long unknown field. */
function requestOfBytes(signal: (typeof SIGNALS)[number], bytes: number): Buffer {
  const head = withBytes(signal, 'request', new Uint8Array())
  const tagAndSize = 7
  const content = bytes - head.length - tagAndSize
  const field = Buffer.alloc(tagAndSize + content)
  field.set([0xa2, 0x06]) // field 100, length-delimited
  let rest = content
  for (let at = 2; at < tagAndSize; at++) {
    field[at] = (rest % 128) + (at < tagAndSize - 1 ? 128 : 0)
    rest = Math.floor(rest / 128)
  }
  return Buffer.concat([head, field])
}

const repeated = (times: number, bytes: Buffer): Buffer => Buffer.alloc(times * bytes.length, bytes)

function field(number: number, content: Buffer): Buffer {
  const size: number[] = []
  let rest = content.length
  for (; rest >= 128; rest = Math.floor(rest / 128)) size.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([number * 8 + 2, ...size, rest]), content])
}

interface Cost {
  readonly cpuS: number
  readonly residentBytes: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const read = async () => {
    const metrics = await scene.engine.metrics()
    return {
      cpuS: metrics.sum('process_cpu_seconds_total'),
      residentBytes: metrics.sum('process_resident_memory_bytes'),
    }
  }
  const before = await read()
  await work()
  const after = await read()
  return { cpuS: after.cpuS - before.cpuS, residentBytes: after.residentBytes - before.residentBytes }
}

it('[B028 C13 C14 C16 C57 C58 C59 C131 H11] requests of limit-1 and limit bytes are taken, of limit+1 refused for good', async () => {
  // Nearly all of it is an unknown field, which is not part of the JSON that goes to Kafka.
  const taken: Partial<Answer> = { kind: 'accepted' }
  const refused: Partial<Answer> = { kind: 'too_large' }
  for (const [bytes, expected] of [
    [LIMIT_BYTES - 1, taken],
    [LIMIT_BYTES, taken],
    [LIMIT_BYTES + 1, refused],
  ] as const) {
    const body = requestOfBytes('traces', bytes)
    expect(body.length).toBe(bytes)
    for (const road of PROTOBUF_ROADS) {
      await exchange.expectAll([{ label: `${bytes}`, road, signal: 'traces', body, expected }])
    }
  }
  await exchange.mark()
})

it('[B028 C131] requests of the limit are taken for all signals', async () => {
  const expected: Partial<Answer> = { kind: 'accepted' }
  for (const signal of SIGNALS.slice(1)) {
    const body = requestOfBytes(signal, LIMIT_BYTES)
    await exchange.expectAll([{ label: 'limit', road: 'grpc', signal, body, expected }])
  }
})

it('[B029] a million tiny items in one request are answered and delivered within the deadline', async () => {
  const spans = repeated(1_000_000, Buffer.from([0x12, 0x02, 0x2a, 0x00]))
  const body = field(1, field(2, spans))
  const startMs = performance.now()
  const [answer] = await new Exchange(wide).expectAll([{ label: 'a million', road: 'grpc', signal: 'traces', body }])
  expect(answer).toEqual({ kind: 'accepted' })
  expect(performance.now() - startMs).toBeLessThan(8000)
  const records = await readTopic(inject('kafkaBootstrapServers'), WIDE_TOPIC)
  const found = records.filter(({ payload }) => payload?.equals(body))
  expect(found).toHaveLength(1)
  expect(found[0]!.headers['otlp.items']).toBe('1000000')
})

it('[B029] a million tiny items that no record takes are answered at once, in every signal', async () => {
  const items = {
    traces: [0x12, 0x02, 0x2a, 0x00],
    metrics: [],
    logs: [0x12, 0x02, 0x1a, 0x00],
    profiles: [0x12, 0x02, 0x4a, 0x00],
  }
  const point = field(5, repeated(1_000_000, Buffer.from([0x0a, 0x02, 0x40, 0x01])))
  const sendings = SIGNALS.flatMap((signal) => {
    const content = signal === 'metrics' ? field(2, point) : repeated(1_000_000, Buffer.from(items[signal]))
    const body = field(1, field(2, content))
    return PROTOBUF_ROADS.map((road): Sending => {
      return { label: 'a million', road, signal, body, expected: { kind: 'partial', rejected: 1_000_000 } }
    })
  })
  for (const one of sendings) {
    const startMs = performance.now()
    await exchange.expectAll([one])
    expect(performance.now() - startMs, `${one.road} ${one.signal}`).toBeLessThan(8000)
  }
})

it('[B030] 10 million empty resources cost little time and no memory beside their bytes', async () => {
  const body = repeated(10_000_000, Buffer.from([0x0a, 0x00]))
  for (const signal of SIGNALS) {
    for (const road of PROTOBUF_ROADS) {
      const sending = { label: '10 million', road, signal, body, expected: { kind: 'accepted' as const } }
      const { cpuS, residentBytes } = await costOf(() => exchange.expectAll([sending]))
      expect(cpuS, `${road} ${signal}`).toBeLessThan(2)
      // The arena keeps the pages that a body has touched once; objects for each resource would be gigabytes.
      expect(residentBytes, `${road} ${signal}`).toBeLessThan(20 * body.length)
    }
  }
})
