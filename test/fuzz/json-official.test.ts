/**
 * OTLP/JSON through the kernel and through the official Python runtime: the same texts are requests, and mean the same.
 *
 * The kernel is stricter where a text can be no protobuf, or costs too much, though nobody would read that part of it: half
 * surrogate pairs and more than 100 levels inside unknown members, and values that a later equal key replaces. The Python
 * runtime takes some enums beyond 32 bits (4294967296), which no enum is.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SIGNALS, type Signal } from '../../src/otlp/signal.ts'
import { type Judgement, type Oracle, startOracle } from '../bed/oracle.ts'
import { KernelBed } from '../generator/kernel-bed.ts'
import { mutate } from '../generator/mutate.ts'
import { generateRequest } from '../generator/payload.ts'
import { createRandom } from '../generator/random.ts'
import { referenceJson, requestMessage, withoutDefaults } from '../generator/reference-json.ts'
import { respelled, textOf } from './json-spelling.ts'
import { spoiled } from './json-spoil.ts'

const WHOLE_PER_SIGNAL = 250
const SPOILED_PER_SIGNAL = 1500
const DAMAGED_PER_SIGNAL = 750

const source = readFileSync(new URL('../../src/otlp/kernel/json-fault.ts', import.meta.url), 'utf8')
const reasonNamed = (name: string) => Number(new RegExp(`${name}: i32 = (\\d+)`).exec(source)![1])
const STRICTER = [reasonNamed('HALF_SURROGATE'), reasonNamed('VALUES_TOO_DEEP')]
const NOT_AN_ENUM = reasonNamed('NOT_AN_ENUM')
const INT32_MAX = 2147483647

const bed = new KernelBed(1 << 16, 1 << 20)
let oracle: Oracle
beforeAll(async () => {
  oracle = await startOracle()
})
afterAll(() => oracle.stop())

describe.each(SIGNALS)('%s', (signal) => {
  const json = (seed: number) => referenceJson(signal, generateRequest(signal, seed, { bytesAbout: 300 }))

  it('whole texts, in every spelling', async () => {
    const texts = seeds(WHOLE_PER_SIGNAL).map((seed) => Buffer.from(respelled(json(seed), createRandom(seed))))
    expect(await compare(signal, texts)).toMatchObject({ refused: 0 })
  })

  it('texts with one value or member that is another', async () => {
    const texts = seeds(SPOILED_PER_SIGNAL).map((seed) => Buffer.from(spoiled(textOf(json(seed)), createRandom(seed))))
    const { accepted, refused } = await compare(signal, texts)
    expect(Math.min(accepted, refused)).toBeGreaterThan(SPOILED_PER_SIGNAL / 20)
  })

  it('texts that are damaged', async () => {
    const texts = seeds(DAMAGED_PER_SIGNAL).map((seed) => {
      const random = createRandom(seed)
      const text = (from: number) => Buffer.from(random.oneIn(2) ? textOf(json(from)) : respelled(json(from), random))
      return Buffer.from(mutate(text(seed), text(seed + 1), random))
    })
    await compare(signal, texts)
  })
})

async function compare(signal: Signal, texts: readonly Buffer[]): Promise<{ accepted: number; refused: number }> {
  const judgements = await oracle.judge(texts.map((body) => ({ signal, encoding: 'json' as const, body })))
  const counts = { accepted: 0, refused: 0 }
  const others = texts.flatMap((text, index) => {
    const { code, request } = bed.fromJson(signal, text)
    counts[code < 0 ? 'refused' : 'accepted']++
    const problem = difference(signal, text, { code, request }, judgements[index]!)
    return problem === undefined ? [] : [`seed ${index + 1}: ${problem}\n${text}`]
  })
  expect(others).toEqual([])
  return counts
}

function difference(
  signal: Signal,
  text: Buffer,
  { code, request }: { code: number; request: Buffer },
  judgement: Judgement,
): string | undefined {
  if (judgement.verdict === 'refused') return code < 0 ? undefined : `the kernel reads it, Python: ${judgement.reason}`
  if (code < 0) {
    const { reason, offset, fieldName } = bed.kernel.jsonFault()
    const isBeyondEnums = Math.abs(Number.parseFloat(text.toString('latin1', offset).replace('"', ''))) > INT32_MAX
    if (STRICTER.includes(reason) || (reason === NOT_AN_ENUM && isBeyondEnums)) return undefined
    return `refused for ${reason} at ${offset} ${fieldName}, Python reads it`
  }
  const meaning = (bytes: Buffer) =>
    JSON.stringify(withoutDefaults(requestMessage(signal), referenceJson(signal, bytes)), (_, value: unknown) =>
      Object.is(value, -0) ? 'negative zero' : value,
    )
  return meaning(request) === meaning(Buffer.from(judgement.canonical!, 'base64')) ? undefined : 'another meaning'
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
