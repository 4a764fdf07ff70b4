/** The data model: what an intermediary must not lose, and what it must not add. */
import { beforeAll, it } from 'vitest'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import type { Json } from '../generator/reference-json.ts'
import { Kept, type ModelCase } from './bed/kept.ts'
import { attribute, item, type Model, requestOf } from './bed/models.ts'
import { conformancePair } from './bed/pair.ts'

const scenes = conformancePair()
let kept: Kept
beforeAll(() => {
  kept = new Kept(scenes)
})

const VALUES: Readonly<Record<string, Json>> = {
  empty: {},
  bytes: { bytesValue: 'AP/+' },
  'empty bytes': { bytesValue: '' },
  'mixed array': {
    arrayValue: { values: [{}, { stringValue: 'x' }, { boolValue: false }, { intValue: '0' }, { doubleValue: -0 }] },
  },
  'empty array': { arrayValue: {} },
  'array of arrays': {
    arrayValue: { values: [{ arrayValue: { values: [{ bytesValue: 'AA==' }] } }, { kvlistValue: {} }] },
  },
  map: {
    kvlistValue: { values: [attribute('a', { kvlistValue: { values: [attribute('b', {}), { key: 'no value' }] } })] },
  },
  'empty map': { kvlistValue: {} },
  'empty string': { stringValue: '' },
  false: { boolValue: false },
}

/** The value as an attribute of the resource, of the scope, and of the item (of profiles: of its dictionary). */
function places(signal: Signal, value: Json): Readonly<Record<string, Model>> {
  const attributes = [attribute('key', value)]
  const plain = item(signal, 'x')
  const dictionary = { stringTable: ['', 'key'], attributeTable: [{}, { keyStrindex: 1, value }] }
  return {
    resource: requestOf(signal, [plain], { resource: { attributes } }),
    scope: requestOf(signal, [plain], { scope: { name: 's', attributes } }),
    item:
      signal === 'profiles'
        ? requestOf(signal, [item(signal, 'x', { attributeIndices: [1] })], { request: { dictionary } })
        : requestOf(signal, [item(signal, 'x', { attributes })]),
  }
}

const one = (label: string, signal: Signal, fields: Model): ModelCase => ({
  label,
  signal,
  model: requestOf(signal, [item(signal, 'x', fields)]),
})

it('[C100 C101] values of every kind, the empty one included, are kept in resource, scope and item', async () => {
  const cases = SIGNALS.flatMap((signal) =>
    Object.entries(VALUES).flatMap(([name, value]) =>
      Object.entries(places(signal, value)).map(
        ([place, model]): ModelCase => ({ label: `${name} in ${place}`, signal, model }),
      ),
    ),
  )
  await kept.expectKept(cases)
})

it('[C100 C101] values of every kind are kept in events, links, exemplars, metadata and log bodies', async () => {
  const cases = Object.entries(VALUES).flatMap(([name, value]): ModelCase[] => {
    const attributes = [attribute('key', value), attribute('other', { intValue: '1' })]
    return [
      one(`${name} in an event`, 'traces', { events: [{ name: 'e', attributes }] }),
      one(`${name} in a link`, 'traces', { links: [{ attributes }] }),
      one(`${name} in an exemplar`, 'metrics', { exemplars: [{ asInt: '1', filteredAttributes: attributes }] }),
      one(`${name} as body`, 'logs', { body: value }),
      {
        label: `${name} as metadata`,
        signal: 'metrics',
        model: requestOf('metrics', [{ ...item('metrics', 'x'), metadata: attributes }]),
      },
    ]
  })
  await kept.expectKept([...cases, one('attribute without value', 'logs', { attributes: [{ key: 'k' }] })])
})

it('[C104 C105] flags are copied, reserved bits too', async () => {
  const flags = [4294967295, 0x300, 0x100, 1, 2147483648]
  await kept.expectKept(
    flags.flatMap((value) => [
      one(`${value}`, 'traces', { flags: value, links: [{ flags: value }] }),
      one(`${value}`, 'logs', { flags: value }),
      one(`${value}`, 'metrics', { flags: value }),
    ]),
  )
})

it('[C110 C111 C112 C113] by default points of time 0, without value or temporality, and odd histograms are kept', async () => {
  const point = (kind: string, fields: Model, temporality = 0): ModelCase => ({
    label: kind,
    signal: 'metrics',
    model: requestOf('metrics', [
      { name: 'm', [kind]: { dataPoints: [fields], ...(kind === 'sum' && { aggregationTemporality: temporality }) } },
    ]),
  })
  await kept.expectKept([
    point('gauge', {}),
    point('gauge', { timeUnixNano: '0', asInt: '1' }),
    point('sum', { timeUnixNano: '1', asDouble: 1 }),
    point('sum', { timeUnixNano: '1', asDouble: 1 }, 2),
    point('histogram', { count: '7', bucketCounts: ['1', '2', '3'], explicitBounds: [3, 2, 1, 0] }),
    point('exponentialHistogram', {
      count: '1',
      scale: -11,
      zeroThreshold: -1,
      positive: {},
      negative: { offset: -3 },
    }),
    point('summary', { quantileValues: [{ quantile: 7, value: -1 }, {}] }),
  ])
})

it('[C115] observed_time_unix_nano is passed through, set or not', async () => {
  await kept.expectKept([
    one('set', 'logs', { observedTimeUnixNano: '1763629200123456789' }),
    one('not set', 'logs', {}),
    one('zero', 'logs', { observedTimeUnixNano: '0' }),
  ])
})

it('[C117] schema_url, scope and entity_refs are kept', async () => {
  const cases = SIGNALS.map((signal): ModelCase => {
    const around = {
      resource: {
        attributes: [attribute('host.id', { stringValue: 'h' })],
        droppedAttributesCount: 4294967295,
        entityRefs: [
          { schemaUrl: 'https://x/1', type: 'host', idKeys: ['host.id'], descriptionKeys: ['host.name', ''] },
          {},
        ],
      },
      resourceEnvelope: { schemaUrl: 'https://opentelemetry.io/schemas/1.38.0' },
      scope: {
        name: 'lib',
        version: '2',
        attributes: [attribute('a', { boolValue: true })],
        droppedAttributesCount: 7,
      },
      scopeEnvelope: { schemaUrl: 'urn:other' },
    }
    return { label: 'all', signal, model: requestOf(signal, [item(signal, 'x')], around) }
  })
  await kept.expectKept(cases)
})

it('[C102] attributes keep their order and their duplicates at every level', async () => {
  const doubled = ['b', 'a', 'b', 'A', 'a'].map((key, index) => attribute(key, { intValue: `${index}` }))
  await kept.expectKept([
    one('span', 'traces', { attributes: doubled, events: [{ attributes: doubled }] }),
    one('log', 'logs', { attributes: doubled, body: { kvlistValue: { values: doubled } } }),
    one('point', 'metrics', { attributes: doubled }),
  ])
})
