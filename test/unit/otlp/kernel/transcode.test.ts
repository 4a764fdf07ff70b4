import { describe, expect, it } from 'vitest'
import { protobufType } from '../../../../src/otlp/protobufjs-types.ts'
import { REQUEST_MESSAGES } from '../../../../src/otlp/schema.ts'
import { SIGNALS } from '../../../../src/otlp/signal.ts'
import { WireWriter } from '../../../generator/wire-writer.ts'
import { anyValue, json, span, utf8, wrapped } from './kernel-text.ts'

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
