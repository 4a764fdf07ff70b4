/** OTLP/JSON: ids. */
import { beforeAll, it } from 'vitest'
import {
  type JsonCase,
  JsonWitnesses,
  logModel,
  logText,
  profileModel,
  profileText,
  spanText,
} from './bed/json-cases.ts'
import { points, SPAN_ID, spans, type Table, TRACE_ID, table } from './bed/json-tables.ts'
import { conformancePair } from './bed/pair.ts'

const pair = conformancePair()
let witnesses: JsonWitnesses
beforeAll(() => {
  witnesses = new JsonWitnesses(pair)
})

const upper = (text: string): string => `"${text.toUpperCase()}"`
const id = (bytes: number): string => `"${'a1'.repeat(bytes)}"`

it('[C84 B042 C75] ids are hex of either case in every message; other lengths of text, characters and types are refused', async () => {
  const bad = (good: string): Table => [
    [`"${good.slice(1)}"`, 'invalid'],
    [`"${good.slice(0, -1)}g"`, 'invalid'],
    [`"${good.slice(0, -1)} "`, 'invalid'],
    [`"0x${good.slice(2)}"`, 'invalid'],
    [`"W47/95gDgQPSabYzgT/GDA=="`, 'invalid'],
    ['7', 'invalid'],
    ['true', 'invalid'],
    ['{}', 'invalid'],
    ['[]', 'invalid'],
  ]
  const unset: Table = [
    ['""', {}],
    ['null', {}],
  ]
  const good = (member: string, value: string): Table => [
    [`"${value}"`, { [member]: value }],
    [upper(value), { [member]: value }],
    [`"${value.slice(0, 7).toUpperCase()}${value.slice(7)}"`, { [member]: value }],
    [
      `"\\u00${(0x30 + Number(value[0] === '5' ? 5 : 0)).toString(16)}${value.slice(1)}"`,
      value[0] === '5' ? { [member]: value } : { [member]: `0${value.slice(1)}` },
    ],
  ]
  const cases = [
    ...spans('trace id', 'traceId', [...good('traceId', TRACE_ID), ...unset, ...bad(TRACE_ID)]),
    ...spans('span id', 'spanId', [...good('spanId', SPAN_ID), ...unset, ...bad(SPAN_ID)]),
    ...spans('parent', 'parentSpanId', [...good('parentSpanId', SPAN_ID), ...unset, ...bad(SPAN_ID)]),
    ...spans('link', 'links', [
      [
        `[{"traceId":${upper(TRACE_ID)},"spanId":${upper(SPAN_ID)}}]`,
        { links: [{ traceId: TRACE_ID, spanId: SPAN_ID }] },
      ],
      [`[{"traceId":"${TRACE_ID.slice(1)}"}]`, 'invalid'],
    ]),
    ...points('exemplar', 'gauge', 'exemplars', [
      [
        `[{"traceId":${upper(TRACE_ID)},"spanId":"${SPAN_ID}","asInt":1}]`,
        { exemplars: [{ traceId: TRACE_ID, spanId: SPAN_ID, asInt: '1' }] },
      ],
      ['[{"spanId":"zz"}]', 'invalid'],
    ]),
    ...table(
      'log',
      [
        [upper(TRACE_ID), { traceId: TRACE_ID }],
        ['"abc"', 'invalid'],
      ],
      (value) => ({ signal: 'logs', text: logText(`"traceId":${value}`) }),
      logModel,
    ),
    ...table(
      'dictionary link',
      [
        [upper(TRACE_ID), { traceId: TRACE_ID }],
        ['"xyz"', 'invalid'],
      ],
      (value) => ({
        signal: 'profiles',
        text: `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{}]}]}],"dictionary":{"linkTable":[{"traceId":${value}}]}}`,
      }),
      (fields) => ({ ...profileModel({}), dictionary: { linkTable: [fields] } }),
    ),
  ]
  await witnesses.expectRead(cases)
})

it('[B042 C106] an id of whole bytes but of a wrong length rejects its item: partial success, no record', async () => {
  const cases = [1, 15, 17].map(
    (bytes): JsonCase => ({ label: 'length', signal: 'traces', text: spanText(`"traceId":${id(bytes)}`), means: null }),
  )
  await witnesses.expectRead(cases, { kind: 'partial', rejected: 1 })
})

it('[C85] a profileId of 32 hex digits is hex, any other text base64; Kafka holds hex', async () => {
  const bytes = '000102030405060708090a0b0c0d0eff'
  const inBase64 = Buffer.from(bytes, 'hex').toString('base64')
  const rows: Table = [
    [`"${bytes}"`, { profileId: bytes }],
    [upper(bytes), { profileId: bytes }],
    [`"${inBase64}"`, { profileId: bytes }],
    [`"${inBase64.replace(/=/g, '')}"`, { profileId: bytes }],
    ['""', {}],
    ['null', {}],
    ['"@@@"', 'invalid'],
    ['5', 'invalid'],
  ]
  await witnesses.expectRead(
    table(
      'profile id',
      rows,
      (value) => ({ signal: 'profiles', text: profileText(`"period":"1","profileId":${value}`) }),
      (fields) => profileModel({ period: '1', ...fields }),
    ),
  )
})
