/** Large and repetitive OTLP/JSON: answered in linear time, in bounded memory. */
import { beforeAll, expect, it } from 'vitest'
import { type Answer, Exchange } from './bed/exchange.ts'
import { logText } from './bed/json-cases.ts'
import { conformanceScene } from './bed/scene.ts'

const MIB = 1 << 20
/** Of 64 MiB on a machine that other tests share; quadratic work would take hours. */
const ANSWER_MS_MAX = 6000
const RESIDENT_BYTES_MAX = 1200 * MIB

const scene = conformanceScene({ 'otlp.message.format': 'protobuf' })
let exchange: Exchange
beforeAll(() => {
  exchange = new Exchange(scene)
})

const TAKEN: Partial<Answer> = { kind: 'accepted' }
const REFUSED: Partial<Answer> = { kind: 'invalid' }
/** The item is more than a record of Kafka takes. */
const REJECTED: Partial<Answer> = { kind: 'partial', rejected: 1 }

async function residentBytes(): Promise<number> {
  return (await scene.engine.metrics()).sum('process_resident_memory_bytes')
}

async function expectSoon(label: string, body: Buffer | string, expected: Partial<Answer>): Promise<void> {
  const before = await residentBytes()
  const startMs = performance.now()
  await exchange.expectAll([{ label, road: 'http-json', signal: 'logs', body: Buffer.from(body), expected }])
  expect(performance.now() - startMs, label).toBeLessThan(ANSWER_MS_MAX)
  expect((await residentBytes()) - before, label).toBeLessThan(RESIDENT_BYTES_MAX)
  expect((await scene.engine.metrics()).sum('sluice_serializers_replaced_total')).toBe(0)
}

const unknown = (text: string): string => logText(`"severityText":"x","unknown":${text}`)

it('[B048 B028 C57 C59] 64 MiB of one bracket are refused, and one byte more is too large', async () => {
  await expectSoon('64 MiB of [', Buffer.alloc(64 * MIB, '['), REFUSED)
  await expectSoon('64 MiB of {', Buffer.alloc(64 * MIB, '{'), REFUSED)
  await expectSoon('64 MiB of blanks', Buffer.alloc(64 * MIB, ' '), REFUSED)
  await expectSoon('one byte more', Buffer.alloc(64 * MIB + 1, '['), { kind: 'too_large' })
})

it('[B048 B028] a string of 64 MiB is taken or rejected by what it is', async () => {
  const room = 64 * MIB - unknown('""').length
  await expectSoon('unknown', unknown(`"${'x'.repeat(room)}"`), TAKEN)
  await expectSoon('body', logText(`"body":{"stringValue":"${'x'.repeat(63 * MIB)}"}`), REJECTED)
})

it('[B048] 5 million keys in one object are ignored when unknown, and the last wins when known', async () => {
  const distinct = Array.from({ length: 5_000_000 }, (_, index) => `"k${index}":1`).join(',')
  await expectSoon('distinct', unknown(`{${distinct}}`), TAKEN)
  await expectSoon('same', logText(`${'"severityNumber":1,'.repeat(3_000_000)}"severityText":"x"`), TAKEN)
  await expectSoon('attributes', logText(`"severityText":"x"${',"attributes":[{"key":"k"}]'.repeat(1_000_000)}`), TAKEN)
})

it('[B049] numbers of 10 million digits and strings of 10 MB of escapes take linear time', async () => {
  const digits = '7'.repeat(10_000_000)
  const escapes = '\\u0061'.repeat(10_000_000)
  await expectSoon('integer', logText(`"body":{"intValue":${digits}}`), REFUSED)
  await expectSoon('integer as text', logText(`"body":{"intValue":"${digits}"}`), REFUSED)
  await expectSoon('double', logText(`"body":{"doubleValue":${digits}}`), REFUSED)
  await expectSoon('fraction', logText(`"body":{"doubleValue":0.${digits}}`), TAKEN)
  await expectSoon('exponent', logText(`"body":{"doubleValue":1e-${digits}}`), TAKEN)
  await expectSoon('unknown number', unknown(digits), TAKEN)
  await expectSoon('unknown escapes', unknown(`"${escapes}"`), TAKEN)
  await expectSoon('escapes', logText(`"body":{"stringValue":"${escapes}"}`), REJECTED)
  await expectSoon('base64', logText(`"body":{"bytesValue":"${'QUJD'.repeat(2_500_000)}"}`), REJECTED)
  await exchange.mark()
})
