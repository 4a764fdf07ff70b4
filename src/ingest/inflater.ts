/**
 * Compressed bodies of one ingest thread. What becomes small inflates at once: a hand-over costs more than the work. What
 * becomes large goes to zlib's own threads, one body at a time, so that nobody else waits for it and only one is in
 * memory; a line of bounded work waits, whoever comes then is refused.
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
/** A quarter of a second each, at the default limit: the last in line is answered long before its deadline. */
const LINE_REQUESTS_MAX = 8
/** Bodies that lie about their size are no longer a line than this. */
const LINE_COUNT_MAX = 1024
/** What a body that does not say its size is taken for: requests of OTLP shrink to a fifth up to a twentieth. */
const UNSAID_RATIO = 16

/** Whoever gives a body to inflate. */
export interface InflateWaiter {
  /** Called once, later. @param result the body, or a verdict */
  inflated(result: Buffer | number): void
}

interface Inflating {
  readonly body: Buffer
  readonly coding: Coding
  readonly waiter: InflateWaiter
  /** Bytes it is likely to become: its share of the line. */
  readonly workBytes: number
}

const gunzip = promisify(zlib.gunzip)
const unzlib = promisify(zlib.inflate)

export class Inflater {
  readonly #bytesMax: number
  readonly #budget: CollectBudget
  /** The first is at work. */
  #line: Inflating[] = []
  #lineBytes = 0

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
    const saidBytes = claimedBytes(body, coding)
    // Many small members say little of themselves, at the end least.
    const leastBytes = Math.max(body.length, saidBytes)
    if (isLimitSmall || leastBytes <= AT_ONCE_BYTES_MAX) {
      const result = inflate(body, coding, Math.min(this.#bytesMax, AT_ONCE_BYTES_MAX))
      if (result !== VERDICT.BODY_TOO_LARGE || isLimitSmall) return result
    }
    const workBytes = this.#workBytes(body, saidBytes)
    const isFull = this.#line.length >= LINE_COUNT_MAX || this.#lineBytes + workBytes > this.#lineBytesMax
    if (isFull || !this.#budget.take(body.length)) return VERDICT.INFLATING_FULL
    this.#lineBytes += workBytes
    this.#line.push({ body: isBorrowed ? Buffer.from(body) : body, coding, waiter, workBytes })
    if (this.#line.length === 1) void this.#work()
    return VERDICT.PENDING
  }

  get #lineBytesMax(): number {
    return LINE_REQUESTS_MAX * this.#bytesMax
  }

  /** @param saidBytes one that says it is small, and is here, does not say it */
  #workBytes(body: Buffer, saidBytes: number): number {
    const bytes = saidBytes > AT_ONCE_BYTES_MAX ? saidBytes : UNSAID_RATIO * body.length
    return Math.min(Math.max(bytes, body.length, AT_ONCE_BYTES_MAX), this.#bytesMax)
  }

  /**
   * The client of a waiter is gone: its body is not inflated any more, unless that has begun.
   *
   * @returns false when the waiter is still told
   */
  leave(waiter: InflateWaiter): boolean {
    const at = this.#line.findIndex((inflating) => inflating.waiter === waiter)
    if (at === 0) return false
    if (at > 0) this.#giveBack(this.#line.splice(at, 1)[0]!)
    return true
  }

  #giveBack({ body, workBytes }: Inflating): void {
    this.#budget.give(body.length)
    this.#lineBytes -= workBytes
  }

  /** Whoever waits is told that nobody will inflate any more. */
  end(): void {
    const line = this.#line
    this.#line = []
    for (const inflating of line) {
      this.#giveBack(inflating)
      inflating.waiter.inflated(VERDICT.NOT_RUNNING)
    }
  }

  async #work(): Promise<void> {
    for (let first = this.#line[0]; first !== undefined; first = this.#line[0]) {
      const { body, coding, waiter } = first
      const result = await inflateLater(body, coding, this.#bytesMax)
      if (this.#line[0] !== first) return // ended meanwhile
      this.#line.shift()
      this.#giveBack(first)
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
