/**
 * otlp.validation by another road: the rules of docs/validation.md on decoded objects, written from the rows and not from
 * the kernel. Text that is not UTF-8 is marked, because no JavaScript string can hold it.
 */
import type { Field, Message } from '../../src/otlp/schema.ts'
import { messageNamed, messageOf, REQUEST_MESSAGES } from '../../src/otlp/schema.ts'

export type Decoded = { [key: string]: unknown }

/** Three bytes that stand for text that is not UTF-8. */
export const BAD_TEXT = '\u0001\u0002\u0003'

export interface Sifted {
  readonly rest: Decoded
  readonly items: number
  readonly rejected: number
}

interface Outcome {
  readonly isCut: boolean
  readonly items: number
  readonly rejected: number
}

const ITEM_FIELDS = ['spans', 'logRecords', 'profiles', 'dataPoints']
const ENVELOPE_FIELDS = /^(resource|scope)(Spans|Metrics|Logs|Profiles)$|^metrics$/
const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']

/** @param request is changed: what is rejected goes */
export function siftReference(signalIndex: number, request: Decoded, isStrict: boolean): Sifted {
  const sifter = new Sifter(isStrict, signalIndex === 3 ? ((request.dictionary ?? {}) as Decoded) : undefined)
  const { items, rejected } = sifter.envelope(messageNamed(REQUEST_MESSAGES[signalIndex]!), request)
  return { rest: request, items, rejected }
}

const listOf = (decoded: Decoded, name: string): unknown[] => (decoded[name] ?? []) as unknown[]

class Sifter {
  readonly #isStrict: boolean
  readonly #dictionary: Decoded | undefined

  constructor(isStrict: boolean, dictionary: Decoded | undefined) {
    this.#isStrict = isStrict
    this.#dictionary = dictionary
  }

  /** The request, a resource, a scope, a metric or a kind. All of it goes when what its items share is faulty. */
  envelope(message: Message, decoded: Decoded): Outcome {
    const total = { isCut: false, items: 0, rejected: 0 }
    let isShared = this.#isSharedFault(message, decoded)
    for (const field of message.fields) {
      if (decoded[field.name] === undefined) continue
      const found = this.#field(field, decoded)
      if (found === undefined) {
        const values = field.repeated ? listOf(decoded, field.name) : [decoded[field.name]]
        if (values.some((value) => this.#isFaulty(field, value))) isShared = true
        continue
      }
      total.isCut ||= found.isCut
      total.items += found.items
      total.rejected += found.rejected
    }
    if (this.#isStrict && message.fields.some((field) => field.name === 'dictionary') && total.items > 0) {
      isShared ||= !this.#isWholeDictionary()
    }
    if (!isShared) return total
    for (const name of Object.keys(decoded)) delete decoded[name]
    return { isCut: true, items: 0, rejected: total.rejected + total.items }
  }

  /** @returns undefined for what holds no items */
  #field(field: Field, decoded: Decoded): Outcome | undefined {
    if (ITEM_FIELDS.includes(field.name)) return this.#items(field, decoded)
    if (ENVELOPE_FIELDS.test(field.name)) return this.#envelopes(field, decoded)
    if (KINDS.includes(field.name)) return this.envelope(messageOf(field), decoded[field.name] as Decoded)
    return undefined
  }

  #items(field: Field, decoded: Decoded): Outcome {
    const all = listOf(decoded, field.name)
    const kept = all.filter((item) => !this.#isFaulty(field, item))
    decoded[field.name] = kept
    return { isCut: kept.length < all.length, items: kept.length, rejected: all.length - kept.length }
  }

  #envelopes(field: Field, decoded: Decoded): Outcome {
    const total = { isCut: false, items: 0, rejected: 0 }
    decoded[field.name] = listOf(decoded, field.name).filter((each) => {
      const found = this.envelope(messageOf(field), each as Decoded)
      total.isCut ||= found.isCut
      total.items += found.items
      total.rejected += found.rejected
      return !found.isCut || found.items > 0
    })
    return total
  }

  #isSharedFault({ name }: Message, decoded: Decoded): boolean {
    if (!this.#isStrict || !name.endsWith('.Metric')) return false
    const kind = KINDS.find((each) => decoded[each] !== undefined)
    if (kind === undefined || kind === 'gauge' || kind === 'summary') return false
    const { aggregationTemporality, dataPoints } = decoded[kind] as Decoded
    // Only where there is something to reject.
    const isEmpty = !((dataPoints ?? []) as unknown[]).some((point) => !this.#isFaulty(pointField(kind), point))
    return !isEmpty && (aggregationTemporality ?? 0) === 0
  }

  #isFaulty(field: Field, value: unknown): boolean {
    if (field.type === 'string') return (value as string).includes(BAD_TEXT)
    if (field.hexId) {
      const { length } = value as Uint8Array
      return length !== 0 && length !== (/spanid$/i.test(field.name) ? 8 : 16)
    }
    if (field.type === 'int32' && this.#isStrict && this.#dictionary) return this.#isOutside(field.name, Number(value))
    if (field.type !== 'message') return false
    const message = messageOf(field)
    const decoded = value as Decoded
    const isBelow = message.fields.some((each) => {
      if (decoded[each.name] === undefined) return false
      const values = each.repeated ? listOf(decoded, each.name) : [decoded[each.name]]
      return values.some((inner) => this.#isFaulty(each, inner))
    })
    return isBelow || (this.#isStrict && breaksRule(message.name, decoded))
  }

  #isOutside(name: string, index: number): boolean {
    const table = TABLES.find(([end]) => name.endsWith(end))?.[1]
    if (table === undefined) return false
    return index < 0 || index >= listOf(this.#dictionary!, table).length
  }

  /** C122 */
  #isWholeDictionary(): boolean {
    return TABLES.every(([, table]) => {
      const [first] = listOf(this.#dictionary!, table)
      return first !== undefined && (first === '' || (typeof first === 'object' && isZero(first as Decoded)))
    })
  }
}

const TABLES = [
  ['mappingIndex', 'mappingTable'],
  ['locationIndices', 'locationTable'],
  ['functionIndex', 'functionTable'],
  ['linkIndex', 'linkTable'],
  ['trindex', 'stringTable'],
  ['attributeIndices', 'attributeTable'],
  ['stackIndex', 'stackTable'],
] as const

function pointField(kind: string): Field {
  const metric = messageNamed('opentelemetry.proto.metrics.v1.Metric')
  return messageOf(metric.fields.find(({ name }) => name === kind)!).fields.find(({ name }) => name === 'dataPoints')!
}

function isZero(decoded: Decoded): boolean {
  return Object.values(decoded).every((value) => {
    if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0
    if (typeof value === 'object') return Object.keys(value as object).length === 0
    return value === '' || Number(value) === 0
  })
}

const big = (value: unknown): bigint => BigInt((value as string | undefined) ?? 0)
const sum = (values: unknown[]): bigint =>
  BigInt.asUintN(
    64,
    values.reduce<bigint>((all, each) => all + big(each), 0n),
  )
const isSet = (id: unknown): boolean => id !== undefined && (id as Uint8Array).some((byte) => byte !== 0)

/** @param name of the message, in full */
function breaksRule(name: string, decoded: Decoded): boolean {
  const has = (key: string): boolean => decoded[key] !== undefined
  const isFlagged = (Number(decoded.flags ?? 0) & 1) === 1
  const isTimeless = big(decoded.timeUnixNano) === 0n
  switch (name.slice(name.lastIndexOf('.') + 1)) {
    case 'Span': // C106
      return !isSet(decoded.traceId) || !isSet(decoded.spanId)
    case 'NumberDataPoint': // C110, C111
      return isTimeless || !(has('asDouble') || has('asInt') || isFlagged)
    case 'Exemplar': // C111
      return !(has('asDouble') || has('asInt'))
    case 'HistogramDataPoint': // C113
      return isTimeless || !(isFlagged || isHistogram(decoded))
    case 'ExponentialHistogramDataPoint':
      return isTimeless || !(isFlagged || isExponential(decoded))
    case 'SummaryDataPoint':
      return isTimeless
    case 'ValueAtQuantile': {
      const quantile = Number(decoded.quantile ?? 0)
      return !(quantile >= 0 && quantile <= 1) || Number(decoded.value ?? 0) < 0
    }
    case 'Sample': {
      // C125
      const [values, times] = [listOf(decoded, 'values').length, listOf(decoded, 'timestampsUnixNano').length]
      return values === 0 || times === 0 ? values === times : values !== times
    }
    case 'Profile': {
      // C126, C129
      const isLong = (key: string): boolean => has(key) && (decoded[key] as { length: number }).length > 0
      if (isLong('profileId') && !isSet(decoded.profileId)) return true
      return isLong('originalPayload') !== isLong('originalPayloadFormat')
    }
    default:
      return false
  }
}

function isHistogram(decoded: Decoded): boolean {
  const bounds = listOf(decoded, 'explicitBounds').map(Number)
  const buckets = listOf(decoded, 'bucketCounts')
  const isIncreasing = bounds.every((bound, at) => (at === 0 ? !Number.isNaN(bound) : bound > bounds[at - 1]!))
  if (!isIncreasing) return false
  if (buckets.length === 0) return bounds.length === 0
  return buckets.length === bounds.length + 1 && sum(buckets) === big(decoded.count)
}

function isExponential(decoded: Decoded): boolean {
  const bucketsOf = (key: string): unknown[] => listOf((decoded[key] ?? {}) as Decoded, 'bucketCounts')
  return sum([decoded.zeroCount, ...bucketsOf('positive'), ...bucketsOf('negative')]) === big(decoded.count)
}
