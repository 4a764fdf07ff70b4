/**
 * Numbers and arena blocks of one ingest thread: a request has both from the first byte of its body until it is settled.
 * Private to the thread; other threads see it through the request table only.
 */
import { type Arena, NO_ROOM } from '../shared-memory/arena.ts'
import type { HeldBytes } from '../shared-memory/held-bytes.ts'
import type { RequestTable } from '../shared-memory/request-table.ts'
import { NO_NUMBER, type Numbers } from './numbers.ts'
import { VERDICT } from './verdict.ts'

export interface BodiesParts {
  readonly requests: RequestTable
  readonly heldBytes: HeldBytes
  readonly numbers: Numbers
  readonly arena: Arena
  /** The whole shared memory. */
  readonly bytes: Buffer
  readonly ingestIndex: number
  /** Per signal, all threads together. */
  readonly queueBytesMax: number
}

export class Bodies {
  readonly #requests: RequestTable
  readonly #heldBytes: HeldBytes
  readonly #numbers: Numbers
  readonly #arena: Arena
  readonly #bytes: Buffer
  readonly #ingestIndex: number
  readonly #queueBytesMax: number

  constructor(parts: BodiesParts) {
    this.#requests = parts.requests
    this.#heldBytes = parts.heldBytes
    this.#numbers = parts.numbers
    this.#arena = parts.arena
    this.#bytes = parts.bytes
    this.#ingestIndex = parts.ingestIndex
    this.#queueBytesMax = parts.queueBytesMax
  }

  /** Requests that hold a number. */
  get openCount(): number {
    return this.#numbers.openCount
  }

  /**
   * The bytes count as held from here on: admission saw only what was held before, and many bodies may be on their way.
   *
   * @returns a request number in phase RECEIVING with room for the body, or a verdict, negated
   */
  open(signalIndex: number, protocol: number, bodyBytes: number): number {
    if (this.#heldBytes.total(signalIndex) + bodyBytes > this.#queueBytesMax) return -VERDICT.QUEUE_FULL
    const requestNumber = this.#numbers.take()
    if (requestNumber === NO_NUMBER) return -VERDICT.MEMORY_FULL
    const offset = this.#arena.allocate(bodyBytes)
    if (offset === NO_ROOM) {
      this.#numbers.give(requestNumber)
      return -VERDICT.MEMORY_FULL
    }
    this.#heldBytes.add(this.#ingestIndex, signalIndex, bodyBytes)
    this.#requests.open(requestNumber, signalIndex, protocol)
    this.#requests.setPayload(requestNumber, offset, bodyBytes)
    return requestNumber
  }

  /** @param at byte inside the body. Buffer.copy is a memmove; Uint8Array.set is ten times slower on unaligned shared memory. */
  write(requestNumber: number, at: number, chunk: Buffer): void {
    chunk.copy(this.#bytes, this.#requests.payloadOffset(requestNumber) + at)
  }

  /** The body has become shorter, in its place. */
  shrink(requestNumber: number, bodyBytes: number): void {
    this.#setBody(requestNumber, this.#requests.payloadOffset(requestNumber), bodyBytes)
  }

  /**
   * The body is now what lies in a block from `borrow`, which is the request's own from here on; the block before is free.
   *
   * @returns PENDING, or a verdict when the queue has no room for a body of this size; nothing is changed then
   */
  replace(requestNumber: number, offset: number, bodyBytes: number): number {
    const { signalIndex, before } = this.#bodyOf(requestNumber)
    if (this.#heldBytes.total(signalIndex) - before + bodyBytes > this.#queueBytesMax) return VERDICT.QUEUE_FULL
    this.#arena.free(this.#requests.payloadOffset(requestNumber))
    this.#setBody(requestNumber, offset, bodyBytes)
    return VERDICT.PENDING
  }

  /** The body moves to a block of its own size; the one it is in is larger than it needs. */
  fit(requestNumber: number): void {
    const { before: bodyBytes } = this.#bodyOf(requestNumber)
    const from = this.#requests.payloadOffset(requestNumber)
    const to = this.#arena.allocate(bodyBytes)
    if (to === NO_ROOM) return
    this.#bytes.copy(this.#bytes, to, from, from + bodyBytes)
    this.#arena.free(from)
    this.#requests.setPayload(requestNumber, to, bodyBytes)
  }

  #bodyOf(requestNumber: number): { readonly signalIndex: number; readonly before: number } {
    const requests = this.#requests
    return { signalIndex: requests.signal(requestNumber), before: requests.payloadBytes(requestNumber) }
  }

  /** Held bytes are rounded up body by body: what was added comes off whole. */
  #setBody(requestNumber: number, offset: number, bodyBytes: number): void {
    const { signalIndex, before } = this.#bodyOf(requestNumber)
    this.#heldBytes.remove(this.#ingestIndex, signalIndex, before)
    this.#heldBytes.add(this.#ingestIndex, signalIndex, bodyBytes)
    this.#requests.setPayload(requestNumber, offset, bodyBytes)
  }

  /** A block besides the bodies, for the time of one call: to be given back in the same one. @returns NO_ROOM when none is free */
  borrow(bytes: number): number {
    return this.#arena.allocate(bytes)
  }

  giveBack(offset: number): void {
    this.#arena.free(offset)
  }

  /** The request is settled, or was never queued: block and number are free again. */
  release(requestNumber: number): void {
    const requests = this.#requests
    const offset = requests.payloadOffset(requestNumber)
    this.#heldBytes.remove(this.#ingestIndex, requests.signal(requestNumber), requests.payloadBytes(requestNumber))
    requests.close(requestNumber)
    this.#arena.free(offset)
    this.#numbers.give(requestNumber)
  }
}
