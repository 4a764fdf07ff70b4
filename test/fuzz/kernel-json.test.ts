/** OTLP/JSON through the kernel: whole texts, other spellings of them, damaged ones. Each case is made from its seed alone. */
import { describe, expect, it } from 'vitest'
import { FROM_JSON, KERNEL_ERROR } from '../../src/otlp/kernel-instance.ts'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { JsonRefused, readJson } from '../bed/json-request.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { type Json, referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'
import { respelled, snakeCased, textOf } from './json-spelling.ts'

const REQUESTS_PER_SIGNAL = 300
const MUTATIONS_PER_SIGNAL = 2500

describe.each(SIGNALS)('%s', (signal) => {
  const signalIndex = SIGNALS.indexOf(signal)
  const meaning = (payload: Uint8Array) => withoutDefaults(requestMessage(signal), referenceJson(signal, payload))
  const request = (seed: number, bytesAbout = 2000) => generateRequest(signal, seed, { bytesAbout, wholeIds: true })

  it('reads back what protobufjs wrote', () => {
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const payload = request(seed)
      const text = textOf(referenceJson(signal, payload))
      expect(meaning(readJson(signalIndex, text)), `seed ${seed}`).toEqual(meaning(payload))
    }
  })

  it('reads back what the kernel wrote', () => {
    const bed = new KernelBed()
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const payload = generateRequest(signal, seed, { odd: seed % 2 === 0, wholeIds: true })
      const { code, json } = bed.transcode(signal, payload)
      expect(code, `seed ${seed}`).toBeGreaterThanOrEqual(0)
      expect(meaning(readJson(signalIndex, json)), `seed ${seed}`).toEqual(meaning(payload))
    }
  })

  it('makes the same bytes of every spelling: spaces, order, escapes, forms of numbers, unknown members, null', () => {
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const payload = request(seed)
      const text = respelled(referenceJson(signal, payload), createRandom(seed))
      expect(meaning(readJson(signalIndex, text)), `seed ${seed}`).toEqual(meaning(payload))
    }
  })

  it('reads snake_case when lenient, every field, and nothing of it when not', () => {
    for (let seed = 1; seed <= REQUESTS_PER_SIGNAL; seed++) {
      const text = textOf(referenceJson(signal, request(seed)))
      const snake = snakeCased(text)
      expect(readJson(signalIndex, snake, FROM_JSON.LENIENT).equals(readJson(signalIndex, text)), `seed ${seed}`).toBe(
        true,
      )
      if (signal !== 'profiles') expect(readJson(signalIndex, snake)).toHaveLength(0)
    }
  })

  it('makes of a damaged text either a request that scan takes, or a refusal; never writes elsewhere', () => {
    const bed = new KernelBed(1 << 16, 1 << 20)
    const counts = { accepted: 0, refused: 0 }
    for (let seed = 1; seed <= MUTATIONS_PER_SIGNAL; seed++) {
      const request = damaged(bed, signal, seed)
      counts[request === undefined ? 'refused' : 'accepted']++
      if (request !== undefined) expect(bed.decode(signal, request), `seed ${seed}`).toBeGreaterThanOrEqual(0)
    }
    // both must be common, or the damage proves nothing
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(MUTATIONS_PER_SIGNAL / 20)
  })

  it('refuses a text that is cut anywhere', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const text = Buffer.from(textOf(referenceJson(signal, request(seed, 300))))
      for (let length = 0; length < text.length; length++) {
        expect(() => readJson(signalIndex, text.subarray(0, length)), `seed ${seed}, ${length}`).toThrow(JsonRefused)
      }
    }
  })

  it('asks for more room, or makes the same of any room there is', () => {
    const bed = new KernelBed(1 << 16, 1 << 20)
    for (let seed = 1; seed <= 20; seed++) {
      const text = Buffer.from(textOf(referenceJson(signal, request(seed, 600))))
      const whole = bed.fromJson(signal, text).request
      for (let room = 0; room < whole.length + 400; room += 1 + (room % 7)) {
        const { code, request } = bed.fromJson(signal, text, { outputBytesMax: room })
        if (code < 0) expect(code).toBe(KERNEL_ERROR.OUTPUT_FULL)
        else expect(request.equals(whole), `seed ${seed}, room ${room}`).toBe(true)
        if (room >= whole.length + 256 + 1024) expect(code).toBe(whole.length)
      }
    }
  })
})

function damaged(bed: KernelBed, signal: Signal, seed: number): Buffer | undefined {
  const random = createRandom(seed)
  const make = (from: number): Buffer => {
    const json: Json = referenceJson(signal, generateRequest(signal, from, { bytesAbout: 300, wholeIds: true }))
    return Buffer.from(random.oneIn(2) ? textOf(json) : respelled(json, random))
  }
  const text = random.oneIn(3) ? Buffer.from(mutate(make(seed), make(seed + 1), random)) : withDamage(make(seed), seed)
  const { code, request } = bed.fromJson(signal, text, { flags: seed % 2 })
  if (code >= 0) return request
  expect([KERNEL_ERROR.BAD_JSON, KERNEL_ERROR.OUTPUT_FULL], `seed ${seed}`).toContain(code)
  const { reason, offset } = bed.kernel.jsonFault()
  expect(reason, `seed ${seed}`).toBeGreaterThan(0)
  expect(offset >= 0 && offset <= text.length, `seed ${seed}: fault at ${offset}`).toBe(true)
  return undefined
}

const LIKELY = '{}[]",:0e-.\\nu19'

function withDamage(text: Buffer, seed: number): Buffer {
  const random = createRandom(seed)
  for (let count = random.below(3) + 1; count > 0; count--) {
    const at = random.below(Math.max(text.length, 1))
    text[at] = random.oneIn(2) ? LIKELY.charCodeAt(random.below(LIKELY.length)) : random.below(256)
  }
  return text
}
