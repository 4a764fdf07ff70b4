import { expect, it } from 'vitest'
import { FramePrefix, framed } from '../../../src/ingest/grpc-frame.ts'

it('reads flag and length however the prefix is cut', () => {
  const bytes = Buffer.from([1, 0x01, 0x02, 0x03, 0x04, 99])
  for (let cut = 0; cut <= 5; cut++) {
    const prefix = new FramePrefix()
    expect(prefix.read(bytes.subarray(0, cut))).toBe(cut)
    expect([prefix.isEmpty, prefix.isComplete]).toEqual([cut === 0, cut === 5])
    expect(prefix.read(bytes.subarray(cut))).toBe(5 - cut)
    expect([prefix.isCompressed, prefix.messageBytes]).toEqual([true, 0x01020304])
  }
})

it('reads lengths beyond 31 bits as what they are', () => {
  const prefix = new FramePrefix()
  prefix.read(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))
  expect(prefix.messageBytes).toBe(2 ** 32 - 1)
})

it('frames a message without compression', () => {
  expect(framed(Buffer.from('abc'))).toEqual(Buffer.from([0, 0, 0, 0, 3, 97, 98, 99]))
})
