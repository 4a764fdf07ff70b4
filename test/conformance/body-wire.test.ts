/** Protobuf on the wire: what a decoder must refuse, and what it must take though no encoder writes it. */
import { expect, it } from 'vitest'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { WireWriter } from '../generator/wire-writer.ts'
import { Exchange, PROTOBUF_ROADS } from './bed/exchange.ts'
import { conformancePair } from './bed/pair.ts'
import { everywhere, type Level, nestedRequest, type WireCase, withBytes } from './bed/wire-requests.ts'

const { protobuf, json, official } = conformancePair()

const UNKNOWN = 100
const wire = (): WireWriter => new WireWriter()
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const tag = (number: number, wireType: number): Uint8Array => wire().tag(number, wireType).finish()
const all = (labelled: Readonly<Record<string, Uint8Array>>): WireCase[] =>
  Object.entries(labelled).flatMap(([label, extra]) => everywhere(label, extra))

/** Refused by the oracle, each of them: a row whose cases are all malformed. */
async function expectMalformed(cases: readonly WireCase[]): Promise<void> {
  const judged = await official().expectAgreement(cases)
  expect(judged.filter(({ judgement }) => judgement.verdict !== 'refused').map(({ label }) => label)).toEqual([])
}

async function expectAccepted(cases: readonly WireCase[]): Promise<void> {
  const judged = await official().expectAgreement(cases)
  expect(judged.filter(({ judgement }) => judgement.verdict !== 'accepted').map(({ label }) => label)).toEqual([])
}

it('[B001 C22 C64] a body of 0 bytes is a success and no record, for all signals over both protocols', async () => {
  for (const scene of [protobuf, json]) {
    const exchange = new Exchange(scene)
    const empty = { label: 'empty', body: Buffer.alloc(0), expected: { kind: 'accepted' as const } }
    await exchange.mark()
    await exchange.expectAll(SIGNALS.flatMap((signal) => PROTOBUF_ROADS.map((road) => ({ ...empty, road, signal }))))
    await exchange.nothingNew()
  }
})

it('[B002 C06 C116] unknown fields of every wire type at every level are accepted, their bytes kept in protobuf', async () => {
  const group = wire().tag(UNKNOWN, 3).tag(1, 0).varint(7).tag(2, 3).tag(2, 4).tag(UNKNOWN, 4).finish()
  await expectAccepted(
    all({
      varint: wire()
        .tag(UNKNOWN, 0)
        .varint(2n ** 64n - 1n)
        .finish(),
      fixed64: wire().tag(UNKNOWN, 1).fixed64(1n).finish(),
      bytes: wire()
        .tag(UNKNOWN, 2)
        .sized(bytes(0, 255, 128))
        .finish(),
      group,
      fixed32: wire().tag(UNKNOWN, 5).fixed32(1).finish(),
      'the reserved number 1000': wire().tag(1000, 2).sized(bytes(1)).finish(),
      'the largest number': wire()
        .tag(2 ** 29 - 1, 0)
        .varint(1)
        .finish(),
    }),
  )
})

it('[B005 C75] varints of 11 bytes, and of 10 bytes with bits beyond the 64th, are malformed', async () => {
  const eleven = bytes(...new Array(10).fill(0x80), 0x01)
  const overflow = bytes(...new Array(9).fill(0xff), 0x02)
  const inTag = bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
  await expectMalformed(
    all({
      'value of 11 bytes': wire().tag(UNKNOWN, 0).raw(eleven).finish(),
      'length of 11 bytes': wire().tag(UNKNOWN, 2).raw(eleven).finish(),
      'tag of 6 bytes': inTag,
      'value that does not end': wire().tag(UNKNOWN, 0).raw(bytes(0x80)).finish(),
    }),
  )
  // The oracle drops these bits; the row does not.
  const beyond = everywhere('beyond 64 bits', wire().tag(UNKNOWN, 0).raw(overflow).finish())
  const sendings = beyond.flatMap((one) =>
    PROTOBUF_ROADS.map((road) => ({ ...one, road, expected: { kind: 'invalid' as const } })),
  )
  for (const scene of [protobuf, json]) await new Exchange(scene).expectAll(sendings)
})

it('[B006] lengths beyond the message are malformed and cost no memory', async () => {
  const lengths = [5n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n]
  const numbers = { unknown: UNKNOWN, 'field 1': 1, 'field 2': 2, 'field 3': 3 }
  const cases = Object.entries(numbers).flatMap(([name, number]) =>
    lengths.map((length): [string, Uint8Array] => [
      `${name} of ${length}`,
      wire().tag(number, 2).varint(length).finish(),
    ]),
  )
  const before = (await protobuf.engine.metrics()).sum('process_resident_memory_bytes')
  await expectMalformed(all(Object.fromEntries(cases)))
  const after = (await protobuf.engine.metrics()).sum('process_resident_memory_bytes')
  expect(after - before).toBeLessThan(200e6)
})

it('[B007] field number 0, and numbers above 2^29-1, are malformed', async () => {
  const above = wire().varint(2n ** 32n)
  await expectMalformed(
    all({
      'number 0 varint': bytes(0x00, 0x01),
      'number 0 bytes': bytes(0x02, 0x00),
      'number 0 in two bytes': bytes(0x80, 0x00, 0x01),
      'number 2^29': above.varint(1).finish(),
      'number 2^29 bytes': wire()
        .varint(2n ** 32n + 2n)
        .varint(0)
        .finish(),
    }),
  )
})

it('[B008] wire types 6 and 7 are malformed', async () => {
  const cases = [1, 2, 3, UNKNOWN].flatMap((number) =>
    [6, 7].map((type): [string, Uint8Array] => [
      `field ${number} type ${type}`,
      wire().tag(number, type).varint(1).finish(),
    ]),
  )
  await expectMalformed(all(Object.fromEntries(cases)))
})

it('[B009] groups without end, ends without group, and groups nested 100 thousand deep are malformed', async () => {
  const start = tag(UNKNOWN, 3)
  const nested = bytes(
    ...Array.from({ length: 200 }, () => [...start]).flat(),
    ...Array.from({ length: 200 }, () => [...tag(UNKNOWN, 4)]).flat(),
  )
  await expectMalformed(
    all({
      'start without end': start,
      'end without start': tag(UNKNOWN, 4),
      'end of another': wire()
        .tag(UNKNOWN, 3)
        .tag(UNKNOWN + 1, 4)
        .finish(),
      'known number as end': tag(1, 4),
      'nested 200 deep': nested,
      'cut inside': wire().tag(UNKNOWN, 3).tag(1, 2).varint(9).finish(),
    }),
  )
  const deep = Buffer.concat([Buffer.alloc(100_000, 0x0b), Buffer.alloc(100_000, 0x0c)])
  await expectMalformed(
    SIGNALS.map((signal) => ({ label: '100 thousand', signal, body: withBytes(signal, 'item', deep) })),
  )
})

it('[B010] messages nested up to 100 levels are accepted, deeper ones malformed', async () => {
  const nestings = (levels: readonly number[]): WireCase[] =>
    SIGNALS.flatMap((signal) =>
      levels.map((depth) => ({ label: `${depth} levels`, signal, body: nestedRequest(signal, depth) })),
    )
  await expectAccepted(nestings([10, 64, 99, 100]))
  await expectMalformed(nestings([101, 102, 1000, 10_000]))
  // Beyond what a JSON line to the oracle is good for.
  const million = SIGNALS.flatMap((signal) =>
    PROTOBUF_ROADS.map((road) => ({
      label: 'a million levels',
      road,
      signal,
      body: nestedRequest(signal, 1_000_000),
      expected: { kind: 'invalid' as const },
    })),
  )
  for (const scene of [protobuf, json]) await new Exchange(scene).expectAll(million)
})

it('[B011] a known field in a wrong wire type is an unknown field', async () => {
  const number = (field: number): Readonly<Record<string, Uint8Array>> => ({
    [`field ${field} as varint`]: wire().tag(field, 0).varint(7).finish(),
    [`field ${field} as fixed64`]: wire().tag(field, 1).fixed64(7n).finish(),
    [`field ${field} as fixed32`]: wire().tag(field, 5).fixed32(7).finish(),
    [`field ${field} as group`]: wire().tag(field, 3).tag(field, 4).finish(),
  })
  // Field 3 is a scalar or a string in each of these messages, 1 a message in each envelope.
  const judged = await official().expectAgreement(all({ ...number(1), ...number(3) }))
  expect(judged.filter(({ judgement }) => judgement.verdict !== 'accepted')).toEqual([])
})

it('[B012] a oneof set twice, a scalar repeated and a message in pieces are accepted, the last wins', async () => {
  const value = wire().tag(1, 2).sized(bytes(0x61)).tag(3, 0).varint(5).tag(2, 0).varint(1)
  const keyValue = wire().tag(1, 2).sized(bytes(0x6b)).tag(2, 2).sized(value.finish()).finish()
  const inPieces = wire()
    .tag(1, 2)
    .sized(bytes(0x6b))
    .tag(2, 2)
    .sized(wire().tag(3, 0).varint(5).finish())
    .tag(2, 2)
    .sized(wire().tag(4, 1).double(-0).finish())
    .tag(1, 2)
    .sized(bytes(0x6c))
    .finish()
  const twoTexts = wire().tag(3, 2).sized(bytes(0x61)).tag(3, 2).sized(bytes(0x62))
  const twoCounts = wire()
    .tag(2, 0)
    .varint(2n ** 32n - 1n)
    .tag(2, 0)
    .varint(0)
  const first = (content: Uint8Array): Uint8Array => wire().tag(1, 2).sized(content).finish()
  const doubled: Readonly<Record<string, readonly [Level, Uint8Array]>> = {
    'oneof set three times': ['resource', first(keyValue)],
    'value in pieces': ['resource', first(inPieces)],
    'scope in pieces': ['scope envelope', first(wire().tag(2, 2).sized(bytes(0x76)).finish())],
    'resource in pieces': ['resource envelope', first(wire().tag(2, 0).varint(9).finish())],
    'schema_url twice': ['scope envelope', twoTexts.finish()],
    'count twice': ['resource', twoCounts.finish()],
  }
  const cases = SIGNALS.flatMap((signal) =>
    Object.entries(doubled).map(([label, [level, extra]]): WireCase => {
      return { label, signal, body: withBytes(signal, level, extra) }
    }),
  )
  await expectAccepted(cases)
})
