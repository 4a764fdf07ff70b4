import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../src/base/units.ts'
import { CODING, type Coding } from '../../../src/ingest/body.ts'
import { CollectBudget } from '../../../src/ingest/collected.ts'
import { Inflater } from '../../../src/ingest/inflater.ts'
import { VERDICT } from '../../../src/ingest/verdict.ts'

const LIMIT_BYTES = 8 * MIB
const LINE_COUNT_MAX = 1024

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
  /** 256 KiB and a little, compressed. */
  const quarter = Buffer.concat([randomBytes(256 * KIB), Buffer.alloc(MIB)])

  it('serves all in their order, one at a time, and lets small ones pass', async () => {
    const order: number[] = []
    const all = [0, 1, 2, 3].map((number) => later(bomb).then(() => order.push(number)))
    expect([inflater.count, budget.usedBytes]).toEqual([4, 4 * bomb.length])
    expect(inflater.inflate(gzipSync('small'), CODING.GZIP, false, new Waiter())).toEqual(Buffer.from('small'))
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3])
  })

  it.each([
    ['what they say of themselves', bomb, Math.floor((8 * LIMIT_BYTES) / large.length)],
    ['the limit, when they say more', gzipSync(Buffer.alloc(LIMIT_BYTES + 1)), 8],
    ['a usual ratio, when they say nothing', deflateSync(quarter), 15],
  ])('has as much work as eight of the largest requests, counted by %s', async (_, body, count) => {
    budget = new CollectBudget(64 * MIB)
    inflater = new Inflater(LIMIT_BYTES, budget)
    const coding = body[0] === 0x1f ? CODING.GZIP : CODING.DEFLATE
    const all = Array.from({ length: count }, () => later(body, coding))
    expect(inflater.inflate(body, coding, false, new Waiter())).toBe(VERDICT.INFLATING_FULL)
    await Promise.all(all)
    expect(budget.usedBytes).toBe(0)
    await later(body, coding)
  })

  it('has a number of bodies that it does not exceed, however small they are', async () => {
    const limitBytes = 1024 * MIB
    inflater = new Inflater(limitBytes, new CollectBudget(64 * MIB))
    const small = gzipSync(Buffer.alloc(MIB + 1))
    const waiter = new Waiter()
    for (let count = 0; count < LINE_COUNT_MAX; count++) {
      expect(inflater.inflate(small, CODING.GZIP, false, waiter)).toBe(VERDICT.PENDING)
    }
    expect(inflater.inflate(small, CODING.GZIP, false, waiter)).toBe(VERDICT.INFLATING_FULL)
    inflater.end()
  })

  it('loses whoever leaves it, but not the one at work', async () => {
    const [first, second, third] = [new Waiter(), new Waiter(), new Waiter()]
    for (const waiter of [first, second, third]) inflater.inflate(bomb, CODING.GZIP, false, waiter)
    expect([inflater.leave(first), inflater.leave(second), inflater.leave(second)]).toEqual([false, true, true])
    expect([inflater.count, budget.usedBytes]).toEqual([2, 2 * bomb.length])
    await third.first
    expect([first.results.length, second.results.length]).toEqual([1, 0])
    expect([inflater.count, budget.usedBytes]).toEqual([0, 0])
    // Their share of the work has left with them.
    for (let count = 0; count < 100; count++) {
      expect(inflater.inflate(bomb, CODING.GZIP, false, count === 0 ? first : second)).toBe(VERDICT.PENDING)
      inflater.leave(second)
    }
  })

  it('takes no more than the budget has', async () => {
    budget.take(MIB - bomb.length)
    const first = later(bomb)
    expect(inflater.inflate(bomb, CODING.GZIP, false, new Waiter())).toBe(VERDICT.INFLATING_FULL)
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
