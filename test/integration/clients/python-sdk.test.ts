/** The OpenTelemetry SDK for Python (PyPI); its official protobuf runtime also judges the records of format protobuf. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Signal } from '../../bed/conservation.ts'
import { INSTALL_DEADLINE_MS, pythonClient } from './install.ts'
import { COUNT, cases, expectedNames, itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

const scripts = new URL('./python/', import.meta.url).pathname

function client(scene: Scene) {
  let folder = ''
  beforeAll(async () => {
    folder = await pythonClient()
    await scene.start()
  }, INSTALL_DEADLINE_MS)
  afterAll(() => scene.stop())
  const python = (script: string, args: string[], input?: Buffer) =>
    send({
      command: ['python3', `${scripts}${script}`, ...args],
      environment: { PYTHONPATH: folder },
      ...(input && { input }),
    })
  return {
    send: (protocol: 'http' | 'grpc', signal: Signal, service: string) =>
      python('send.py', [signal, protocol, scene.engine.addresses[protocol], service, String(COUNT)]),
    decode: async (signal: Signal, payloads: Buffer[]) => {
      const input = Buffer.concat(payloads.flatMap((payload) => [uint32(payload.length), payload]))
      const lines = (await python('decode.py', [signal], input)).toString().trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line))
    },
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

describe('the OpenTelemetry SDK for Python, format json', () => {
  const scene = new Scene('json')
  const python = client(scene)

  it.each(cases(['http', 'grpc']))('over %s delivers its %s', async (protocol, signal) => {
    await python.send(protocol, signal, `python-${protocol}`)
    expect(await scene.names(signal, `python-${protocol}`)).toEqual(expectedNames)
  })

  itEndsCleanly(scene)
})

describe('the OpenTelemetry SDK for Python, format protobuf', () => {
  const scene = new Scene('protobuf')
  const python = client(scene)

  it.each(cases(['http', 'grpc']))('over %s delivers its %s as valid requests', async (protocol, signal) => {
    await python.send(protocol, signal, `python-${protocol}`)
    expect(await scene.names(signal, `python-${protocol}`, python.decode)).toEqual(expectedNames)
  })

  itEndsCleanly(scene)
})
