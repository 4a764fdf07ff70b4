import { SIGNALS } from '../otlp/signal.ts'
import type { RecordHeaders } from './producer-port.ts'

export type RecordFormat = 'json' | 'protobuf'

const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const
/** Counts up to this are kept as text: typical clients send few sizes, and no request should cost a string. */
const CACHED_COUNTS = 16_384

const countTexts: string[] = []

function countText(count: number): string {
  if (count >= CACHED_COUNTS) return String(count)
  countTexts[count] ??= String(count)
  return countTexts[count]
}

/**
 * The headers of one signal's records. The same array every time: the producer reads it before produce() returns.
 *
 *   otlp.signal, otlp.format, otlp.items (count), content-type
 */
export class SignalHeaders {
  readonly #items = { 'otlp.items': '' }
  readonly #headers: RecordHeaders

  constructor(signalIndex: number, format: RecordFormat) {
    this.#headers = [
      { 'otlp.signal': SIGNALS[signalIndex]! },
      { 'otlp.format': format },
      this.#items,
      { 'content-type': CONTENT_TYPES[format] },
    ]
  }

  withItems(items: number): RecordHeaders {
    this.#items['otlp.items'] = countText(items)
    return this.#headers
  }
}
