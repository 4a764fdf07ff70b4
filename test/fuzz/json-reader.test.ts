/** Protobuf to JSON by another road and back through the reader: nothing may be lost or changed, for any field. */
import { describe, expect, it } from 'vitest'
import { JsonReadError } from '../../src/otlp/json-read-error.ts'
import { readJson } from '../../src/otlp/json-reader.ts'
import { SIGNALS } from '../../src/otlp/signal.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'

const REQUESTS_PER_SIGNAL = 300
const MUTATIONS_PER_SIGNAL = 5000

describe.each(SIGNALS)('%s', (signal) => {
  const signalIndex = SIGNALS.indexOf(signal)
  const meaning = (payload: Uint8Array) => withoutDefaults(requestMessage(signal), referenceJson(signal, payload))

  it('reads back what protobufjs wrote', () => {
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const payload = generateRequest(signal, seed)
      const text = jsonText(referenceJson(signal, payload))
      expect(meaning(readJson(signalIndex, Buffer.from(text))), `seed ${seed}`).toEqual(meaning(payload))
    }
  })

  it('reads back what the kernel wrote', () => {
    const bed = new KernelBed()
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const payload = generateRequest(signal, seed, { odd: seed % 2 === 0 })
      const { code, json } = bed.transcode(signal, payload)
      expect(code, `seed ${seed}`).toBeGreaterThanOrEqual(0)
      expect(meaning(readJson(signalIndex, Buffer.from(oddIdsInBase64(json)))), `seed ${seed}`).toEqual(
        meaning(payload),
      )
    }
  })

  it('makes of a damaged text either a request that the kernel takes, or a JsonReadError', () => {
    const bed = new KernelBed()
    for (let seed = 1; seed <= MUTATIONS_PER_SIGNAL; seed++) {
      const text = Buffer.from(
        JSON.stringify(referenceJson(signal, generateRequest(signal, seed % 50, { bytesAbout: 300 }))),
      )
      damage(text, seed)
      const request = attempt(signalIndex, text)
      if (request !== undefined) expect(bed.scan(signal, request).code, `seed ${seed}`).toBeGreaterThanOrEqual(0)
    }
  })
})

/** JSON.stringify forgets the sign of zero. */
function jsonText(json: Json): string {
  const text = JSON.stringify(json, (_, value: unknown) => (Object.is(value, -0) ? '-0' : value))
  return oddIdsInBase64(text)
}

/** A profile id is read as hex when it has 32 digits; the generator also makes ids of other lengths. */
function oddIdsInBase64(text: string): string {
  return text.replace(/"profileId":"([0-9a-f]*)"/g, (member, id: string) =>
    id.length === 32 ? member : `"profileId":"${Buffer.from(id, 'hex').toString('base64')}"`,
  )
}

function attempt(signalIndex: number, text: Buffer): Buffer | undefined {
  try {
    return readJson(signalIndex, text)
  } catch (error) {
    expect(error).toBeInstanceOf(JsonReadError)
    return undefined
  }
}

const LIKELY = '{}[]",:0e-.\\n'

function damage(text: Buffer, seed: number): void {
  const random = createRandom(seed)
  for (let count = random.below(3) + 1; count > 0; count--) {
    const at = random.below(Math.max(text.length, 1))
    text[at] = random.oneIn(2) ? LIKELY.charCodeAt(random.below(LIKELY.length)) : random.below(256)
  }
}
