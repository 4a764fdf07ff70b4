import { constants, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ZSTD_FRAMES_MAX, zstdFrameAt, zstdFrames } from '../../../src/ingest/zstd-frame.ts'

const noise = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919 + (index >> 8) * 31) % 251))
const { ZSTD_c_checksumFlag: checksum, ZSTD_c_contentSizeFlag: contentSize, ZSTD_c_windowLog: windowLog } = constants

describe('a zstd frame', () => {
  it.each([
    ['empty', Buffer.alloc(0), {}],
    ['of one byte', Buffer.from('x'), {}],
    ['of one repeated byte', Buffer.alloc(300_000, 7), {}],
    ['that hardly compresses', noise, {}],
    ['with a checksum', noise, { [checksum]: 1 }],
    ['with a window', noise, { [windowLog]: 12 }],
  ])('ends where its last block or its checksum ends: %s', (_, plain, params) => {
    const frame = zstdCompressSync(plain, { params: { ...params, [contentSize]: 1 }, pledgedSrcSize: plain.length })
    const found = zstdFrameAt(Buffer.concat([Buffer.from('before'), frame, Buffer.from('after')]), 6)
    expect(found).toEqual({ start: 6, end: 6 + frame.length, isSkippable: false, contentBytes: plain.length })
  })

  it('may keep its size to itself', () => {
    const frame = zstdCompressSync(noise, { params: { [contentSize]: 0 } })
    expect(zstdFrameAt(frame, 0)).toEqual({ start: 0, end: frame.length, isSkippable: false, contentBytes: undefined })
  })

  it('may be one to skip', () => {
    const frame = Buffer.from('5a2a4d1803000000616263', 'hex')
    expect(zstdFrameAt(frame, 0)).toEqual({ start: 0, end: 11, isSkippable: true, contentBytes: 0 })
    expect(zstdFrameAt(frame.subarray(0, 10), 0)).toBeUndefined()
  })

  it('is none when a byte of it is missing, wherever it breaks off', () => {
    const frame = zstdCompressSync(noise.subarray(0, 700), { params: { [checksum]: 1 } })
    for (let length = 0; length < frame.length; length++)
      expect(zstdFrameAt(frame.subarray(0, length), 0)).toBeUndefined()
  })

  it('is none without the magic number, or with a block of a type that does not exist', () => {
    expect(zstdFrameAt(Buffer.from('1f8b0800000000000000'), 0)).toBeUndefined()
    expect(zstdFrameAt(Buffer.from('28b52ffd2000070000', 'hex'), 0)).toBeUndefined()
  })

  it('reads content sizes of one, two, four and eight bytes', () => {
    const of = (descriptorAndSize: string) => zstdFrameAt(Buffer.from(`28b52ffd${descriptorAndSize}010000`, 'hex'), 0)
    expect(of('20ff')?.contentBytes).toBe(255)
    expect(of('600000')?.contentBytes).toBe(256)
    expect(of('a0ffffffff')?.contentBytes).toBe(2 ** 32 - 1)
    expect(of('e00000000000000001')?.contentBytes).toBe(2 ** 56)
  })
})

describe('a body of several frames', () => {
  const frame = zstdCompressSync('x')
  const skippable = Buffer.from('502a4d1800000000', 'hex')
  const repeated = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes))

  it('is the data in them, without what is to be skipped', () => {
    const body = Buffer.concat([skippable, frame, skippable, frame])
    expect(zstdFrames(body)?.map(({ start }) => start)).toEqual([8, 16 + frame.length])
    expect(zstdFrames(repeated(1000, skippable))).toEqual([])
  })

  it('holds whole frames and nothing else', () => {
    expect(zstdFrames(Buffer.alloc(0))).toBeUndefined()
    expect(zstdFrames(Buffer.concat([frame, Buffer.from('x')]))).toBeUndefined()
  })

  it('has so many at most, because each costs a decoder of its own', () => {
    expect(zstdFrames(repeated(ZSTD_FRAMES_MAX, frame))).toHaveLength(ZSTD_FRAMES_MAX)
    expect(zstdFrames(repeated(ZSTD_FRAMES_MAX + 1, frame))).toBeUndefined()
  })
})
