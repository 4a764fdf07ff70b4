/**
 * Numbers and arena blocks of one ingest thread: a request has both from the first byte of its body until it is settled.
 * Private to the thread; other threads see it through the request table only.
 */
import { type Arena, NO_ROOM } from '../shared-memory/arena.ts'
import type { RequestTable } from '../shared-memory/request-table.ts'
import { NO_NUMBER, type Numbers } from './numbers.ts'

export class Bodies {
  readonly #requests: RequestTable
  readonly #numbers: Numbers
  readonly #arena: Arena
  /** The whole shared memory. */
  readonly #bytes: Buffer

  constructor(requests: RequestTable, numbers: Numbers, arena: Arena, bytes: Buffer) {
    this.#requests = requests
    this.#numbers = numbers
    this.#arena = arena
    this.#bytes = bytes
  }

  /** Requests that hold a number. */
  get openCount(): number {
    return this.#numbers.openCount
  }

  /** @returns a request number in phase RECEIVING with room for the body, or NO_NUMBER */
  open(signalIndex: number, protocol: number, bodyBytes: number): number {
    const requestNumber = this.#numbers.take()
    if (requestNumber === NO_NUMBER) return NO_NUMBER
    const offset = this.#arena.allocate(bodyBytes)
    if (offset === NO_ROOM) {
      this.#numbers.give(requestNumber)
      return NO_NUMBER
    }
    this.#requests.open(requestNumber, signalIndex, protocol)
    this.#requests.setPayload(requestNumber, offset, bodyBytes)
    return requestNumber
  }

  /** @param at byte inside the body. Buffer.copy is a memmove; Uint8Array.set is ten times slower on unaligned shared memory. */
  write(requestNumber: number, at: number, chunk: Buffer): void {
    chunk.copy(this.#bytes, this.#requests.payloadOffset(requestNumber) + at)
  }

  /** The request is settled, or was never queued: block and number are free again. */
  release(requestNumber: number): void {
    const offset = this.#requests.payloadOffset(requestNumber)
    this.#requests.close(requestNumber)
    this.#arena.free(offset)
    this.#numbers.give(requestNumber)
  }
}
