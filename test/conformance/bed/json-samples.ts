/** A request of each signal with something of everything, in OTLP/JSON. */
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import type { Json } from '../../generator/reference-json.ts'
import type { JsonCase } from './json-cases.ts'
import { attribute, item, type Model, requestOf } from './models.ts'

const KINDS: readonly Json[] = [
  { stringValue: 'a "quoted" \\ text é😀\u0001' },
  { boolValue: true },
  { intValue: '-42' },
  { doubleValue: 0.5 },
  { arrayValue: { values: [{}, { stringValue: 'x' }, { arrayValue: { values: [{ intValue: '1' }] } }] } },
  { kvlistValue: { values: [attribute('inner', { bytesValue: 'AAEC' })] } },
]
export const ATTRIBUTES = KINDS.map((value, index) => attribute(`key.${index}`, value))
const DETAILS: Readonly<Record<Signal, Model>> = {
  traces: {
    kind: 2,
    startTimeUnixNano: '1544712660000000000',
    endTimeUnixNano: '1544712661000000000',
    attributes: ATTRIBUTES,
    events: [{ timeUnixNano: '1544712660500000000', name: 'event', attributes: [], droppedAttributesCount: 1 }],
    links: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', flags: 257 }],
    status: { code: 2, message: 'failed' },
  },
  metrics: { attributes: ATTRIBUTES, flags: 1 },
  logs: { severityNumber: 10, severityText: 'Information', attributes: ATTRIBUTES, eventName: 'device.app', flags: 1 },
  profiles: { samples: [{ stackIndex: 1, values: ['1'] }], attributeIndices: [1] },
}

/** A request of each signal as rich as the published examples, in a shape of our own. */
export function sample(signal: Signal): Model {
  const around = {
    resource: { attributes: [attribute('service.name', { stringValue: 'my.service' })] },
    scope: { name: 'my.library', version: '1.0.0', attributes: ATTRIBUTES },
    scopeEnvelope: { schemaUrl: 'https://opentelemetry.io/schemas/1.38.0' },
  }
  return requestOf(signal, [item(signal, 'sample', DETAILS[signal])], around)
}

/** One text for each signal. */
export const forSignals = (
  label: string,
  textOf: (signal: Signal) => string | Buffer,
  meansOf: (signal: Signal) => JsonCase['means'],
) => SIGNALS.map((signal): JsonCase => ({ label, signal, text: textOf(signal), means: meansOf(signal) }))
