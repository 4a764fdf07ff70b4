/** What a call's headers alone decide, asked with raw frames. */
import { constants, type ServerHttp2Stream } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GrpcScope } from '../../../src/ingest/grpc-export.ts'
import { GrpcGate } from '../../../src/ingest/grpc-gate.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { ENGINE_STATE } from '../../../src/shared-memory/control-block.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { callHeaders, dataFrames, FRAME, headerFrames, RawHttp2, wordFrame } from '../../bed/raw-http2.ts'
import { until } from '../../bed/until.ts'

const PATH = SIGNAL_FACTS[0]!.grpcPath
const EMPTY_MESSAGE = Buffer.alloc(5)

let main: FakeMain
let client: RawHttp2
beforeAll(async () => {
  main = await FakeMain.start()
  client = await RawHttp2.open(main.grpcTarget)
})
afterEach(() => {
  expect([main.openBalance('requests'), main.faults, client.isClosed]).toEqual([0, [], false])
})
afterAll(async () => {
  client.destroy()
  await main.stop()
})

/** HTTP status and gRPC status of an empty Export call with these headers. */
async function answerTo(changes: Record<string, string | undefined>): Promise<[http: string, grpc: string]> {
  const { headers } = await client.call(callHeaders(PATH, changes), EMPTY_MESSAGE)
  return [headers[':status']!, headers['grpc-status'] ?? 'none']
}

describe('the content type', () => {
  it.each(['application/grpc', 'application/grpc+proto', 'Application/gRPC;x=y', 'application/grpc ; x=y'])(
    'is gRPC with protobuf: %s',
    async (contentType) => {
      expect(await answerTo({ 'content-type': contentType })).toEqual(['200', '0'])
    },
  )

  it.each(['application/json', 'application/grpc+json', 'application/grpc-web', 'application/grpcx', 'text/plain', ''])(
    'is not: %s',
    async (contentType) => {
      expect(await answerTo({ 'content-type': contentType })).toEqual(['415', 'none'])
    },
  )

  it('is named', async () => {
    expect(await answerTo({ 'content-type': undefined })).toEqual(['415', 'none'])
  })
})

describe('the method', () => {
  it.each([
    ['another method of the service', { ':path': `${PATH}s` }],
    ['another case', { ':path': PATH.toLowerCase() }],
    ['another service', { ':path': '/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export' }],
    ['a path that is none', { ':path': '/\xff%' }],
    ['a query', { ':path': `${PATH}?x=1` }],
    ['GET', { ':method': 'GET' }],
    ['PUT', { ':method': 'PUT' }],
  ])('is not implemented: %s', async (_, changes) => {
    const before = main.counter('grpc_invalid')
    expect(await answerTo(changes)).toEqual(['200', String(status.UNIMPLEMENTED)])
    expect(main.counter('grpc_invalid')).toBe(before + 1)
  })

  it('is found without "te", and with the scheme of a proxy that ended TLS', async () => {
    expect(await answerTo({ te: undefined })).toEqual(['200', '0'])
    expect(await answerTo({ ':scheme': 'https' })).toEqual(['200', '0'])
  })
})

describe('grpc-encoding', () => {
  it.each(['identity', 'gzip', 'GZIP', 'deflate', 'x-gzip'])('%s is taken', async (encoding) => {
    expect(await answerTo({ 'grpc-encoding': encoding })).toEqual(['200', '0'])
  })

  it.each(['snappy', 'br', 'gzip, gzip'])('%s is not implemented, and the answer says what is', async (encoding) => {
    const before = main.counter('rejected_requests')
    const { headers } = await client.call(callHeaders(PATH, { 'grpc-encoding': encoding }), EMPTY_MESSAGE)
    expect(headers['grpc-status']).toBe(String(status.UNIMPLEMENTED))
    const accepted = headers['grpc-accept-encoding']!.split(',')
    expect(accepted).toEqual(expect.arrayContaining(['identity', 'gzip', 'deflate']))
    expect(accepted).not.toContain(encoding)
    expect(main.counter('rejected_requests')).toBe(before + 1)
  })

  it('is told to clients that do well, too', async () => {
    const { headers } = await client.call(callHeaders(PATH), EMPTY_MESSAGE)
    expect(headers['grpc-accept-encoding']).toMatch(/^identity,gzip,deflate/)
  })
})

describe('grpc-timeout', () => {
  it.each(['99999999H', '1H', '10S', '8001m', '5S', '700m'])('%s is long enough', async (timeout) => {
    expect(await answerTo({ 'grpc-timeout': timeout })).toEqual(['200', '0'])
  })

  it.each(['0S', '1n', '999u', '0H'])('%s has passed', async (timeout) => {
    const before = main.counter('refused_deadline')
    expect(await answerTo({ 'grpc-timeout': timeout })).toEqual(['200', String(status.DEADLINE_EXCEEDED)])
    expect(main.counter('refused_deadline')).toBe(before + 1)
  })

  it.each(['-1S', '1X', '123456789S', 'S', '1', '1.5S', '1S1', 'soon'])('%s is invalid', async (timeout) => {
    const { headers } = await client.call(callHeaders(PATH, { 'grpc-timeout': timeout }), EMPTY_MESSAGE)
    expect(headers['grpc-status']).toBe(String(status.INTERNAL))
    expect(decodeURI(headers['grpc-message']!)).toContain('Invalid grpc-timeout')
  })

  describe('of another service', () => {
    const HEALTH = '/grpc.health.v1.Health/Check'
    const call = (timeout: string) => client.call(callHeaders(HEALTH, { 'grpc-timeout': timeout }), EMPTY_MESSAGE)

    it.each(['600H', '99999999H', '2147484S', '36000M', '10S'])('%s is long enough', async (timeout) => {
      const id = client.streamId()
      const headers = callHeaders('/grpc.health.v1.Health/Watch', { 'grpc-timeout': timeout })
      client.write(headerFrames(id, headers), dataFrames(id, EMPTY_MESSAGE))
      const states = () => client.received.filter(({ type, streamId }) => type === FRAME.DATA && streamId === id).length
      await until('the state', () => states() === 1)
      main.setEngineState(ENGINE_STATE.PAUSED)
      await until('its change', () => states() === 2)
      main.setEngineState(ENGINE_STATE.RUNNING)
      client.write(wordFrame(FRAME.RST_STREAM, id, 8))
    })

    it.each(['-1S', '1X', '123456789S', '1 S', 'soon'])('%s is invalid, in the words of Export', async (timeout) => {
      const { headers } = await client.call(callHeaders(PATH, { 'grpc-timeout': timeout }), EMPTY_MESSAGE)
      const other = (await call(timeout)).headers
      expect(other['grpc-status']).toBe(String(status.INTERNAL))
      expect(other['grpc-message']).toBe(headers['grpc-message'])
    })
  })
})

describe('metadata', () => {
  it.each([
    ['bad base64', { 'x-bin': '***' }],
    ['bytes outside ASCII', { 'x-text': '\xe9\xff' }],
    ['reserved names', { 'grpc-foo': 'v', 'grpc-status': '3' }],
    ['8 kB', { authorization: `Bearer ${'v'.repeat(8000)}` }],
  ])('is not looked at: %s', async (_, changes) => {
    expect(await answerTo(changes)).toEqual(['200', '0'])
  })
})

it('a fault of ours after the answer began is told and resets the call: nothing is thrown', () => {
  const faults: unknown[] = []
  const closes: number[] = []
  const scope = { fault: (error: unknown) => faults.push(error) } as unknown as GrpcScope // what it lacks is the fault
  const stream = {
    headersSent: true,
    on() {},
    close: (code: number) => closes.push(code),
    respond() {
      throw new Error('Response has already been initiated.')
    },
  }
  const isTaken = new GrpcGate(scope, new Map()).take(
    stream as unknown as ServerHttp2Stream,
    Object.fromEntries(callHeaders(PATH)),
  )
  expect([isTaken, faults.length, closes]).toEqual([true, 1, [constants.NGHTTP2_INTERNAL_ERROR]])
})
