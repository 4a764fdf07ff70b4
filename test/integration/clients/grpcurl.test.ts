/** grpcurl, which knows nothing of OTLP but what the server tells it: reflection, health, and calls made from them alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCommand } from '../../../scripts/kafka/prerequisites.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'
import { grpcurl, INSTALL_DEADLINE_MS } from './install.ts'
import { itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

const SERVICES = SIGNAL_FACTS.map(({ grpcPath }) => grpcPath.split('/')[1]!)
const TRACE_SERVICE = SERVICES[0]!
const HEALTH_SERVICE = 'grpc.health.v1.Health'

describe.skipIf(!hasCommand('go'))('grpcurl (skipped when there is no go on the PATH)', () => {
  const scene = new Scene('json')
  let program: string
  beforeAll(async () => {
    program = await grpcurl()
    await scene.start()
  }, INSTALL_DEADLINE_MS)
  afterAll(() => scene.stop())

  const ask = async (before: string[], ...after: string[]): Promise<string> =>
    String(await send({ command: [program, '-plaintext', ...before, scene.engine.addresses.grpc, ...after] }))

  it('lists the four Export services, health and reflection', async () => {
    const listed = (await ask([], 'list')).trim().split('\n')
    expect(listed).toEqual(expect.arrayContaining([...SERVICES, HEALTH_SERVICE]))
    expect(listed.filter((name) => name.startsWith('opentelemetry.')).sort()).toEqual([...SERVICES].sort())
  })

  it.each(SIGNAL_FACTS)('describes the service of $name', async ({ grpcPath, requestMessage }) => {
    const service = grpcPath.split('/')[1]!
    const text = await ask([], 'describe', service)
    expect(text).toContain(`${service} is a service:`)
    expect(text.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `rpc Export \\( \\.${requestMessage} \\) returns \\( \\.${requestMessage.replace(/Request$/, 'Response')} \\);`,
      ),
    )
  })

  it.each(SIGNAL_FACTS)('describes the messages of $name down to attributes', async ({ requestMessage }) => {
    expect(await ask([], 'describe', requestMessage)).toContain('repeated .opentelemetry.proto.')
    expect(await ask([], 'describe', 'opentelemetry.proto.common.v1.AnyValue')).toContain('string string_value = 1')
  })

  it('gets SERVING for the whole server and for each service', async () => {
    for (const service of ['', ...SERVICES]) {
      const answer = JSON.parse(await ask(['-d', JSON.stringify({ service })], `${HEALTH_SERVICE}/Check`))
      expect([service, answer]).toEqual([service, { status: 'SERVING' }])
    }
  })

  it('is told NOT_FOUND for the health of a service that is not there', async () => {
    await expect(ask(['-d', '{"service":"nobody"}'], `${HEALTH_SERVICE}/Check`)).rejects.toThrow('NotFound')
  })

  it('exports a span that it builds from the reflected schema', async () => {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'grpcurl' } }] }
    const request = { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ name: 'reflected' }] }] }] }
    expect(JSON.parse(await ask(['-d', JSON.stringify(request)], `${TRACE_SERVICE}/Export`))).toEqual({})
    expect(await scene.items('traces', 'grpcurl')).toEqual([{ service: 'grpcurl', name: 'reflected' }])
  })

  itEndsCleanly(scene)
})
