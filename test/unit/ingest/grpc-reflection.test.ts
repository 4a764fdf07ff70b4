import { once } from 'node:events'
import { Client, credentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode, definitionOf, encode } from '../../../src/ingest/grpc-codec.ts'
import { type ReflectionRequest, reflectionAnswer } from '../../../src/ingest/grpc-reflection.ts'
import { descriptorFiles, SERVICES } from '../../../src/otlp/descriptors.ts'
import { REFLECTION_SERVICES } from '../../../src/otlp/schema-grpc.ts'
import { FakeMain } from '../../bed/fake-main.ts'

const TRACE_SERVICE = 'opentelemetry.proto.collector.trace.v1.TraceService'
const files = new Map(descriptorFiles().map((file) => [file.name, file]))
const fileAnswer = (name: string): object => ({
  fileDescriptorResponse: { fileDescriptorProto: [files.get(name)!.bytes] },
})
const NOT_FOUND = { errorResponse: { errorCode: 5, errorMessage: expect.any(String) } }

describe('an answer', () => {
  it('lists every service', () => {
    const service = SERVICES.map(({ name }) => ({ name }))
    expect(service).toHaveLength(7)
    expect(reflectionAnswer({ listServices: '' })).toEqual({ listServicesResponse: { service } })
  })

  it.each([
    [TRACE_SERVICE, 'opentelemetry/proto/collector/trace/v1/trace_service.proto'],
    [`${TRACE_SERVICE}.Export`, 'opentelemetry/proto/collector/trace/v1/trace_service.proto'],
    ['.opentelemetry.proto.trace.v1.Span.Event', 'opentelemetry/proto/trace/v1/trace.proto'],
    ['opentelemetry.proto.trace.v1.Span.trace_id', 'opentelemetry/proto/trace/v1/trace.proto'],
    ['opentelemetry.proto.logs.v1.SeverityNumber', 'opentelemetry/proto/logs/v1/logs.proto'],
    ['grpc.health.v1.Health', 'grpc/health/v1/health.proto'],
    ['grpc.reflection.v1alpha.ServerReflection', 'grpc/reflection/v1alpha/reflection.proto'],
  ])('finds the file of %s', (fileContainingSymbol, file) => {
    expect(reflectionAnswer({ fileContainingSymbol })).toEqual(fileAnswer(file))
    expect(reflectionAnswer({ fileByFilename: file })).toEqual(fileAnswer(file))
  })

  it.each<ReflectionRequest>([
    { fileContainingSymbol: 'opentelemetry.proto.trace.v1.Nothing' },
    { fileByFilename: 'trace.proto' },
    { fileContainingExtension: { containingType: 'opentelemetry.proto.trace.v1.Span' } },
    { allExtensionNumbersOfType: 'a.b.C' },
  ])('says what is not there: %j', (request) => {
    expect(reflectionAnswer(request)).toEqual(NOT_FOUND)
  })

  it('knows that there are no extensions', () => {
    const baseTypeName = 'opentelemetry.proto.trace.v1.Span'
    const answer = reflectionAnswer({ allExtensionNumbersOfType: baseTypeName })
    expect(answer).toEqual({ allExtensionNumbersResponse: { baseTypeName } })
  })
})

describe.each(REFLECTION_SERVICES)('the service $name', (service) => {
  let main: FakeMain
  let client: Client
  beforeAll(async () => {
    main = await FakeMain.start()
    client = new Client(main.grpcTarget, credentials.createInsecure())
  })
  afterAll(async () => {
    client.close()
    await main.stop()
    expect(main.faults).toEqual([])
  })

  function open() {
    const { name, input, output } = service.methods[0]!
    const { path } = definitionOf(service)[name]!
    return client.makeBidiStreamRequest(
      path,
      (request: object) => encode(input, request),
      (bytes: Buffer) => decode(output, bytes) as Record<string, unknown>,
    )
  }

  it('answers each question, says which, and ends when there are no more', async () => {
    const call = open()
    const answers: Record<string, unknown>[] = []
    call.on('data', (answer) => answers.push(answer))
    call.write({ host: 'h', listServices: '*' })
    call.write({ fileByFilename: 'nothing' })
    call.end()
    const [{ code }] = (await once(call, 'status')) as [{ code: number }]
    expect([code, answers.length]).toEqual([0, 2])
    expect(answers[0]).toMatchObject({ validHost: 'h', originalRequest: { host: 'h', listServices: '*' } })
    expect(answers[0]!.listServicesResponse).toEqual({ service: SERVICES.map(({ name }) => ({ name })) })
    expect(answers[1]!.errorResponse).toMatchObject({ errorCode: 5 })
  })

  it('answers a flood of questions, as fast as its client takes the answers', async () => {
    const call = open()
    let answers = 0
    call.on('data', () => answers++)
    for (let question = 0; question < 2000; question++) {
      call.write({ fileContainingSymbol: 'opentelemetry.proto.metrics.v1.Metric' })
    }
    call.end()
    await once(call, 'status')
    expect(answers).toBe(2000)
  })

  it('bears clients that go away in the middle', async () => {
    const call = open()
    call.on('error', () => {})
    call.write({ listServices: '' })
    await once(call, 'data')
    call.cancel()
    const again = open()
    again.resume()
    again.end({ listServices: '' })
    const [{ code }] = (await once(again, 'status')) as [{ code: number }]
    expect(code).toBe(0)
  })
})
