/** The Collector project's own generator (Go). Left out where there is no Go. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCommand } from '../../../scripts/kafka/prerequisites.ts'
import { INSTALL_DEADLINE_MS, telemetrygen } from './install.ts'
import { COUNT, cases, itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

describe.skipIf(!hasCommand('go'))('telemetrygen', () => {
  const scene = new Scene('json')
  let program: string
  beforeAll(async () => {
    program = await telemetrygen()
    await scene.start()
  }, INSTALL_DEADLINE_MS)
  afterAll(() => scene.stop())

  // 175 traces of one span and three children
  const amounts = {
    traces: ['--traces', '175', '--child-spans', '3'],
    metrics: ['--metrics', String(COUNT)],
    logs: ['--logs', String(COUNT)],
  }

  it.each(cases(['http', 'grpc']))('over %s delivers its %s', async (protocol, signal) => {
    const { http, grpc } = scene.engine.addresses
    const service = `telemetrygen-${protocol}`
    const target = protocol === 'http' ? ['--otlp-http', '--otlp-endpoint', http] : ['--otlp-endpoint', grpc]
    const common = ['--otlp-insecure', '--rate', '0', '--workers', '1', '--service', service]
    await send({ command: [program, signal, ...amounts[signal], ...target, ...common] })
    expect(await scene.items(signal, service)).toHaveLength(COUNT)
  })

  itEndsCleanly(scene)
})
