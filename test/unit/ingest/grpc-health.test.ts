import { Client, type ClientReadableStream, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { decode, encode, pathOf } from '../../../src/ingest/grpc-codec.ts'
import { HEALTH_SERVICE } from '../../../src/otlp/schema-grpc.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { ENGINE_STATE, KAFKA_STATE } from '../../../src/shared-memory/control-block.ts'
import { FakeMain } from '../../bed/fake-main.ts'
import { until } from '../../bed/until.ts'

const [SERVING, NOT_SERVING, SERVICE_UNKNOWN] = [1, 2, 3]
const SERVICES = ['', ...SIGNAL_FACTS.map(({ grpcPath }) => grpcPath.split('/')[1]!)]

let main: FakeMain
let client: Client
beforeAll(async () => {
  main = await FakeMain.start()
  client = new Client(main.grpcTarget, credentials.createInsecure())
})
afterEach(() => {
  main.shared.control.kafkaState = KAFKA_STATE.UP
  main.setEngineState(ENGINE_STATE.RUNNING)
  expect(main.faults).toEqual([])
})
afterAll(async () => {
  client.close()
  await main.stop()
})

const method = (name: string) => HEALTH_SERVICE.methods.find((each) => each.name === name)!
const codecs = (name: string) =>
  [
    pathOf(HEALTH_SERVICE, name),
    (request: object) => encode(method(name).input, request),
    (bytes: Buffer) => decode(method(name).output, bytes) as Record<string, unknown>,
  ] as const

function ask(name: string, request: object): Promise<{ code: number; response?: Record<string, unknown> }> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(...codecs(name), request, (error: ServiceError | null, response) => {
      resolve(response === undefined ? { code: error!.code } : { code: 0, response })
    })
  })
}

function watch(service: string): { call: ClientReadableStream<Record<string, unknown>>; seen: unknown[] } {
  const call = client.makeServerStreamRequest(...codecs('Watch'), { service })
  const seen: unknown[] = []
  call.on('data', (answer) => seen.push(answer.status))
  call.on('error', () => {}) // the status tells
  return { call, seen }
}

describe('Check', () => {
  it.each(SERVICES)('of "%s" is SERVING while the engine takes data', async (service) => {
    expect(await ask('Check', { service })).toEqual({ code: 0, response: { status: SERVING } })
  })

  it.each([
    ['paused', () => main.setEngineState(ENGINE_STATE.PAUSED)],
    ['starting', () => main.setEngineState(ENGINE_STATE.STARTING)],
    [
      'without Kafka',
      () => {
        main.shared.control.kafkaState = KAFKA_STATE.DOWN
      },
    ],
  ])('is NOT_SERVING while it is %s', async (_, change) => {
    change()
    expect(await ask('Check', { service: SERVICES[1] })).toEqual({ code: 0, response: { status: NOT_SERVING } })
  })

  it('of another service is NOT_FOUND', async () => {
    expect(await ask('Check', { service: 'x' })).toEqual({ code: status.NOT_FOUND })
  })
})

it('List names every service and its state', async () => {
  const { response } = await ask('List', {})
  expect(response!.statuses).toEqual(SERVICES.map((key) => ({ key, value: { status: SERVING } })))
})

describe('Watch', () => {
  it('tells the state, and each change of it', async () => {
    const { call, seen } = watch('')
    await until('the state', () => seen.length === 1)
    main.shared.control.kafkaState = KAFKA_STATE.DOWN
    await until('the change', () => seen.length === 2)
    main.shared.control.kafkaState = KAFKA_STATE.UP
    await until('the other change', () => seen.length === 3)
    expect(seen).toEqual([SERVING, NOT_SERVING, SERVING])
    call.cancel()
  })

  it('of another service says so and goes on', async () => {
    const { call, seen } = watch('x')
    await until('the state', () => seen.length === 1)
    expect(seen).toEqual([SERVICE_UNKNOWN])
    call.cancel()
  })

  it('hears of the drain before the connection ends', async () => {
    const ending = await FakeMain.start()
    const other = new Client(ending.grpcTarget, credentials.createInsecure())
    const call = other.makeServerStreamRequest(...codecs('Watch'), { service: '' })
    const seen: unknown[] = []
    call.on('data', (answer) => seen.push(answer.status))
    call.on('error', () => {})
    await until('the state', () => seen.length === 1)
    ending.setEngineState(ENGINE_STATE.DRAINING)
    await until('the change', () => seen.length === 2)
    let isEnded = false
    call.on('status', () => {
      isEnded = true
    })
    await ending.stop()
    await until('the end', () => isEnded)
    expect(seen).toEqual([SERVING, NOT_SERVING])
    other.close()
  })
})
