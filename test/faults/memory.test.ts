/**
 * Far more bytes at once than the engine has room for: uploads of 60 MiB by the dozen and gzip bombs by the hundred. It
 * refuses for a while, keeps answering small requests in time, and never takes more memory than `sluice check` prints.
 */

import { readFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { type ClientHttp2Stream, connect } from 'node:http2'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { MIB } from '../../src/base/units.ts'
import { resolveLimits } from '../../src/config/limits.ts'
import { configFromOptions } from '../../src/config/load.ts'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'
import { quiescentMetrics } from '../bed/conservation.ts'
import { type RunningEngine, startEngine } from '../bed/engine.ts'
import { GrpcClient } from '../bed/grpc-client.ts'
import { Ledger } from '../bed/ledger.ts'
import { createTopics } from '../bed/topics.ts'

const UPLOADS = 50
const BOMBS = 100
const PART_BYTES = 256 * 1024
/** The process without a request: Node, its threads, their code and heaps. */
const PROCESS_BYTES = 250 * MIB
const PRODUCER_QUEUE_BYTES = 64 * MIB
/** What a client with usual patience takes for "at once"; two cores do all of this. */
const SMALL_MS_MAX = 3000

const OPTIONS = {
  'engine.ingest.threads': 1,
  'engine.serializer.threads': 1,
  'otlp.queue.max.bytes': 64 * MIB,
  'otlp.message.format': 'protobuf',
} as const

const kafka = inject('kafkaBootstrapServers')
let engine: RunningEngine
let boundBytes: number

beforeAll(async () => {
  const { config } = await createTopics(kafka)
  const options = Object.fromEntries(Object.entries(OPTIONS).map(([key, value]) => [key, String(value)]))
  engine = await startEngine({ bootstrapServers: kafka, config: { ...config, ...options } })
  const limits = resolveLimits(configFromOptions(OPTIONS, { embeddedBroker: true }).config, 2)
  const shares = [...limits.memorySum, ...limits.besideSum]
  boundBytes = shares.reduce((sum, { bytes }) => sum + bytes, PROCESS_BYTES + PRODUCER_QUEUE_BYTES)
})
afterAll(() => engine?.kill())

/** The most that the process ever had resident. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${engine.pid}/status`, 'latin1')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024
}

const large = Ledger.body('large', 60 * MIB)
const bomb = gzipSync(Buffer.alloc(65 * MIB))

/** Sends until the answer comes; one that is refused early may lose its connection instead. */
function uploadHttp(body: Buffer, headers: Record<string, string>, isChunked = false): Promise<string> {
  const length = isChunked ? {} : { 'content-length': body.length }
  const all = { 'content-type': 'application/x-protobuf', ...length, ...headers }
  return new Promise((resolve) => {
    const outgoing = request(`http://${engine.addresses.http}/v1/traces`, {
      method: 'POST',
      headers: all,
      agent: false,
    })
    outgoing.on('response', ({ statusCode }) => {
      resolve(`http ${statusCode}`)
      outgoing.destroy()
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(`http ${error.code}`))
    outgoing.end(body)
  })
}

async function uploadGrpc(body: Buffer, headers: Record<string, string>): Promise<string> {
  const session = connect(`http://${engine.addresses.grpc}`)
  session.on('error', () => {})
  const path = SIGNAL_FACTS[0]!.grpcPath
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers })
  stream.on('error', () => {})
  const prefix = Buffer.alloc(5)
  prefix[0] = headers['grpc-encoding'] === undefined ? 0 : 1
  prefix.writeUInt32BE(body.length, 1)
  // Node's client never sees the answer to a refused stream while one write of this size is pending.
  Readable.from(parts(prefix, body)).pipe(stream)
  const status = await grpcStatus(stream)
  session.destroy()
  return `grpc ${status}`
}

function* parts(prefix: Buffer, body: Buffer): Generator<Buffer> {
  yield prefix
  for (let from = 0; from < body.length; from += PART_BYTES) yield body.subarray(from, from + PART_BYTES)
}

/** A Trailers-Only answer has it in its headers. */
function grpcStatus(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    let found: unknown = 'none'
    const look = (headers: IncomingHttpHeaders): void => {
      found = headers['grpc-status'] ?? found
    }
    stream.on('response', look)
    stream.on('trailers', look)
    stream.on('close', () => resolve(found))
    stream.resume()
  })
}

interface SmallAnswer {
  readonly answer: string
  readonly elapsedMs: number
}

/** Small requests, one after the other over both protocols, until `end` settles. */
async function smallUntil(end: Promise<unknown>): Promise<SmallAnswer[]> {
  const answers: SmallAnswer[] = []
  const client = new GrpcClient(engine.addresses.grpc)
  let isOver = false
  void end.finally(() => {
    isOver = true
  })
  const timed = async (send: () => Promise<string>): Promise<void> => {
    const startMs = performance.now()
    const answer = await send()
    answers.push({ answer, elapsedMs: performance.now() - startMs })
  }
  while (!isOver) {
    await timed(() => uploadHttp(Ledger.body('small'), {}))
    await timed(async () => `grpc ${(await client.export(1, Buffer.alloc(0))).code}`)
  }
  client.close()
  return answers
}

function counted(answers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

/** Sends all at once. Nobody is told anything else than `expected`; small requests are answered in time. */
async function survives(
  storm: readonly Promise<string>[],
  expected: readonly string[],
): Promise<Record<string, number>> {
  const all = Promise.all(storm)
  const small = await smallUntil(all)
  const counts = counted(await all)
  expect(Object.keys(counts).filter((answer) => !expected.includes(answer))).toEqual([])
  expect(small.filter(({ answer }) => !['http 200', 'http 503', 'grpc 0', 'grpc 14'].includes(answer))).toEqual([])
  expect(small.filter(({ elapsedMs }) => elapsedMs > SMALL_MS_MAX)).toEqual([])
  expect(await peakBytes()).toBeLessThan(boundBytes)
  return counts
}

async function expectServing(): Promise<void> {
  await quiescentMetrics(engine)
  expect(await uploadHttp(Ledger.body('after'), {})).toBe('http 200')
  const client = new GrpcClient(engine.addresses.grpc)
  expect(await client.export(0, Ledger.body('after'))).toMatchObject({ code: 0 })
  client.close()
}

function times(count: number, send: () => Promise<string>): Promise<string>[] {
  return Array.from({ length: count }, send)
}

describe('memory stays under its bound', () => {
  it(`with ${2 * UPLOADS} uploads of 60 MiB at once, over both protocols, of known length or none`, async () => {
    const storm = [
      ...times(UPLOADS / 2, () => uploadHttp(large, {})),
      ...times(UPLOADS / 2, () => uploadHttp(large, {}, true)),
      ...times(UPLOADS, () => uploadGrpc(large, {})),
    ]
    await survives(storm, ['http 200', 'http 503', 'http EPIPE', 'http ECONNRESET', 'grpc 0', 'grpc 14'])
    await expectServing()
  })

  it(`with ${2 * BOMBS} gzip bombs at once, over both protocols`, async () => {
    const storm = [
      ...times(BOMBS, () => uploadHttp(bomb, { 'content-encoding': 'gzip' })),
      ...times(BOMBS, () => uploadGrpc(bomb, { 'grpc-encoding': 'gzip' })),
    ]
    const counts = await survives(storm, ['http 413', 'http 503', 'grpc 8', 'grpc 14'])
    expect((counts['http 413'] ?? 0) + (counts['grpc 8'] ?? 0)).toBeGreaterThan(0)
    await expectServing()
  })

  it('and does not grow from one storm to the next', async () => {
    const storm = () => [
      ...times(UPLOADS / 2, () => uploadHttp(large, {}, true)),
      ...times(BOMBS, () => uploadHttp(bomb, { 'content-encoding': 'gzip' })),
    ]
    const expected = ['http 200', 'http 413', 'http 503', 'http EPIPE', 'http ECONNRESET']
    await survives(storm(), expected)
    const afterFirst = await peakBytes()
    await survives(storm(), expected)
    expect((await peakBytes()) / afterFirst).toBeLessThan(1.15)
    await expectServing()
    expect(await engine.stop()).toMatchObject({ code: 0 })
  })
})
