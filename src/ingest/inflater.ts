/**
 * Compressed bodies of one ingest thread. What becomes small inflates at once: a hand-over costs more than the work. What
 * becomes large goes to zlib's own threads, one body at a time, so that nobody else waits for it and only one is in
 * memory; a short line waits, whoever comes then is refused.
 */
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { MIB } from '../base/units.ts'
import {
  CODING,
  type Coding,
  claimedBytes,
  inflate,
  inflateFault,
  wholeBody,
  zlibOptions,
  zstdOptions,
} from './body.ts'
import type { CollectBudget } from './collected.ts'
import { VERDICT } from './verdict.ts'
import { zstdFrames } from './zstd-frame.ts'

/** Three milliseconds of work, and five usual bodies. */
const AT_ONCE_BYTES_MAX = MIB
/** A quarter of a second each, at the default limit of a request: the last in line is answered long before its deadline. */
const LINE_MAX = 8

/** Whoever gives a body to inflate. */
export interface InflateWaiter {
  /** Called once, later. @param result the body, or a verdict */
  inflated(result: Buffer | number): void
}

interface Inflating {
  readonly body: Buffer
  readonly coding: Coding
  readonly waiter: InflateWaiter
}

const gunzip = promisify(zlib.gunzip)
const unzlib = promisify(zlib.inflate)

export class Inflater {
  readonly #bytesMax: number
  readonly #budget: CollectBudget
  /** The first is at work. */
  #line: Inflating[] = []

  /** @param budget pays for the compressed bodies that wait */
  constructor(bytesMax: number, budget: CollectBudget) {
    this.#bytesMax = bytesMax
    this.#budget = budget
  }

  /** Bodies that are not inflated yet. */
  get count(): number {
    return this.#line.length
  }

  /**
   * @param isBorrowed the body is valid for this call only
   * @returns the inflated body, or a verdict; PENDING when the waiter is told later
   */
  inflate(body: Buffer, coding: Coding, isBorrowed: boolean, waiter: InflateWaiter): Buffer | number {
    const isLimitSmall = this.#bytesMax <= AT_ONCE_BYTES_MAX
    // Many small members say little of themselves, at the end least.
    const leastBytes = Math.max(body.length, claimedBytes(body, coding))
    if (isLimitSmall || leastBytes <= AT_ONCE_BYTES_MAX) {
      const result = inflate(body, coding, Math.min(this.#bytesMax, AT_ONCE_BYTES_MAX))
      if (result !== VERDICT.BODY_TOO_LARGE || isLimitSmall) return result
    }
    if (this.#line.length >= LINE_MAX || !this.#budget.take(body.length)) return VERDICT.MEMORY_FULL
    this.#line.push({ body: isBorrowed ? Buffer.from(body) : body, coding, waiter })
    if (this.#line.length === 1) void this.#work()
    return VERDICT.PENDING
  }

  /** Whoever waits is told that nobody will inflate any more. */
  end(): void {
    const line = this.#line
    this.#line = []
    for (const { body, waiter } of line) {
      this.#budget.give(body.length)
      waiter.inflated(VERDICT.NOT_RUNNING)
    }
  }

  async #work(): Promise<void> {
    for (let first = this.#line[0]; first !== undefined; first = this.#line[0]) {
      const { body, coding, waiter } = first
      const result = await inflateLater(body, coding, this.#bytesMax)
      if (this.#line[0] !== first) return // ended meanwhile
      this.#line.shift()
      this.#budget.give(body.length)
      waiter.inflated(result)
    }
  }
}

async function inflateLater(body: Buffer, coding: Coding, bytesMax: number): Promise<Buffer | number> {
  try {
    if (coding === CODING.ZSTD) return await unzstdLater(body, bytesMax)
    return wholeBody(await (coding === CODING.GZIP ? gunzip : unzlib)(body, zlibOptions(body, coding, bytesMax)), body)
  } catch (error) {
    return inflateFault(error)
  }
}

/** As inflate() does it: frame by frame. */
async function unzstdLater(body: Buffer, bytesMax: number): Promise<Buffer | number> {
  const unzstd = promisify(zlib.zstdDecompress)
  const frames = zstdFrames(body)
  if (frames === undefined) return VERDICT.BAD_CODING
  const parts: Buffer[] = []
  let leftBytes = bytesMax
  for (const { start, end, contentBytes = 0 } of frames) {
    if (contentBytes > leftBytes) return VERDICT.BODY_TOO_LARGE
    const part = await unzstd(body.subarray(start, end), zstdOptions(contentBytes || undefined, leftBytes))
    parts.push(part)
    leftBytes -= part.length
  }
  return leftBytes < 0 ? VERDICT.BODY_TOO_LARGE : Buffer.concat(parts)
}
