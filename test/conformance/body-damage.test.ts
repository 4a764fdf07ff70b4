/** Every way to cut a body, every way to flip one bit of it: the official decoder says what each is. */
import { expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { attribute, item, protobufOf, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'
import type { WireCase } from './bed/wire-requests.ts'

const { official } = conformancePair()

const ATTRIBUTES = [
  attribute('service.name', { stringValue: 'checkout é' }),
  attribute('list', { arrayValue: { values: [{ intValue: '-1' }, { boolValue: true }, { doubleValue: 0.25 }, {}] } }),
  attribute('map', { kvlistValue: { values: [attribute('inner', { bytesValue: 'AP+A' })] } }),
]
const DETAILS: Readonly<Record<Signal, object>> = {
  traces: { kind: 2, attributes: ATTRIBUTES, events: [{ name: 'event', timeUnixNano: '1763629200123456789' }] },
  metrics: { attributes: ATTRIBUTES, exemplars: [{ asInt: '-5', traceId: '5b8efff798038103d269b633813fc60c' }] },
  logs: { severityNumber: 9, attributes: ATTRIBUTES, traceId: '5b8efff798038103d269b633813fc60c', flags: 1 },
  profiles: {
    samples: [{ stackIndex: 1, values: ['1', '-300'], timestampsUnixNano: ['1', '2'] }],
    attributeIndices: [1, 300],
  },
}

/** @param more of the resource: makes the body longer */
function sample(signal: Signal, more: string): Buffer {
  const one = item(signal, 'sample', DETAILS[signal] as Record<string, never>)
  const resource = { attributes: [attribute('host.name', { stringValue: more })] }
  return protobufOf(signal, requestOf(signal, [one], { resource, scope: { name: 'scope', version: '1' } }))
}

it('[B003 C75] bodies cut at every offset are refused exactly where the official decoder refuses', async () => {
  const cases = SIGNALS.flatMap((signal): WireCase[] => {
    const body = sample(signal, 'host')
    return Array.from({ length: body.length + 1 }, (_, end) => ({
      label: `cut at ${end}`,
      signal,
      body: body.subarray(0, end),
    }))
  })
  const judged = await official().expectAgreement(cases)
  const refused = judged.filter(({ judgement }) => judgement.verdict === 'refused').length
  expect(refused).toBeGreaterThan(500)
  expect(judged.length - refused).toBeGreaterThanOrEqual(8)
})

it('[B004] bodies with any single bit flipped are accepted or refused as by the official decoder', async () => {
  const cases = SIGNALS.flatMap((signal): WireCase[] => {
    const body = sample(signal, 'h')
    return Array.from({ length: body.length * 8 }, (_, bit) => {
      const flipped = Buffer.from(body)
      flipped[bit >>> 3]! ^= 1 << (bit & 7)
      return { label: `bit ${bit}`, signal, body: flipped }
    })
  })
  expect(cases.length).toBeGreaterThan(5000)
  const judged = await official().expectAgreement(cases)
  for (const verdict of ['accepted', 'refused', 'utf8']) {
    const found = judged.filter(({ judgement }) => judgement.verdict === verdict).length
    expect(found, verdict).toBeGreaterThan(100)
  }
})
