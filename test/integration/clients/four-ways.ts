/** What the SDKs for Go and Java send, in the four ways their exporters have, compared with what is in Kafka: all of it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Signal } from '../../bed/conservation.ts'
import { INSTALL_DEADLINE_MS } from './install.ts'
import { COUNT, cases, itEndsCleanly, Scene } from './scene.ts'
import { send } from './send.ts'

const WAYS = ['http', 'http-gzip', 'grpc', 'grpc-gzip'] as const

/** The attributes that both clients give to the item of that index. */
function attributesOf(index: number) {
  return {
    index: { intValue: String(index) },
    text: { stringValue: 'Grüße, 世界' },
    even: { boolValue: index % 2 === 0 },
    half: { doubleValue: index / 2 },
    list: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
  }
}

function expectedItems(signal: Signal): [name: string, item: object][] {
  return Array.from({ length: COUNT }, (_, index): [string, object] => {
    const name = `item-${index}`
    if (signal !== 'metrics') return [name, attributesOf(index)]
    return [name, { ...attributesOf(index), item: { stringValue: name }, asInt: String(index) }]
  }).sort(byName)
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

/** @param install to the command that takes `SIGNAL WAY HOST:PORT SERVICE COUNT` */
export function itDeliversFourWays(language: string, install: () => Promise<string[]>): void {
  const scene = new Scene('json')
  let command: string[]
  beforeAll(async () => {
    command = await install()
    await scene.start()
  }, INSTALL_DEADLINE_MS)
  afterAll(() => scene.stop())

  it.each(cases(WAYS))('over %s delivers its %s, every attribute as it was', async (way, signal) => {
    const { http, grpc } = scene.engine.addresses
    const service = `${language}-${way}`
    await send({ command: [...command, signal, way, way.startsWith('grpc') ? grpc : http, service, String(COUNT)] })
    const found = await scene.attributes(signal, service)
    expect(found.sort(byName)).toEqual(expectedItems(signal))
  })

  itEndsCleanly(scene)
}
