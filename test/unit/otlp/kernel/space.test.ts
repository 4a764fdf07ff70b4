import { describe, expect, it } from 'vitest'
import { KERNEL_ERROR, TRANSCODE_EXPANSION_MAX, TRANSCODE_RESERVE_BYTES } from '../../../../src/otlp/kernel-instance.ts'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { SIGNALS } from '../../../../src/otlp/signal.ts'
import { generateRequest } from '../../../generator/payload.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'
import { bed, repeated, SPAN, utf8, wrapped } from './kernel-text.ts'

/** payloads that are mostly of one kind, each larger than the reserve */
const SHAPES: Readonly<Record<string, [Signal, Uint8Array]>> = {
  text: [
    'traces',
    wrapped(
      new WireWriter()
        .tag(5, 2)
        .sized(utf8('a'.repeat(1000)))
        .finish(),
      ...SPAN,
    ),
  ],
  'text to escape': [
    'traces',
    wrapped(
      new WireWriter()
        .tag(5, 2)
        .sized(utf8('\u0001'.repeat(400)))
        .finish(),
      ...SPAN,
    ),
  ],
  hex: ['traces', wrapped(new WireWriter().tag(1, 2).sized(new Uint8Array(700)).finish(), ...SPAN)],
  base64: ['logs', wrapped(new WireWriter().tag(7, 2).sized(new Uint8Array(700)).finish(), 1, 2, 2, 5)],
  packed: [
    'metrics',
    wrapped(new WireWriter().tag(7, 2).sized(new Uint8Array(2400).fill(0x3f)).finish(), 1, 2, 2, 9, 1),
  ],
  attributes: ['traces', wrapped(repeated(9, [0x0a, 3, 0x6b, 0x65, 0x79, 0x12, 2, 0x18, 5], 60), ...SPAN)],
  'long attributes': ['traces', wrapped(repeated(9, longAttribute(), 8), ...SPAN)],
  'empty messages': ['traces', wrapped(repeated(9, [], 400), ...SPAN)],
  scalars: ['metrics', wrapped(scalars(), 1, 2, 2, 10, 1)],
  'a merged message': ['traces', wrapped(statusInPieces(), ...SPAN)],
}

/** a key of 100 characters and a double, in less than 128 bytes */
function longAttribute(): number[] {
  const value = new WireWriter()
    .tag(4, 1)
    .double(-1 / 3 / 2 ** 900)
    .finish()
  return [0x0a, 100, ...Array<number>(100).fill(0x6b), 0x12, value.length, ...value]
}

/** every scalar of an exponential histogram point: no text, no message whose end would be noticed */
function scalars(): Uint8Array {
  const writer = new WireWriter()
    .tag(2, 1)
    .fixed64(2n ** 63n)
    .tag(3, 1)
    .fixed64(2n ** 63n)
    .tag(4, 1)
    .fixed64(2n ** 63n)
  for (const number of [5, 12, 13, 14]) writer.tag(number, 1).double(-1 / 3 / 2 ** 900)
  return writer
    .tag(7, 1)
    .fixed64(2n ** 63n)
    .tag(10, 0)
    .varint(2n ** 31n)
    .tag(6, 0)
    .varint(2n ** 31n)
    .finish()
}

function statusInPieces(): Uint8Array {
  const piece = wrapped(utf8('m'.repeat(300)), 2)
  return new WireWriter()
    .tag(15, 2)
    .sized(piece)
    .tag(15, 2)
    .sized(piece)
    .tag(15, 2)
    .sized(Uint8Array.of(0x18, 2))
    .finish()
}

describe('kernel transcode refuses', () => {
  it.each(Object.keys(SHAPES))('an output too small at every size, for %s', (shape) => {
    const [signal, payload] = SHAPES[shape]!
    const whole = bed.transcode(signal, payload)
    expect(whole.code).toBeGreaterThan(300)
    for (let size = 0; size < whole.code + TRANSCODE_RESERVE_BYTES; size++) {
      const { code, json } = bed.transcode(signal, payload, size)
      if (code !== KERNEL_ERROR.OUTPUT_FULL) expect(json).toBe(whole.json)
      if (size < whole.code) expect(code).toBe(KERNEL_ERROR.OUTPUT_FULL)
    }
    const pieces = shape === 'a merged message' ? payload.length : 0
    expect(bed.transcode(signal, payload, whole.code + TRANSCODE_RESERVE_BYTES + pieces).json).toBe(whole.json)
  })

  it('an output too small at every size, and writes nothing outside it', () => {
    for (const odd of [false, true]) {
      for (const signal of SIGNALS) {
        const payload = generateRequest(signal, 3, { odd, bytesAbout: 300 })
        const whole = bed.transcode(signal, payload)
        expect(whole.code).toBeGreaterThan(0)
        for (let size = 0; size < whole.code + TRANSCODE_RESERVE_BYTES; size++) {
          const { code, json } = bed.transcode(signal, payload, size)
          if (code !== KERNEL_ERROR.OUTPUT_FULL) expect(json).toBe(whole.json)
          if (size < whole.code) expect(code).toBe(KERNEL_ERROR.OUTPUT_FULL)
        }
        // pieces of messages, put together in the output space, may need as much again
        const enough = whole.code + TRANSCODE_RESERVE_BYTES + (odd ? payload.length : 0)
        expect(bed.transcode(signal, payload, enough).json).toBe(whole.json)
      }
    }
  })

  it('an output too small for closing brackets alone, a hundred levels of them', () => {
    const path = [1, 1, 1, 2]
    for (let level = 0; level < 47; level++) path.push(5, 1)
    const payload = wrapped(Uint8Array.of(0x10, 1), ...path)
    const whole = bed.transcode('traces', payload)
    for (let size = whole.code - 400; size < whole.code; size++) {
      expect(bed.transcode('traces', payload, size).code).toBe(KERNEL_ERROR.OUTPUT_FULL)
    }
    expect(bed.transcode('traces', payload, whole.code + TRANSCODE_RESERVE_BYTES).json).toBe(whole.json)
  })

  it('what is cut short or broken, with the scan’s own codes', () => {
    const transcode = (...bytes: number[]) => bed.transcode('traces', Uint8Array.from(bytes)).code
    expect(transcode(0x0a, 5, 1)).toBe(KERNEL_ERROR.TRUNCATED)
    expect(transcode(0x0a)).toBe(KERNEL_ERROR.TRUNCATED)
    expect(transcode(0, 0)).toBe(KERNEL_ERROR.BAD_TAG)
    expect(transcode(0x0e)).toBe(KERNEL_ERROR.BAD_WIRE_TYPE)
    expect(transcode(0x0c)).toBe(KERNEL_ERROR.BAD_GROUP)
    expect(transcode(...Array<number>(200).fill(0x1b))).toBe(KERNEL_ERROR.TOO_DEEP)
    expect(transcode(0x10, ...Array<number>(11).fill(0xff))).toBe(KERNEL_ERROR.BAD_VARINT)
  })

  it('nothing that fits the largest expansion', () => {
    // the longest name on the shortest value: an empty exponentialHistogram
    const metric = Uint8Array.of(0x52, 0)
    const payload = wrapped(Uint8Array.from(Array.from({ length: 500 }, () => [0x12, 2, ...metric]).flat()), 1, 2)
    const { code } = bed.transcode(
      'metrics',
      payload,
      payload.length * TRANSCODE_EXPANSION_MAX + TRANSCODE_RESERVE_BYTES,
    )
    expect(code / payload.length).toBeGreaterThan(6)
    for (const signal of SIGNALS) {
      for (let seed = 0; seed < 100; seed++) {
        const request = generateRequest(signal, seed, { bytesAbout: 300 })
        const space = request.length * TRANSCODE_EXPANSION_MAX + TRANSCODE_RESERVE_BYTES
        expect(bed.transcode(signal, request, space).code).toBeGreaterThan(0)
      }
    }
  })
})
