/** Damage: what a broken or hostile client might send. */
import type { Random } from './random.ts'

/** a damaged copy; `other` is what pieces are taken from */
export function mutate(payload: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let damaged = Uint8Array.from(payload)
  for (let times = 1 + random.below(3); times > 0; times--) damaged = mutateOnce(damaged, other, random)
  return damaged
}

function mutateOnce(payload: Uint8Array<ArrayBuffer>, other: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(payload.length + 1)
  const inside = Math.min(at, Math.max(payload.length - 1, 0))
  switch (random.below(9)) {
    case 0:
      payload[inside]! ^= 1 << random.below(8)
      return payload
    case 1:
      payload[inside] = random.below(256)
      return payload
    case 2:
      payload[inside] = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 10, 18, 127, 128, 255])
      return payload
    case 3:
      return payload.slice(0, at)
    case 4:
      return splice(payload, at, random.below(8), new Uint8Array())
    case 5:
      return splice(payload, at, 0, random.bytes(1 + random.below(4)))
    case 6: {
      const from = random.below(other.length + 1)
      return splice(payload, at, random.below(20), other.slice(from, from + random.below(40)))
    }
    case 7:
      return splice(payload, at, 0, payload.slice(0, random.below(30)))
    default:
      return splice(payload, at, random.below(2), random.pick(HOSTILE))
  }
}

function splice(payload: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...payload.subarray(0, at), ...inserted, ...payload.subarray(at + removed)])
}

/** long varints, huge sizes, groups begun and ended, field number 0, wire types 6 and 7, bad UTF-8 */
const HOSTILE: readonly Uint8Array[] = [
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [128, 128, 128, 128, 0],
  [128, 128, 128, 128, 128, 0],
  [255, 255, 255, 255, 15],
  [255, 255, 255, 255, 7],
  [0x0b, 0x0c],
  [0x0b],
  [0x0c],
  [0x0b, 0x14],
  [0x00],
  [0x0e],
  [0x0f],
  [0x80, 0x00],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
].map((bytes) => Uint8Array.from(bytes))
