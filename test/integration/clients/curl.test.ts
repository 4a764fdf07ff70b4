/** curl: the first request of the README, and the encodings by hand. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

const JSON_TYPE = 'content-type: application/json'
const PROTOBUF_TYPE = 'content-type: application/x-protobuf'
const GZIP = 'content-encoding: gzip'
const TRACE_ID = '5b8efff798038103d269b633813fc60c'
const SPAN_ID = 'eee19b7ec3c1b174'

describe('curl', () => {
  const scene = new Scene('json')
  beforeAll(() => scene.start())
  afterAll(() => scene.stop())

  it.each<[string, Buffer, string[]]>([
    ['json', spanJson('json'), [JSON_TYPE]],
    ['json-chunked', spanJson('json-chunked'), [JSON_TYPE, 'transfer-encoding: chunked']],
    ['json-gzip', gzipSync(spanJson('json-gzip')), [JSON_TYPE, GZIP]],
    ['protobuf', spanProtobuf('protobuf'), [PROTOBUF_TYPE]],
    ['protobuf-chunked', spanProtobuf('protobuf-chunked'), [PROTOBUF_TYPE, 'transfer-encoding: chunked']],
    ['protobuf-gzip', gzipSync(spanProtobuf('protobuf-gzip')), [PROTOBUF_TYPE, GZIP]],
  ])('delivers a trace as %s', async (service, body, headers) => {
    await curl(`http://${scene.engine.addresses.http}/v1/traces`, body, headers)
    expect(await scene.items('traces', service)).toEqual([{ service, name: 'hello' }])
  })

  it('delivers a profile', async () => {
    const profiles = [{ profileId: TRACE_ID }]
    const request = { resourceProfiles: [{ resource: resourceOf('profile'), scopeProfiles: [{ profiles }] }] }
    const url = `http://${scene.engine.addresses.http}/v1development/profiles`
    await curl(url, Buffer.from(JSON.stringify(request)), [JSON_TYPE])
    expect(await scene.items('profiles', 'profile')).toHaveLength(1)
  })

  itEndsCleanly(scene)
})

function curl(url: string, input: Buffer, headers: string[]): Promise<Buffer> {
  const fields = headers.flatMap((header) => ['-H', header])
  return send({
    command: ['curl', '-sS', '--fail-with-body', '-X', 'POST', url, ...fields, '--data-binary', '@-'],
    input,
  })
}

function resourceOf(service: string) {
  return { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
}

function spanJson(service: string): Buffer {
  const spans = [{ traceId: TRACE_ID, spanId: SPAN_ID, name: 'hello' }]
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource: resourceOf(service), scopeSpans: [{ spans }] }] }))
}

/** The same request in protobuf, written by hand: field numbers as in trace.proto, resource.proto and common.proto. */
function spanProtobuf(service: string): Buffer {
  const attribute = [field(1, Buffer.from('service.name')), field(2, field(1, Buffer.from(service)))]
  const resource = field(1, field(1, Buffer.concat(attribute)))
  const ids = [field(1, Buffer.from(TRACE_ID, 'hex')), field(2, Buffer.from(SPAN_ID, 'hex'))]
  const span = Buffer.concat([...ids, field(5, Buffer.from('hello'))])
  return field(1, Buffer.concat([resource, field(2, field(2, span))]))
}

/** Length-delimited; number below 16, body below 128 bytes. */
function field(number: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body])
}
