import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { ProtobufWriter } from '../../../src/otlp/protobuf-writer.ts'

const hexOf = (write: (writer: ProtobufWriter) => void, expectedBytes = 0): string => {
  const writer = new ProtobufWriter(expectedBytes)
  write(writer)
  return writer.written().toString('hex')
}

describe('ProtobufWriter', () => {
  it.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])('writes varint32 %d as protobufjs does', (value) => {
    expect(hexOf((writer) => writer.varint32(value))).toBe(
      Buffer.from(protobuf.Writer.create().uint32(value).finish()).toString('hex'),
    )
  })

  it.each([0n, 127n, 128n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 35n, 2n ** 63n, 2n ** 64n - 1n])(
    'writes varint64 %d minimally',
    (value) => {
      const bytes = Buffer.from(
        hexOf((writer) => writer.varint64(value)),
        'hex',
      )
      expect(bytes).toHaveLength(Math.max(1, Math.ceil(value.toString(2).length / 7)))
      expect(bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n)).toBe(value)
    },
  )

  it('keeps the content of a message that ends where the buffer ends', () => {
    for (let filler = 50; filler < 70; filler++) {
      const written = hexOf((writer) => {
        writer.bytes(Buffer.alloc(filler))
        const lengthOffset = writer.begin()
        writer.varint32(1)
        writer.finish(lengthOffset)
      })
      expect(written.endsWith('0101'), `${filler} bytes before`).toBe(true)
    }
  })

  it.each([0, 127, 128, 16_383, 16_384, 2_097_152])('moves a content of %d bytes behind its length', (contentBytes) => {
    const content = Buffer.alloc(contentBytes, 0xa5)
    const written = hexOf((writer) => {
      const lengthOffset = writer.begin()
      for (const byte of content.subarray(0, 300)) writer.varint32(byte & 0x7f)
      writer.cut(lengthOffset + 1, writer.end)
      if (contentBytes > 0) writer.bytes(content)
      writer.finish(lengthOffset)
    })
    const inner = contentBytes === 0 ? Buffer.alloc(0) : protobuf.Writer.create().bytes(content).finish()
    expect(written === Buffer.from(protobuf.Writer.create().bytes(inner).finish()).toString('hex')).toBe(true)
  })

  it('cuts out of the middle', () => {
    expect(
      hexOf((writer) => {
        writer.string('ab')
        const from = writer.end
        writer.string('cd')
        const to = writer.end
        writer.string('ef')
        writer.cut(from, to)
      }),
    ).toBe('026162026566')
  })
})
