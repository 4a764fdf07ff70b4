/**
 * Damage to protobuf that keeps to its structure: fields are moved, doubled, cut in pieces, given other numbers, wire types and sizes, and
 * the lengths around them still fit. Bytes flipped at random hardly ever get that far.
 */
import { type Message, messageOf } from '../../src/otlp/schema.ts'
import type { Random } from './random.ts'
import { WireWriter } from './wire-writer.ts'

interface Node {
  number: number
  wireType: number
  /** The value as it stands; of a length-delimited one without its length. */
  raw: Uint8Array
  /** Of a message: what `raw` holds. */
  children?: Node[]
  /** Added to the length that is written. */
  lengthOff: number
}

const VARINT = 0
const LENGTH = 2
const GROUP_START = 3
const GROUP_END = 4

/** @param payload a valid message of that type without groups; @param other one of another, from which pieces are taken */
export function mutateWire(message: Message, payload: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const root = readFields(message, payload)
  const pieces = flatten(readFields(message, other))
  for (let times = 1 + random.below(3); times > 0; times--) {
    const lists = listsOf(root)
    mutateList(random.pick(lists), pieces, random)
  }
  return writeFields(root)
}

function mutateList(list: Node[], pieces: readonly Node[], random: Random): void {
  const at = random.below(list.length + 1)
  const node = list[Math.min(at, list.length - 1)]
  if (node === undefined) {
    list.push(hostile(random))
    return
  }
  switch (random.below(12)) {
    case 0:
      list.splice(list.indexOf(node), 1)
      return
    case 1:
      list.splice(random.below(list.length + 1), 0, copyOf(node))
      return
    case 2:
      list.reverse()
      return
    case 3:
      if (pieces.length > 0) list.splice(at, 0, copyOf(random.pick(pieces)))
      return
    case 4:
      node.number = random.pick([0, 1, 2, 3, 4, 5, 7, 9, 15, 16, 100, 2 ** 29 - 1, 2 ** 29])
      return
    case 5:
      node.wireType = random.below(8)
      return
    case 6:
      node.lengthOff = random.pick([-1, 1, 2, 100, 2 ** 31 - 1])
      return
    case 7:
      splitMessage(list, node, random)
      return
    case 8:
      list.splice(at, 0, marker(GROUP_START), copyOf(node), marker(random.oneIn(6) ? GROUP_START : GROUP_END))
      return
    case 9:
      mutateValue(node, random)
      return
    case 10:
      list.splice(at, 0, hostile(random))
      return
    default:
      deepen(node, random)
  }
}

function mutateValue(node: Node, random: Random): void {
  if (node.wireType === VARINT) node.raw = random.pick(VARINTS)
  else if (node.wireType === LENGTH && node.children === undefined)
    node.raw = random.pick([...TEXTS, random.bytes(random.below(20))])
  else if (node.children === undefined) node.raw = random.bytes(node.raw.length)
}

/** A message in two parts is one message. */
function splitMessage(list: Node[], node: Node, random: Random): void {
  if (node.children === undefined) return
  const cut = random.below(node.children.length + 1)
  const rest: Node = { ...node, children: node.children.slice(cut) }
  node.children = node.children.slice(0, cut)
  list.splice(random.below(list.length + 1), 0, rest)
}

/** Wraps what it holds into lists of an AnyValue, up to beyond the depth that decoders allow. */
function deepen(node: Node, random: Random): void {
  if (node.children === undefined) return
  for (let depth = random.pick([1, 5, 40, 60]); depth > 0; depth--) {
    const list: Node = { number: 5, wireType: LENGTH, raw: new Uint8Array(), lengthOff: 0, children: [] }
    list.children = [{ number: 1, wireType: LENGTH, raw: new Uint8Array(), lengthOff: 0, children: node.children }]
    node.children = [list]
  }
}

const marker = (wireType: number): Node => ({ number: 100, wireType, raw: new Uint8Array(), lengthOff: 0 })

function hostile(random: Random): Node {
  const wireType = random.below(6)
  const raw =
    wireType === VARINT ? random.pick(VARINTS) : random.bytes(wireType === 1 ? 8 : wireType === 5 ? 4 : random.below(5))
  return { number: random.pick([1, 2, 3, 8, 100]), wireType, raw, lengthOff: 0 }
}

const VARINTS: readonly Uint8Array[] = [
  [0],
  [1],
  [0x80, 0],
  [0x80, 0x80, 0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
].map((bytes) => Uint8Array.from(bytes))

const TEXTS: readonly Uint8Array[] = [
  [],
  [0x61],
  [0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98, 0x80],
  [0],
].map((bytes) => Uint8Array.from(bytes))

function copyOf(node: Node): Node {
  return { ...node, ...(node.children && { children: node.children.map(copyOf) }) }
}

function listsOf(list: Node[]): Node[][] {
  return [list, ...list.flatMap(({ children }) => (children === undefined ? [] : listsOf(children)))]
}

function flatten(list: readonly Node[]): Node[] {
  return list.flatMap((node) => [node, ...flatten(node.children ?? [])])
}

function readFields(message: Message | undefined, payload: Uint8Array): Node[] {
  const nodes: Node[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = payload[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < payload.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const wireType = tag % 8
    let start = at
    if (wireType === VARINT) varint()
    else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else {
      const bytes = varint()
      start = at
      at += bytes
    }
    const raw = payload.slice(start, at)
    const field = message?.fields.find((each) => each.number === number)
    const isMessage = wireType === LENGTH && field?.type === 'message'
    nodes.push({
      number,
      wireType,
      raw,
      lengthOff: 0,
      ...(isMessage && { children: readFields(messageOf(field), raw) }),
    })
  }
  return nodes
}

function writeFields(list: readonly Node[]): Uint8Array {
  const writer = new WireWriter()
  for (const { number, wireType, raw, children, lengthOff } of list) {
    const content = children === undefined ? raw : writeFields(children)
    writer.tag(number, wireType)
    if (wireType === LENGTH) writer.varint(Math.max(0, content.length + lengthOff))
    writer.raw(content)
  }
  return writer.finish()
}
