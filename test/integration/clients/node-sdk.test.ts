/** The OpenTelemetry SDK for Node (npm). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTALL_DEADLINE_MS, nodeClient } from './install.ts'
import { COUNT, cases, expectedNames, itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

describe('the OpenTelemetry SDK for Node', () => {
  const scene = new Scene('json')
  let folder: string
  beforeAll(async () => {
    folder = await nodeClient()
    await scene.start()
  }, INSTALL_DEADLINE_MS)
  afterAll(() => scene.stop())

  it.each(cases(['proto', 'http', 'grpc']))('over %s delivers its %s', async (protocol, signal) => {
    const { http, grpc } = scene.engine.addresses
    const service = `node-${protocol}`
    const args = [signal, protocol, protocol === 'grpc' ? grpc : http, service, String(COUNT)]
    await send({ command: [process.execPath, `${folder}/send.mjs`, ...args] })
    expect(await scene.names(signal, service)).toEqual(expectedNames)
  })

  itEndsCleanly(scene)
})
