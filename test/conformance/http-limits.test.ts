/** The limit of a request over HTTP: exact, on the wire and inflated, 64 MiB unless it is configured. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../src/base/units.ts'
import type { Signal } from '../../src/otlp/signal.ts'
import { post } from '../bed/http-client.ts'
import { CONTENT_TYPES, EACH_WAY, ENCODINGS, type Encoding, namedItems } from './bed/bodies.ts'
import { curl } from './bed/curl.ts'
import { expectFault } from './bed/faults.ts'
import { conformanceScene, HTTP_PATHS, type Scene } from './bed/scene.ts'
import { HttpSocket, head } from './bed/socket.ts'

const LIMIT_BYTES = 100 * KIB
const DEFAULT_LIMIT_BYTES = 64 * MIB
/** Field 1000, length-delimited: no message has it. */
const UNKNOWN_TAG = Buffer.from([0xc2, 0x3e])

/** A request of one item and exactly that size, the rest in a field that nobody knows: its record is small. */
function padded(signal: Signal, encoding: Encoding, bytes: number): Buffer {
  const item = namedItems(signal, ['padded'], encoding)
  if (encoding === 'json') {
    const start = Buffer.concat([item.subarray(0, -1), Buffer.from(',"unknown":"')])
    return Buffer.concat([start, Buffer.alloc(bytes - start.length - 2, 'x'), Buffer.from('"}')])
  }
  const length = Buffer.alloc(5)
  const fillerBytes = bytes - item.length - UNKNOWN_TAG.length - length.length
  // A varint may be longer than it needs.
  for (let at = 0; at < 5; at++) length[at] = ((fillerBytes >>> (7 * at)) & 0x7f) | (at < 4 ? 0x80 : 0)
  return Buffer.concat([item, UNKNOWN_TAG, length, Buffer.alloc(fillerBytes, 'x')])
}

interface Sent {
  readonly how: 'with its length' | 'in chunks' | 'in gzip'
  readonly body: Buffer
}

function send(scene: Scene, signal: Signal, encoding: Encoding, { how, body }: Sent) {
  const headers = { 'content-type': CONTENT_TYPES[encoding], ...(how === 'in gzip' && { 'content-encoding': 'gzip' }) }
  const content =
    how === 'in chunks'
      ? { chunks: [body.subarray(0, 10), body.subarray(10)] }
      : { body: how === 'in gzip' ? gzipSync(body) : body }
  return post(`http://${scene.http}${HTTP_PATHS[signal]}`, { headers, ...content })
}

const HOW = ['with its length', 'in chunks', 'in gzip'] as const

describe('a limit that is configured', () => {
  const scene = conformanceScene({ 'otlp.request.max.bytes': String(LIMIT_BYTES) })

  it('[C59] what a client goes on to send after 413 is read and dropped, a hundred times the limit too', async () => {
    const socket = await HttpSocket.open(scene.http)
    const headers = ['host: x', `content-type: ${CONTENT_TYPES.protobuf}`]
    socket.write(head(HTTP_PATHS.logs, [...headers, 'transfer-encoding: chunked']))
    const chunk = `${LIMIT_BYTES.toString(16)}\r\n${'x'.repeat(LIMIT_BYTES)}\r\n`
    for (let count = 0; count < 2; count++) socket.write(chunk)
    expect((await socket.answers()).map(({ status }) => status)).toEqual([413])
    for (let count = 0; count < 100; count++) socket.write(chunk)
    // The next request on the connection is answered: all before it was read.
    socket.write(`0\r\n\r\n${head('/nothing', headers, 'GET')}`)
    expect((await socket.answers(2)).map(({ status }) => status)).toEqual([413, 404])
    socket.destroy()
  })

  describe.each(HOW)('%s', (how) => {
    it.each(EACH_WAY)(
      `[C57 C58 C59 H11] %s in %s ${how}: the limit is taken, one byte more is 413`,
      async (signal, encoding) => {
        const before = await scene.delivered(signal)
        const fits = await send(scene, signal, encoding, { how, body: padded(signal, encoding, LIMIT_BYTES) })
        expect([fits.status, fits.body.toString()]).toEqual([200, encoding === 'json' ? '{}' : ''])
        const over = await send(scene, signal, encoding, { how, body: padded(signal, encoding, LIMIT_BYTES + 1) })
        const status = expectFault(over, { status: 413, encoding })
        expect(status.message).toContain('otlp.request.max.bytes')
        expect(await scene.delivered(signal)).toBe(before + 1)
      },
    )
  })
})

describe('the default limit', () => {
  const scene = conformanceScene()
  const url = () => `http://${scene.http}/v1/logs`

  it.each(ENCODINGS)('[C58 C131] 60 MiB in %s are taken', async (encoding) => {
    for (const how of HOW) {
      const answer = await send(scene, 'logs', encoding, { how, body: padded('logs', encoding, 60 * MIB) })
      expect([how, answer.status, answer.body.toString()]).toEqual([how, 200, encoding === 'json' ? '{}' : ''])
    }
  })

  it.each(ENCODINGS)(
    '[C58 C59] more than 64 MiB in %s are 413, which a client reads that is still sending',
    async (encoding) => {
      const body = Buffer.alloc(DEFAULT_LIMIT_BYTES + MIB, ' ')
      const type = `Content-Type: ${CONTENT_TYPES[encoding]}`
      for (const more of [[], ['Transfer-Encoding: chunked']]) {
        const answers = await curl(url(), { headers: [type, 'Expect:', ...more], body })
        expectFault(answers.at(-1)!, { status: 413, encoding })
      }
    },
  )
})
