import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../../src/base/units.ts'
import { CODING, type Coding } from '../../../src/ingest/body.ts'
import { CollectBudget } from '../../../src/ingest/collected.ts'
import { Inflater } from '../../../src/ingest/inflater.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'

const LIMIT_BYTES = 8 * MIB
const LINE_MAX = 8

let budget: CollectBudget
let inflater: Inflater
beforeEach(() => {
  budget = new CollectBudget(MIB)
  inflater = new Inflater(LIMIT_BYTES, budget)
})

/** What came, at once or later. */
class Waiter {
  readonly results: (Buffer | number)[] = []
  readonly first: Promise<Buffer | number>
  #resolve: (result: Buffer | number) => void = () => {}

  constructor() {
    this.first = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  inflated(result: Buffer | number): void {
    this.results.push(result)
    this.#resolve(result)
  }
}

/** Resolves with the result of one that has to wait. */
function later(body: Buffer, coding: Coding = CODING.GZIP): Promise<Buffer | number> {
  const waiter = new Waiter()
  expect(inflater.inflate(body, coding, false, waiter)).toBe(VERDICT.PENDING)
  return waiter.first
}

const large = Buffer.alloc(3 * MIB, 'large')

describe('a body that stays small', () => {
  it('inflates at once', () => {
    const waiter = new Waiter()
    const plain = Buffer.alloc(MIB, 'x')
    expect(inflater.inflate(gzipSync(plain), CODING.GZIP, false, waiter)).toEqual(plain)
    expect([inflater.count, budget.usedBytes]).toEqual([0, 0])
  })

  it('is refused at once when it is damaged', () => {
    expect(inflater.inflate(Buffer.from('no gzip'), CODING.GZIP, false, new Waiter())).toBe(VERDICT.BAD_CODING)
  })

  it('is refused at once where even the limit is small', () => {
    const small = new Inflater(1000, budget)
    expect(small.inflate(gzipSync(large), CODING.GZIP, false, new Waiter())).toBe(VERDICT.BODY_TOO_LARGE)
  })
})

describe('a body that becomes large', () => {
  it.each([
    ['gzip', CODING.GZIP, gzipSync(large)],
    ['deflate, which does not say so', CODING.DEFLATE, deflateSync(large)],
    ['zstd', CODING.ZSTD, zstdCompressSync(large)],
    ['zstd in frames', CODING.ZSTD, Buffer.concat([zstdCompressSync(large), zstdCompressSync('end')])],
  ])('inflates later: %s', async (what, coding, body) => {
    const plain = what.endsWith('frames') ? Buffer.concat([large, Buffer.from('end')]) : large
    expect(plain.equals((await later(body, coding)) as Buffer)).toBe(true)
    expect([inflater.count, budget.usedBytes]).toEqual([0, 0])
  })

  it.each([
    ['gzip', CODING.GZIP, gzipSync(Buffer.alloc(LIMIT_BYTES + 1))],
    ['deflate', CODING.DEFLATE, deflateSync(Buffer.alloc(LIMIT_BYTES + 1))],
    ['zstd', CODING.ZSTD, zstdCompressSync(Buffer.alloc(LIMIT_BYTES + 1))],
  ])('is stopped at the limit: %s', async (_, coding, body) => {
    expect(await later(body, coding)).toBe(VERDICT.BODY_TOO_LARGE)
  })

  it('that does not say so, or lies, is found out', async () => {
    const body = gzipSync(large)
    body.writeUInt32LE(10, body.length - 4)
    expect(inflater.inflate(body, CODING.GZIP, false, new Waiter())).toBe(VERDICT.PENDING)
  })

  it('is not tried here first when it is large already, whatever it says of itself', async () => {
    budget = new CollectBudget(4 * MIB)
    inflater = new Inflater(LIMIT_BYTES, budget)
    const empty = gzipSync('')
    const body = Buffer.concat(Array.from({ length: MIB / empty.length + 1 }, () => empty))
    expect(await later(body)).toEqual(Buffer.alloc(0))
  })

  it('is refused when it is zstd in more frames than a client writes', async () => {
    budget = new CollectBudget(4 * MIB)
    inflater = new Inflater(LIMIT_BYTES, budget)
    const frames = new Array<Buffer>(100_000).fill(zstdCompressSync(''))
    const body = Buffer.concat([
      zstdCompressSync(large),
      ...frames,
      Buffer.from('502a4d1800001000', 'hex'),
      Buffer.alloc(MIB),
    ])
    expect(await later(body, CODING.ZSTD)).toBe(VERDICT.BAD_CODING)
  })

  it('with bytes behind it, or cut, is refused', async () => {
    const body = gzipSync(large)
    const size = body.subarray(-4)
    expect(await later(Buffer.concat([body, Buffer.from('more'), size]))).toBe(VERDICT.BAD_CODING)
    expect(await later(Buffer.concat([body.subarray(0, 900), size]))).toBe(VERDICT.BAD_CODING)
  })

  it('is kept when its bytes are only lent', async () => {
    const body = gzipSync(large)
    const waiter = new Waiter()
    expect(inflater.inflate(body, CODING.GZIP, true, waiter)).toBe(VERDICT.PENDING)
    body.fill(0)
    expect(large.equals((await waiter.first) as Buffer)).toBe(true)
  })
})

describe('the line', () => {
  const bomb = gzipSync(large)

  it('serves all in their order, one at a time, and lets small ones pass', async () => {
    const order: number[] = []
    const all = [0, 1, 2, 3].map((number) => later(bomb).then(() => order.push(number)))
    expect([inflater.count, budget.usedBytes]).toEqual([4, 4 * bomb.length])
    expect(inflater.inflate(gzipSync('small'), CODING.GZIP, false, new Waiter())).toEqual(Buffer.from('small'))
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3])
  })

  it('has an end, where bodies are refused for now', async () => {
    const all = Array.from({ length: LINE_MAX }, () => later(bomb))
    expect(inflater.inflate(bomb, CODING.GZIP, false, new Waiter())).toBe(VERDICT.MEMORY_FULL)
    await Promise.all(all)
    await later(bomb)
  })

  it('takes no more than the budget has', async () => {
    budget.take(MIB - bomb.length)
    const first = later(bomb)
    expect(inflater.inflate(bomb, CODING.GZIP, false, new Waiter())).toBe(VERDICT.MEMORY_FULL)
    await first
    expect(budget.usedBytes).toBe(MIB - bomb.length)
  })

  it('is told when nobody inflates any more, each once', async () => {
    const waiters = [new Waiter(), new Waiter()]
    for (const waiter of waiters) inflater.inflate(bomb, CODING.GZIP, false, waiter)
    inflater.end()
    expect(waiters.map(({ results }) => results)).toEqual([[VERDICT.NOT_RUNNING], [VERDICT.NOT_RUNNING]])
    await later(bomb)
    expect(waiters.map(({ results }) => results.length)).toEqual([1, 1])
    expect(budget.usedBytes).toBe(0)
  })
})
