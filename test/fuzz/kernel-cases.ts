/**
 * The laws every payload must keep, whole or damaged; used by the run in `npm test` and by long runs by hand.
 *
 * Verdict  scan accepts what protobufjs accepts, with one exception where protobufjs is the odd one: it accepts varints
 *          whose tenth byte overflows 64 bits, and 32-bit ones of eleven bytes; official decoders refuse them
 *          (BAD_VARINT; the corpus of the Python runtime has such cases).
 * Text     what scan accepts is, as JSON, what protobufjs decodes.
 * Bounds   nothing is written outside the output. (Transcode alone is no validation: values that a later one replaces
 *          are not looked into, and UTF-8 is not checked.)
 */
import { isDeepStrictEqual } from 'node:util'
import { KERNEL_ERROR } from '../../src/otlp/kernel-instance.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import type { KernelBed } from '../generator/kernel-bed.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import type { Json } from '../generator/reference-json.ts'
import { referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'

export interface FuzzCase {
  readonly signal: Signal
  readonly seed: number
  readonly isDamaged: boolean
}

export function casePayload({ signal, seed, isDamaged }: FuzzCase): Uint8Array {
  const random = createRandom(seed ^ 0x5eed)
  const odd = random.oneIn(2)
  const payload = generateRequest(signal, seed, { odd, bytesAbout: 100 + random.below(900) })
  if (!isDamaged) return payload
  return mutate(payload, generateRequest(random.pick(SIGNALS), seed + 1, { bytesAbout: 200 }), random)
}

/** throws an error that names the broken law; tells whether the payload was accepted */
export function checkCase(bed: KernelBed, one: FuzzCase): boolean {
  const payload = casePayload(one)
  const scanned = bed.decode(one.signal, payload)
  const transcoded = bed.transcode(one.signal, payload)
  const expected = referenceOrError(one.signal, payload)
  if (scanned < 0) {
    law(
      expected instanceof Error || scanned === KERNEL_ERROR.BAD_VARINT,
      one,
      `refused with ${scanned}, protobufjs reads it`,
    )
    return false
  }
  law(transcoded.code >= 0, one, `scan accepted, transcode refused with ${transcoded.code}`)
  if (expected instanceof Error) throw new Error(`${name(one)}: accepted, protobufjs refuses: ${expected.message}`)
  const message = requestMessage(one.signal)
  const actual = withoutDefaults(message, JSON.parse(transcoded.json) as Json)
  law(isDeepStrictEqual(actual, withoutDefaults(message, expected)), one, 'the JSON differs from that of protobufjs')
  return true
}

function referenceOrError(signal: Signal, payload: Uint8Array): Json | Error {
  try {
    return referenceJson(signal, payload)
  } catch (error) {
    return error as Error
  }
}

function law(holds: boolean, one: FuzzCase, broken: string): void {
  const hint = 'test/fuzz/kernel-long.ts finds more of them'
  if (!holds) throw new Error(`${name(one)}: ${broken} (${hint})`)
}

function name({ signal, seed, isDamaged }: FuzzCase): string {
  return `${signal} seed ${seed}${isDamaged ? ' damaged' : ''}`
}
