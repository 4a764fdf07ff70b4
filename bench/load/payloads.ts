/**
 * The bodies a load run sends: a few distinct ones, made once before the clock starts, sent in turn.
 *
 * - Several, so that no cache of the receiver sees the same bytes each time; few, so that the generator's own memory
 *   traffic stays small.
 * - `itemBytes` is the mean size of an item in protobuf, whatever the wire format, so that runs compare per item.
 */
import { crc32, gzipSync } from 'node:zlib'
import { SIGNAL_FACTS, type Signal } from '../../src/otlp/signal.ts'
import { encodeProtobuf } from './protobuf-encode.ts'
import { SeededRandom } from './seeded-random.ts'
import { BUILDERS } from './telemetry.ts'

export interface PayloadOptions {
  readonly signal: Signal
  readonly items: number
  readonly itemBytes: number
  readonly format: 'protobuf' | 'json'
  readonly compression: 'none' | 'gzip'
  readonly count: number
  readonly seed: number
}

export interface Payloads {
  readonly bodies: readonly Buffer[]
  /** Mean size on the wire. */
  readonly bodyBytes: number
  /** CRC-32 over the bodies before compression, in hex. */
  readonly checksum: string
}

const FILLER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '

export function makePayloads(options: PayloadOptions): Payloads {
  const random = new SeededRandom(options.seed)
  const filler = fillerOf(options)
  const { requestMessage } = SIGNAL_FACTS.find(({ name }) => name === options.signal)!
  let checksum = 0
  const bodies = Array.from({ length: options.count }, () => {
    const request = BUILDERS[options.signal](random, { items: options.items, filler })
    const plain =
      options.format === 'json' ? Buffer.from(JSON.stringify(request)) : encodeProtobuf(requestMessage, request)
    checksum = crc32(plain, checksum)
    return options.compression === 'gzip' ? gzipSync(plain) : plain
  })
  const bodyBytes = bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length
  return { bodies, bodyBytes, checksum: checksum.toString(16).padStart(8, '0') }
}

/** As much text as items lack to `itemBytes`; none when they are that large without it. */
function fillerOf({ signal, items, itemBytes }: PayloadOptions): string {
  const { requestMessage } = SIGNAL_FACTS.find(({ name }) => name === signal)!
  const probe = BUILDERS[signal](new SeededRandom(1), { items, filler: '' })
  const emptyBytes = encodeProtobuf(requestMessage, probe).length / items
  const missingBytes = Math.max(0, Math.round(itemBytes - emptyBytes))
  return FILLER.repeat(Math.ceil(missingBytes / FILLER.length)).slice(0, missingBytes)
}
