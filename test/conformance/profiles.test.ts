/** Profiles: their dictionary, their indexes, and the limit of a record. */
import { beforeAll, expect, it } from 'vitest'
import { createRandom } from '../generator/random.ts'
import { Exchange, ROADS } from './bed/exchange.ts'
import { Kept, type ModelCase } from './bed/kept.ts'
import { attribute, item, jsonOf, type Model, protobufOf, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'

const { protobuf, json } = conformancePair()
let kept: Kept
beforeAll(() => {
  kept = new Kept({ protobuf, json })
})

const signal = 'profiles' as const
const WHOLE: Model = {
  mappingTable: [{}, { memoryStart: '4194304', memoryLimit: '18446744073709551615', filenameStrindex: 2 }],
  locationTable: [{}, { mappingIndex: 1, address: '4198400', lines: [{ functionIndex: 1, line: '12', column: '-1' }] }],
  functionTable: [{}, { nameStrindex: 1, systemNameStrindex: 1, filenameStrindex: 2, startLine: '10' }],
  linkTable: [{}, { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }],
  stringTable: ['', 'main', '/bin/app', 'main', 'main'],
  attributeTable: [{}, { keyStrindex: 1, value: { bytesValue: 'AAEC' }, unitStrindex: 2 }],
  stackTable: [{}, { locationIndices: [1, 1, 1] }],
}
const PROFILE: Model = {
  sampleType: { typeStrindex: 1, unitStrindex: 2 },
  samples: [
    { stackIndex: 1, attributeIndices: [1], linkIndex: 1, values: ['5', '-5'], timestampsUnixNano: ['1', '2'] },
  ],
  timeUnixNano: '1763629200123456789',
  durationNano: '1000000000',
  periodType: { typeStrindex: 1, unitStrindex: 2 },
  period: '10000000',
  profileId: '000102030405060708090a0b0c0d0eff',
  originalPayloadFormat: 'pprof',
  originalPayload: 'H4sIAAAA/+8=',
  attributeIndices: [1],
}

const withDictionary = (label: string, dictionary: Model, profile: Model = PROFILE): ModelCase => ({
  label,
  signal,
  model: requestOf(signal, [profile], { request: { dictionary } }),
})

it('[C121 C123 C129] a whole profiles request arrives with its dictionary', async () => {
  await kept.expectKept([withDictionary('whole', WHOLE), withDictionary('no id', WHOLE, { ...PROFILE, profileId: '' })])
})

it('[C124] duplicate entries of a dictionary, and entries nobody names, stay as they are', async () => {
  const double = Object.fromEntries(
    Object.entries(WHOLE).map(([key, table]) => [key, [...(table as Model[]), ...(table as Model[])]]),
  )
  await kept.expectKept([withDictionary('everything twice', double)])
})

it('[B025 C122 C125 C126 C127] indexes that point nowhere, tables without zero values and cycles pass through', async () => {
  const far = [-1, 2147483647, -2147483648, 1000]
  const random = createRandom(4)
  const any = (): number => random.pick([...far, 0, 1])
  const wild = (): Model => ({
    ...PROFILE,
    sampleType: { typeStrindex: any(), unitStrindex: any() },
    samples: [{ stackIndex: any(), attributeIndices: [any(), any()], linkIndex: any(), values: ['1'] }],
    attributeIndices: [any(), any()],
  })
  await kept.expectKept([
    withDictionary('empty dictionary', {}),
    { label: 'no dictionary', signal, model: requestOf(signal, [PROFILE]) },
    withDictionary('first elements are not zero', {
      ...WHOLE,
      stringTable: ['main'],
      stackTable: [{ locationIndices: [7] }],
    }),
    withDictionary('cycle', { ...WHOLE, attributeTable: [{}, { keyStrindex: 1, value: { stringValueStrindex: 1 } }] }),
    withDictionary('samples without values', WHOLE, {
      ...PROFILE,
      samples: [{ stackIndex: 1 }, { values: ['1'], timestampsUnixNano: ['1', '2'] }],
    }),
    withDictionary('payload without format', WHOLE, { ...PROFILE, originalPayloadFormat: '' }),
    ...far.map((index) =>
      withDictionary(`mapping ${index}`, {
        ...WHOLE,
        locationTable: [{}, { mappingIndex: index, lines: [{ functionIndex: index }] }],
      }),
    ),
    ...far.map((index) =>
      withDictionary(`location ${index}`, { ...WHOLE, stackTable: [{}, { locationIndices: [index] }] }),
    ),
    ...Array.from({ length: 20 }, (_, step) => withDictionary(`wild ${step}`, WHOLE, wild())),
  ])
})

it('[C128 C117] the order of resources, scopes and profiles is kept', async () => {
  const scopes = (prefix: string): Model[] =>
    ['a', 'b'].map((scope) => ({
      scope: { name: `${prefix}${scope}`, version: '1', attributes: [attribute('k', { boolValue: true })] },
      profiles: ['z', 'y', 'x'].map((name) => item(signal, name)),
      schemaUrl: 'https://opentelemetry.io/schemas/1.38.0',
    }))
  const resourceProfiles = ['second', 'first'].map((name) => ({
    resource: { attributes: [attribute('service.name', { stringValue: name })] },
    scopeProfiles: scopes(name),
  }))
  await kept.expectKept([{ label: 'ordered', signal, model: { resourceProfiles, dictionary: WHOLE } }])
})

it('[B026 C123 H04] a profiles request larger than a record: its profiles are rejected, and nothing without its dictionary is stored', async () => {
  const strings = Array.from({ length: 12_000 }, (_, index) => `${index}`.padStart(100, 'x'))
  const profiles = Array.from({ length: 10 }, () => PROFILE)
  const model = requestOf(signal, profiles, { request: { dictionary: { ...WHOLE, stringTable: ['', ...strings] } } })
  for (const scene of [protobuf, json]) {
    const exchange = new Exchange(scene)
    await exchange.mark()
    const expected = { kind: 'partial' as const, rejected: 10 }
    const answers = await exchange.expectAll(
      ROADS.map((road) => {
        const body = road === 'http-json' ? jsonOf(model) : protobufOf(signal, model)
        return { label: 'too large', road, signal, body, expected }
      }),
    )
    for (const { message } of answers) expect(message).toMatch(/larger|large|bytes/)
    await exchange.nothingNew([signal])
  }
})
