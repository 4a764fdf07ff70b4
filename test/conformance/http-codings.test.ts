/** Content codings over HTTP, both ways: what inflates is taken once, what does not is refused, and a bomb costs little. */
import { crc32, deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  CONTENT_TYPES,
  EACH_WAY,
  ENCODINGS,
  malformedBody,
  meaningOf,
  namedItems,
  namesIn,
  usualBody,
} from './bed/bodies.ts'
import { expectFault } from './bed/faults.ts'
import { growthDuring } from './bed/memory.ts'
import { conformanceScene, HTTP_PATHS, JSON_TYPE, PROTOBUF } from './bed/scene.ts'
import { ask, head } from './bed/socket.ts'
import { statusOf } from './bed/status.ts'

const MIB = 1024 * 1024
const LIMIT_BYTES = MIB
const GZIP_HEAD_BYTES = 10
const GZIP_TRAILER_BYTES = 8
const BOMBS_AT_ONCE = 200
/** Ten bombs of 64 MiB at once would show. */
const GROWTH_BYTES_MAX = 256 * MIB

const scene = conformanceScene({ 'otlp.message.format': 'protobuf', 'otlp.request.max.bytes': String(LIMIT_BYTES) })

const coded = (coding: string) => ({ ...PROTOBUF, 'content-encoding': coding })

/** A member whose header has everything that RFC 1952 knows: FEXTRA, FNAME, FCOMMENT, FHCRC. */
function adornedGzip(body: Buffer): Buffer {
  const plain = gzipSync(body)
  const fixed = Buffer.from([0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3])
  const extra = Buffer.from([4, 0, 0x61, 0x62, 0, 0])
  const start = Buffer.concat([fixed, extra, Buffer.from('name.pb\0a comment\0')])
  const headerCrc = Buffer.alloc(2)
  headerCrc.writeUInt16LE(crc32(start) & 0xffff)
  return Buffer.concat([start, headerCrc, plain.subarray(GZIP_HEAD_BYTES)])
}

function halves(body: Buffer): [Buffer, Buffer] {
  return [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)]
}

describe('gzip', () => {
  it.each(EACH_WAY)('[C02 B050] %s in %s: what was compressed is in Kafka', async (signal, encoding) => {
    const before = (await scene.records(signal)).length
    const headers = { 'content-type': CONTENT_TYPES[encoding], 'content-encoding': 'gzip' }
    expect((await scene.post(signal, gzipSync(usualBody(signal, encoding)), headers)).status).toBe(200)
    const [record] = (await scene.records(signal)).slice(before)
    expect(meaningOf(signal, record!.payload!)).toEqual(meaningOf(signal, usualBody(signal)))
  })

  const body = (name: string) => namedItems('logs', [name, 'x'.repeat(300)])
  const forms: readonly (readonly [what: string, make: (body: Buffer) => Buffer])[] = [
    ['two members', (plain) => Buffer.concat(halves(plain).map((half) => gzipSync(half)))],
    ['name, comment and extra', adornedGzip],
    ['an empty member before', (plain) => Buffer.concat([gzipSync(''), gzipSync(plain)])],
    ['an empty member behind', (plain) => Buffer.concat([gzipSync(plain), gzipSync('')])],
    ['no compression', (plain) => gzipSync(plain, { level: 0 })],
  ]
  it.each(forms)('[B050] with %s is taken', async (what, make) => {
    expect((await scene.post('logs', make(body(what)), coded('gzip'))).status).toBe(200)
    expect(namesIn('logs', await scene.records('logs'))).toContain(what)
  })

  it('[B050] of nothing is an empty request', async () => {
    expect((await scene.post('logs', gzipSync(''), coded('gzip'))).status).toBe(200)
  })

  function damaged(offsetFromEnd: number): Buffer {
    const bytes = gzipSync(body('damaged'))
    bytes[bytes.length - offsetFromEnd]! ^= 0xff
    return bytes
  }
  const broken: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['garbage', Buffer.from('this is no gzip at all')],
    ['nothing', Buffer.alloc(0)],
    ['a wrong checksum', damaged(GZIP_TRAILER_BYTES)],
    ['a wrong size', damaged(4)],
    ['zeros behind it', Buffer.concat([gzipSync(body('junk')), Buffer.alloc(7)])],
    ['junk behind it', Buffer.concat([gzipSync(body('junk')), Buffer.from('junk')])],
    ['half a member behind it', Buffer.concat([gzipSync(body('junk')), gzipSync('x').subarray(0, 12)])],
    ['zlib instead', deflateSync(body('junk'))],
  ]
  it.each(broken)('[C75 B051 H12] that is or has %s is 400', async (_what, bytes) => {
    const answer = await scene.post('logs', bytes, coded('gzip'))
    expectFault(answer, { status: 400, encoding: 'protobuf' })
  })

  it('[C75 B051 H12] cut off at any place is 400, and no record', async () => {
    const before = await scene.delivered('logs')
    const noise = Buffer.from(Array.from({ length: 1500 }, (_, index) => (index * 7919) % 251)).toString('base64')
    const whole = gzipSync(namedItems('logs', ['cut', noise]))
    const cuts = Array.from({ length: Math.ceil(whole.length / 64) }, (_, index) => whole.subarray(0, index * 64))
    const answers = await Promise.all(cuts.map((cut) => scene.post('logs', cut, coded('gzip'))))
    expect(answers.map(({ status }) => status)).toEqual(cuts.map(() => 400))
    expect(await scene.delivered('logs')).toBe(before)
  })

  it('[B052] within gzip is a body that does not decode', async () => {
    expect((await scene.post('logs', gzipSync(gzipSync(body('nested'))), coded('gzip'))).status).toBe(400)
  })
})

describe('Content-Encoding', () => {
  const plain = namedItems('logs', ['coded'])
  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
    ['identity', (body: Buffer) => body],
    ['', (body: Buffer) => body],
  ])('[B054] "%s" is taken', async (coding, compress) => {
    expect((await scene.post('logs', compress(plain), coded(coding))).status).toBe(200)
  })

  it.each(['gzip, gzip', 'gzip, identity, br', 'br', 'compress', 'snappy', 'lz4', '*', 'gzip;q=1'])(
    '[B054 C77 H13] "%s" is 415 and names those that are taken',
    async (coding) => {
      const answer = await scene.post('logs', plain, coded(coding))
      expectFault(answer, { status: 415, encoding: 'protobuf' })
      expect(answer.headers['accept-encoding']).toMatch(/^(?!.*identity;q=0).*\bgzip\b/)
    },
  )

  it('[B054] given twice is a chain, and 415', async () => {
    const lines = [
      'host: x',
      'content-type: application/x-protobuf',
      'content-encoding: gzip',
      'content-encoding: gzip',
    ]
    const [answer] = await ask(scene.http, head('/v1/logs', [...lines, 'content-length: 0']))
    expectFault(answer!, { status: 415, encoding: 'protobuf' })
  })

  it.each([
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ])('[B051 B053] %s that is cut off, garbage or followed by more is 400', async (coding, compress) => {
    const whole = compress(plain)
    for (const bytes of [
      whole.subarray(0, -1),
      whole.subarray(0, 3),
      Buffer.from('garbage'),
      Buffer.concat([whole, plain]),
    ]) {
      expect((await scene.post('logs', bytes, coded(coding))).status).toBe(400)
    }
  })
})

describe('a bomb', () => {
  it.each(EACH_WAY)(
    '[C57 C59 C62 B052 H11] %s in %s: one byte over the limit, inflated, is 413',
    async (signal, encoding) => {
      const headers = { 'content-type': CONTENT_TYPES[encoding], 'content-encoding': 'gzip' }
      const answer = await scene.post(signal, gzipSync(Buffer.alloc(LIMIT_BYTES + 1, ' ')), headers)
      expectFault(answer, { status: 413, encoding })
    },
  )

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ])('[C57 B052 H11] of a thousand to one in %s is 413', async (coding, compress) => {
    expect((await scene.post('logs', compress(Buffer.alloc(64 * MIB)), coded(coding))).status).toBe(413)
  })

  it('[B052] of ten gigabytes costs what the limit allows', async () => {
    const member = gzipSync(Buffer.alloc(128 * MIB))
    const bytes = Buffer.concat(Array.from({ length: 7 }, () => member))
    const [answer, grownBytes] = await growthDuring(scene.engine.pid, () => scene.post('logs', bytes, coded('gzip')))
    expect(answer.status).toBe(413)
    expect(grownBytes).toBeLessThan(GROWTH_BYTES_MAX)
  })

  it('[B055] beside 199 others: each is refused, memory is bounded, and the engine serves', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB))
    const bombs = () =>
      Promise.all(Array.from({ length: BOMBS_AT_ONCE }, () => scene.post('logs', bomb, coded('gzip'))))
    const [answers, grownBytes] = await growthDuring(scene.engine.pid, bombs)
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status !== 413 && status !== 503)).toEqual([])
    expect(grownBytes).toBeLessThan(GROWTH_BYTES_MAX)
  })
})

describe('Accept-Encoding', () => {
  const fault = (encoding: (typeof ENCODINGS)[number], accept: string) =>
    scene.post(HTTP_PATHS.logs, malformedBody(encoding), {
      ...(encoding === 'json' ? JSON_TYPE : PROTOBUF),
      'accept-encoding': accept,
    })

  it.each(ENCODINGS)('[C63] in %s: an answer is gzip when the client takes nothing else', async (encoding) => {
    const answer = await fault(encoding, 'gzip, identity;q=0')
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(statusOf({ headers: answer.headers, body: gunzipSync(answer.body) }).code).toBe(3)
  })

  it.each(['gzip;q=0', 'identity', 'br', 'identity;q=0', 'gzip;q=0, *', ';;;,,,', 'gzip;q=banana', ''])(
    '[C63 B056] "%s" gets a plain answer',
    async (accept) => {
      for (const encoding of ENCODINGS) {
        const answer = await fault(encoding, accept)
        expect(answer.headers['content-encoding']).toBeUndefined()
        expectFault(answer, { status: 400, encoding })
      }
    },
  )

  it.each(['*', 'gzip', 'gzip;q=0.5, *;q=0.1', 'deflate, gzip;q=1.0'])(
    '[C63 B056] "%s" gets one it can read',
    async (accept) => {
      for (const encoding of ENCODINGS) {
        const answer = await fault(encoding, accept)
        const coding = answer.headers['content-encoding']
        expect([undefined, 'gzip']).toContain(coding)
        const body = coding === 'gzip' ? gunzipSync(answer.body) : answer.body
        expect(statusOf({ headers: answer.headers, body }).code).toBe(3)
      }
    },
  )

  it('[C63 B056] an empty answer is not compressed', async () => {
    const answer = await scene.post('logs', Buffer.alloc(0), { ...PROTOBUF, 'accept-encoding': 'gzip, identity;q=0' })
    expect([answer.status, answer.body.length, answer.headers['content-encoding']]).toEqual([200, 0, undefined])
  })
})
