/** HTTP/2 as attackers speak it: floods, bombs, and what breaks the protocol. Each ends, in bounded memory. */
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/base/units.ts'
import { headerBlock, integer } from '../bed/hpack.ts'
import {
  callHeaders,
  dataFrames,
  FLAG,
  FRAME,
  headerFrames,
  type RawHttp2,
  frame as rawFrame,
  SETTING,
  settingsFrame,
  wordFrame,
} from '../bed/raw-http2.ts'
import { until } from '../bed/until.ts'
import { exportPath, frame } from './bed/http2-call.ts'
import { growthDuring } from './bed/memory.ts'
import { connected, END_DEADLINE_MS, ended, endOf, flood, isAnswered, statusOf } from './bed/raw-connection.ts'
import { sample } from './bed/samples.ts'
import { conformanceScene } from './bed/scene.ts'

const OK = '0'
const INTERNAL_ERROR = 2
const ENHANCE_YOUR_CALM = 11
const PATH = exportPath('traces')
const BODY = frame(sample('traces'))

/** Connections that HTTP/2 has given up are closed by the keepalive. */
const scene = conformanceScene({ 'otlp.grpc.keepalive.time.ms': '1000', 'otlp.grpc.keepalive.timeout.ms': '1000' })

it.each([
  ['before END_STREAM', (id: number) => [headerFrames(id, callHeaders(PATH))]],
  ['after END_STREAM', (id: number) => [headerFrames(id, callHeaders(PATH)), dataFrames(id, BODY)]],
])('[B102] gRPC: rapid reset %s ends the connection, the work is bounded', async (_, open) => {
  const before = (await scene.records('traces')).length
  const code = await connected(scene.grpc, async (client) => {
    await flood(
      client,
      () => {
        const id = client.streamId()
        return Buffer.concat([...open(id), wordFrame(FRAME.RST_STREAM, id, 8)])
      },
      100_000,
    )
    return ended(client)
  })
  expect([ENHANCE_YOUR_CALM, INTERNAL_ERROR, -1]).toContain(code)
  expect((await scene.records('traces')).length - before).toBeLessThan(5000)
})

describe('what breaks HTTP/2', () => {
  const continued = Buffer.alloc(16_000, headerBlock([['x', 'y'.repeat(96)]]))
  // A field of 4 kB goes into the table once and is named 16 000 times by one byte each: 64 MB from 20 kB.
  const bomb = Buffer.concat([Buffer.from([0x40]), text('x'), text('v'.repeat(4000)), Buffer.alloc(16_000, 0xbe)])

  it.each<[string, (client: RawHttp2) => Promise<void> | void]>([
    ['[B103] gRPC: a window grown by 0', (client) => client.write(wordFrame(FRAME.WINDOW_UPDATE, 0, 0))],
    [
      '[B103] gRPC: a window grown beyond 2^31',
      (client) => client.write(...two(wordFrame(FRAME.WINDOW_UPDATE, 0, 0x7fff_ffff))),
    ],
    [
      '[B103] gRPC: CONTINUATION without end',
      async (client) => {
        client.write(rawFrame(FRAME.HEADERS, FLAG.END_STREAM, 1, headerBlock(callHeaders(PATH))))
        await flood(client, () => rawFrame(FRAME.CONTINUATION, 0, 1, continued), 2000)
      },
    ],
    [
      '[B103] gRPC: CONTINUATION without HEADERS',
      (client) => client.write(rawFrame(FRAME.CONTINUATION, FLAG.END_HEADERS, 1, headerBlock(callHeaders(PATH)))),
    ],
    ['[B103] gRPC: DATA on no stream', (client) => client.write(dataFrames(0, BODY))],
    ['[B103] gRPC: a frame of 16 MB', (client) => client.write(Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]))],
    [
      '[B103] gRPC: a header block that is none',
      (client) => client.write(rawFrame(FRAME.HEADERS, FLAG.END_HEADERS, 1, Buffer.alloc(50, 0xff))),
    ],
    ['[B103] gRPC: an even stream', (client) => client.write(headerFrames(2, callHeaders(PATH)))],
    [
      '[B103] gRPC: settings that are none',
      (client) => client.write(settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 0xffff_ffff]])),
    ],
    [
      '[B103] gRPC: a PUSH_PROMISE',
      (client) => client.write(rawFrame(FRAME.PUSH_PROMISE, FLAG.END_HEADERS, 1, Buffer.alloc(8))),
    ],
  ])('%s ends the connection', async (_, attack) => {
    expect(
      await connected(scene.grpc, async (client) => {
        await attack(client)
        return ended(client)
      }),
    ).toBeDefined()
  })

  it('[B103] gRPC: an HPACK bomb and a header list over the limit are refused, in bounded memory', async () => {
    const blocks = [
      bomb,
      headerBlock([
        ...callHeaders(PATH),
        ...Array.from({ length: 40 }, (): [string, string] => ['x', 'v'.repeat(4000)]),
      ]),
    ]
    for (const block of blocks) {
      const [isRefused, growthBytes] = await growthDuring(scene.engine.pid, () =>
        connected(scene.grpc, async (client) => {
          client.write(...blockFrames(client.streamId(), block))
          await until('a refusal', () => endOf(client) !== undefined || isAnswered(client, 1), END_DEADLINE_MS)
          return endOf(client) !== undefined || statusOf(await client.answer(1)) !== OK
        }),
      )
      expect([isRefused, growthBytes < 32 * MIB]).toEqual([true, true])
    }
  })

  it.each([
    ['SETTINGS', settingsFrame([[SETTING.INITIAL_WINDOW_SIZE, 65_535]])],
    ['PING', rawFrame(FRAME.PING, 0, 0, Buffer.alloc(8))],
    ['PRIORITY', rawFrame(FRAME.PRIORITY, 0, 99, Buffer.alloc(5))],
  ])('[B103] gRPC: a flood of %s that never reads its answers takes bounded memory', async (_, part) => {
    const [, growthBytes] = await growthDuring(scene.engine.pid, () =>
      connected(scene.grpc, async (client) => {
        client.pause()
        await flood(client, () => part, 100_000).catch(() => {}) // the server may stop reading: that bounds it as well
      }),
    )
    expect(growthBytes).toBeLessThan(32 * MIB)
  })
})

function two(part: Buffer): Buffer[] {
  return [part, part]
}

function text(value: string): Buffer {
  return Buffer.concat([integer(value.length, 7, 0), Buffer.from(value)])
}

function blockFrames(id: number, block: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let from = 0; from < block.length; from += 16_000) {
    const isLast = from + 16_000 >= block.length
    const flags = (from === 0 ? FLAG.END_STREAM : 0) | (isLast ? FLAG.END_HEADERS : 0)
    frames.push(
      rawFrame(from === 0 ? FRAME.HEADERS : FRAME.CONTINUATION, flags, id, block.subarray(from, from + 16_000)),
    )
  }
  return frames
}
