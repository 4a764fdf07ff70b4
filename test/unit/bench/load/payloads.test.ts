import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { makePayloads, type PayloadOptions } from '../../../../bench/load/payloads.ts'
import { protobufType } from '../../../../src/otlp/protobufjs-types.ts'
import { SIGNAL_FACTS, SIGNALS } from '../../../../src/otlp/signal.ts'

const OPTIONS: PayloadOptions = {
  signal: 'traces',
  items: 50,
  itemBytes: 400,
  format: 'protobuf',
  compression: 'none',
  count: 2,
  seed: 7,
}

/** Keys under which each signal's items lie, from the request down. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics', 'dataPoints'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  profiles: ['resourceProfiles', 'scopeProfiles', 'profiles'],
}

type Node = Record<string, unknown>

function itemsOf(request: Node, path: readonly string[]): Node[] {
  return path.reduce<Node[]>((nodes, key) => nodes.flatMap((node) => childrenOf(node, key)), [request])
}

/** Data points lie one level deeper, under the kind of their metric. */
function childrenOf(node: Node, key: string): Node[] {
  const holder = key === 'dataPoints' ? ((node.sum ?? node.gauge ?? node.histogram) as Node) : node
  return holder[key] as Node[]
}

describe.each(SIGNALS)('%s', (signal) => {
  const { requestMessage } = SIGNAL_FACTS.find(({ name }) => name === signal)!

  it('makes the same bytes from the same seed, and others from another', () => {
    const first = makePayloads({ ...OPTIONS, signal })
    expect(makePayloads({ ...OPTIONS, signal }).bodies).toEqual(first.bodies)
    expect(makePayloads({ ...OPTIONS, signal, seed: 8 }).checksum).not.toBe(first.checksum)
    expect(first.bodies[0]).not.toEqual(first.bodies[1])
  })

  it('makes items of the size that was asked for', () => {
    for (const itemBytes of [400, 900]) {
      const { bodyBytes } = makePayloads({ ...OPTIONS, signal, itemBytes })
      expect(Math.abs(bodyBytes / OPTIONS.items - itemBytes)).toBeLessThan(itemBytes / 100)
    }
  })

  it('encodes protobuf that an independent decoder reads, with every item', () => {
    const type = protobufType(requestMessage)
    const decoded = type.toObject(type.decode(makePayloads({ ...OPTIONS, signal }).bodies[0])) as Node
    expect(itemsOf(decoded, PATHS[signal])).toHaveLength(OPTIONS.items)
  })

  it('loses no byte of protobuf: a decoder writes the same again', () => {
    const type = protobufType(requestMessage)
    const [body] = makePayloads({ ...OPTIONS, signal }).bodies
    expect(type.encode(type.decode(body)).finish().length).toBe(body.length)
  })

  it('writes JSON with every item', () => {
    const [body] = makePayloads({ ...OPTIONS, signal, format: 'json' }).bodies
    expect(itemsOf(JSON.parse(body.toString()), PATHS[signal])).toHaveLength(OPTIONS.items)
  })
})

describe('compression', () => {
  it('wraps the same body in gzip under the same checksum', () => {
    const plain = makePayloads(OPTIONS)
    const zipped = makePayloads({ ...OPTIONS, compression: 'gzip' })
    expect(gunzipSync(zipped.bodies[0])).toEqual(plain.bodies[0])
    expect(zipped.checksum).toBe(plain.checksum)
  })
})
