/** The judge and the damage must be worth something themselves: known verdicts, and damage that its seed alone decides. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { type Oracle, type Question, startOracle } from '../bed/oracle.ts'
import { generateRequest } from '../generator/payload.ts'
import { referenceJson } from '../generator/reference-json.ts'
import { INSTALL_DEADLINE_MS } from '../integration/clients/install.ts'
import { textOf } from './json-spelling.ts'
import { officialCase } from './official-cases.ts'

let oracle: Oracle
beforeAll(async () => {
  oracle = await startOracle()
}, INSTALL_DEADLINE_MS)
afterAll(() => oracle?.stop())

const text = (json: string): Question => ({ signal: 'traces', encoding: 'json', body: Buffer.from(json) })
const wire = (hex: string): Question => ({ signal: 'traces', encoding: 'protobuf', body: Buffer.from(hex, 'hex') })
const span = (members: string): Question => text(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`)

async function verdicts(questions: readonly Question[]): Promise<string[]> {
  return (await oracle.judge(questions)).map(({ verdict }) => verdict)
}

it('knows protobuf that is whole, that is malformed, and that holds text which is none', async () => {
  expect(await verdicts([wire(''), wire('0a00'), wire('0a'), wire('0a05'), wire('07'), wire('0c')])).toEqual([
    'accepted',
    'accepted',
    'refused',
    'refused',
    'refused',
    'refused',
  ])
  // ResourceSpans.schema_url
  expect(await verdicts([wire('0a031a0161'), wire('0a031a01ff')])).toEqual(['accepted', 'utf8'])
})

it('knows OTLP/JSON from ProtoJSON', async () => {
  const accepted = [
    '"traceId":"5b8efff798038103d269b633813fc60c"',
    '"kind":2',
    '"trace_id":7',
    '"flags":"1e2"',
    '"name":null',
  ]
  const refused = [
    '"traceId":"W47/95gDgQPSabYzgT/GDA=="',
    '"kind":"SPAN_KIND_SERVER"',
    '"name":7',
    '"attributes":[null]',
    '"flags":NaN',
  ]
  expect(await verdicts(accepted.map(span))).toEqual(accepted.map(() => 'accepted'))
  expect(await verdicts(refused.map(span))).toEqual(refused.map(() => 'refused'))
})

it('gives the same canonical form to a request in protobuf, in JSON, and compressed', async () => {
  for (const signal of SIGNALS) {
    const payload = generateRequest(signal, 7, { wholeIds: true })
    const body = Buffer.from(textOf(referenceJson(signal, payload)))
    const [plain, packed, json] = await oracle.judge([
      { signal, encoding: 'protobuf', body: payload },
      { signal, encoding: 'protobuf', coding: 'gzip', body: gzipSync(payload) },
      { signal, encoding: 'json', body },
    ])
    expect(plain!.verdict).toBe('accepted')
    expect(packed).toEqual(plain)
    expect(json).toEqual(plain)
  }
})

it('makes the same case of the same seed, and another of another', () => {
  const shown = (seed: number) => Buffer.from(officialCase(seed).body).toString('hex')
  for (let seed = 0; seed < 50; seed++) expect(shown(seed)).toBe(shown(seed))
  expect(new Set(Array.from({ length: 200 }, (_, seed) => shown(seed))).size).toBeGreaterThan(150)
})
