import { describe, expect, it } from 'vitest'
import { KERNEL_ERROR, TRANSCODE_EXPANSION_MAX, TRANSCODE_RESERVE_BYTES } from '../../../../src/otlp/kernel-instance.ts'
import { protobufType } from '../../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../../src/otlp/schema.ts'
import type { Signal } from '../../../../src/otlp/signal.ts'
import { SIGNALS } from '../../../../src/otlp/signal.ts'
import { KernelBed } from '../../../generator/kernel-bed.ts'
import { generateRequest } from '../../../generator/payload.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'

const bed = new KernelBed(1 << 20, 4 << 20)

function json(signal: Signal, payload: Uint8Array): string {
  const { code, json } = bed.transcode(signal, payload)
  expect(code).toBeGreaterThan(0)
  return json
}

/** field number of `inner` in each message around it, from the request down */
function wrapped(inner: Uint8Array, ...fieldNumbers: number[]): Uint8Array {
  let payload = inner
  for (const number of fieldNumbers.reverse()) payload = new WireWriter().tag(number, 2).sized(payload).finish()
  return payload
}

const SPAN = [1, 2, 2]
const span = (write: (writer: WireWriter) => WireWriter): string => {
  const text = json('traces', wrapped(write(new WireWriter()).finish(), ...SPAN))
  return /^\{"resourceSpans":\[\{"scopeSpans":\[\{"spans":\[(.*)\]\}\]\}\]\}$/s.exec(text)![1]!
}
/** the value of a resource attribute of log records */
const anyValue = (write: (writer: WireWriter) => WireWriter): string => {
  const text = json('logs', wrapped(write(new WireWriter()).finish(), 1, 1, 1, 2))
  return /"value":(.*)\}\]\}\}\]\}$/.exec(text)![1]!
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('kernel transcode writes', () => {
  it('a whole request as OTLP/JSON: lowerCamelCase, ids in hex, 64 bits as text, enums as numbers', () => {
    const type = protobufType(REQUEST_MESSAGES[0]!)
    const request = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: Buffer.from('5b8efff798038103d269b633813fc60c', 'hex'),
                  spanId: Buffer.from('eee19b7ec3c1b174', 'hex'),
                  name: 'I\'m a "span"',
                  kind: 2,
                  startTimeUnixNano: '1544712660000000000',
                  attributes: [{ key: 'n', value: { intValue: '-1' } }],
                  status: { code: 2 },
                  flags: 257,
                },
              ],
            },
          ],
        },
      ],
    }
    expect(json('traces', type.encode(type.fromObject(request)).finish())).toBe(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},' +
        '"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",' +
        '"name":"I\'m a \\"span\\"","kind":2,"startTimeUnixNano":"1544712660000000000",' +
        '"attributes":[{"key":"n","value":{"intValue":"-1"}}],"status":{"code":2},"flags":257}]}]}]}',
    )
  })

  it('an empty request as an empty object', () => {
    for (const signal of SIGNALS) expect(json(signal, new Uint8Array())).toBe('{}')
  })

  it('ids of any length as hex', () => {
    for (let bytes = 0; bytes < 50; bytes++) {
      const id = Uint8Array.from({ length: bytes }, (_, index) => index * 37 + 5)
      expect(span((writer) => writer.tag(1, 2).sized(id))).toBe(`{"traceId":"${Buffer.from(id).toString('hex')}"}`)
    }
  })

  it('bytes of any length as base64 with padding', () => {
    for (let bytes = 0; bytes < 50; bytes++) {
      const value = Uint8Array.from({ length: bytes }, (_, index) => 255 - index * 41)
      const base64 = Buffer.from(value).toString('base64')
      expect(anyValue((writer) => writer.tag(7, 2).sized(value))).toBe(`{"bytesValue":"${base64}"}`)
    }
  })

  it('integers of every size and sign', () => {
    const numbers = [0n, 9n, 10n, 99n, 100n, 12345n, 99999999n, 100000000n, 4294967295n, 4294967296n, 10n ** 16n - 1n]
    numbers.push(10n ** 16n, 2n ** 63n - 1n, 10n ** 18n, 1763629200012345678n)
    for (const value of [...numbers, ...numbers.map((each) => -each), -(2n ** 63n)]) {
      expect(anyValue((writer) => writer.tag(3, 0).varint(value))).toBe(`{"intValue":"${value}"}`)
    }
    for (const value of [...numbers, 2n ** 64n - 1n]) {
      expect(span((writer) => writer.tag(7, 1).fixed64(value))).toBe(`{"startTimeUnixNano":"${value}"}`)
    }
    for (let digits = 1; digits <= 19; digits++) {
      const value = BigInt('1234567890123456789'.slice(0, digits))
      expect(anyValue((writer) => writer.tag(3, 0).varint(value))).toBe(`{"intValue":"${value}"}`)
    }
  })

  it('32-bit fields from the low half of a varint, as decoders do', () => {
    expect(span((writer) => writer.tag(10, 0).varint(2n ** 32n + 7n))).toBe('{"droppedAttributesCount":7}')
    expect(span((writer) => writer.tag(6, 0).varint(-2))).toBe('{"kind":-2}')
    expect(anyValue((writer) => writer.tag(8, 0).varint(-2147483648))).toBe('{"stringValueStrindex":-2147483648}')
    expect(anyValue((writer) => writer.tag(2, 0).varint(2n ** 40n))).toBe('{"boolValue":true}')
    expect(anyValue((writer) => writer.tag(2, 0).varint(0))).toBe('{"boolValue":false}')
  })

  it('zigzag, packed and unpacked fields', () => {
    const point = new WireWriter().tag(6, 0).varint(1)
    point.tag(8, 2).sized(Uint8Array.of(0x08, 4, 0x12, 3, 1, 0xac, 2, 0x10, 5))
    expect(json('metrics', wrapped(point.finish(), 1, 2, 2, 10, 1))).toContain(
      '"dataPoints":[{"scale":-1,"positive":{"offset":2,"bucketCounts":["1","300","5"]}}]',
    )
  })
})

describe('kernel transcode escapes', () => {
  it('control characters, quote and backslash, wherever they stand', () => {
    for (const special of ['"', '\\', '\n', '\r', '\t', '\b', '\f', '\u0000', '\u001f', '\u0001']) {
      for (let before = 0; before < 36; before++) {
        const text = `${'a'.repeat(before)}${special}${'b'.repeat((before * 7) % 19)}`
        const written = span((writer) => writer.tag(5, 2).sized(utf8(text)).tag(3, 2).sized(utf8(special)))
        expect(written).toBe(`{"name":${JSON.stringify(text)},"traceState":${JSON.stringify(special)}}`)
      }
    }
  })

  it('nothing else: valid UTF-8 passes', () => {
    for (const text of ['é', '中文', '😀', '\u007f', '\u2028', '\ufeff', '/']) {
      for (let times = 1; times < 12; times++) {
        const written = span((writer) => writer.tag(5, 2).sized(utf8(text.repeat(times))))
        expect(written).toBe(`{"name":"${text.repeat(times)}"}`)
      }
    }
  })

  it('a text of nothing but control characters, six times as long', () => {
    const text = '\u0001'.repeat(10_000)
    expect(span((writer) => writer.tag(5, 2).sized(utf8(text)))).toBe(`{"name":"${'\\u0001'.repeat(10_000)}"}`)
  })
})

describe('kernel transcode merges', () => {
  const event = (name: string) => wrapped(utf8(name), 2)
  const attribute = (key: string) => wrapped(utf8(key), 1)

  it('repeated fields that arrive interleaved, in order of arrival', () => {
    const written = span((writer) => {
      writer.tag(11, 2).sized(event('a')).tag(9, 2).sized(attribute('k')).tag(11, 2).sized(event('b'))
      return writer.tag(5, 2).sized(utf8('n')).tag(9, 2).sized(attribute('l'))
    })
    expect(JSON.parse(written)).toEqual({
      name: 'n',
      attributes: [{ key: 'k' }, { key: 'l' }],
      events: [{ name: 'a' }, { name: 'b' }],
    })
  })

  it('scalars to the last one', () => {
    expect(span((writer) => writer.tag(5, 2).sized(utf8('a')).tag(6, 0).varint(1).tag(5, 2).sized(utf8('b')))).toBe(
      '{"name":"b","kind":1}',
    )
  })

  it('members of a oneof to the last one', () => {
    const twice = (writer: WireWriter) => writer.tag(3, 0).varint(1).tag(1, 2).sized(utf8('x'))
    expect(anyValue(twice)).toBe('{"stringValue":"x"}')
    expect(anyValue((writer) => twice(writer).tag(3, 0).varint(2))).toBe('{"intValue":"2"}')
  })

  it('messages that come in pieces, at every level', () => {
    const written = span((writer) => {
      writer
        .tag(15, 2)
        .sized(Uint8Array.of(0x12, 1, 0x61))
        .tag(6, 0)
        .varint(1)
      return writer
        .tag(15, 2)
        .sized(Uint8Array.of(0x18, 2))
        .tag(15, 2)
        .sized(Uint8Array.of(0x12, 1, 0x62))
    })
    expect(JSON.parse(written)).toEqual({ kind: 1, status: { message: 'b', code: 2 } })
  })

  it('pieces of a oneof message only since another member was last set', () => {
    const array = (value: number) => Uint8Array.of(0x0a, 2, 0x18, value)
    const written = anyValue((writer) => {
      writer.tag(5, 2).sized(array(1)).tag(5, 2).sized(array(2)).tag(1, 2).sized(utf8('x'))
      return writer.tag(5, 2).sized(array(3)).tag(5, 2).sized(array(4))
    })
    expect(JSON.parse(written)).toEqual({ arrayValue: { values: [{ intValue: '3' }, { intValue: '4' }] } })
  })

  it('packed and unpacked elements of one field, with another field between', () => {
    const sample = new WireWriter().tag(4, 2).sized(Uint8Array.of(1, 2)).tag(1, 0).varint(9).tag(4, 0).varint(3)
    const written = json('profiles', wrapped(sample.tag(4, 2).sized(new Uint8Array()).finish(), 1, 2, 2, 2))
    expect(written).toContain('"samples":[{"stackIndex":9,"values":["1","2","3"]}]')
  })

  it('at any depth without beginning again at each level', () => {
    const content = repeated(1, [0x0a, 1, 0x61, 0x12, 2, 0x18, 5], 20_000)
    const list = (isRepeating: boolean): Uint8Array => {
      let value: Uint8Array = wrapped(content, 6)
      for (let level = 0; level < 30; level++) {
        const entry = new WireWriter().tag(1, 2).sized(utf8('k')).tag(2, 2).sized(value)
        if (isRepeating) entry.tag(1, 2).sized(utf8('l'))
        value = wrapped(entry.finish(), 6, 1)
      }
      return wrapped(value, 1, 1, 1, 2)
    }
    const [repeating, plain] = [list(true), list(false)]
    const bestMs = (payload: Uint8Array): number => {
      const times = Array.from({ length: 5 }, () => {
        const startMs = performance.now()
        expect(bed.transcode('logs', payload).code).toBeGreaterThan(0)
        return performance.now() - startMs
      })
      return Math.min(...times)
    }
    // once more for what was begun, the exact way once or twice; thirty times would be 100 and more
    expect(bestMs(repeating) / bestMs(plain)).toBeLessThan(25)
  })
})

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
  'empty messages': ['traces', wrapped(repeated(9, [], 400), ...SPAN)],
  scalars: ['metrics', wrapped(scalars(), 1, 2, 2, 10, 1)],
  'a merged message': ['traces', wrapped(statusInPieces(), ...SPAN)],
}

function repeated(number: number, content: number[], times: number): Uint8Array {
  const writer = new WireWriter()
  for (let left = times; left > 0; left--) writer.tag(number, 2).sized(Uint8Array.from(content))
  return writer.finish()
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
