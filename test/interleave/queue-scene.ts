/** The smallest queue that can go wrong, capacity 2, with its request table, as scripts for the explorer. */
import {
  CELLS_OFFSET,
  isFull,
  NOTHING,
  numberOfCell,
  PUT_POSITION_OFFSET,
  type QueueWords,
  queueBytes,
  queueWords,
  resetQueue,
  TAKE_POSITION_OFFSET,
} from '../../src/shared-memory/queue-descriptor.ts'
import { queuePut } from '../../src/shared-memory/queue-put.ts'
import { queueTake } from '../../src/shared-memory/queue-take.ts'
import { REQUEST_ENTRY_BYTES, RequestTable } from '../../src/shared-memory/request-table.ts'
import { wordOf } from './atomic-calls.ts'
import type { Operation, ThreadScript } from './replay.ts'

export const CAPACITY = 2
const DRAIN_SLOT = 99

export class QueueScene {
  readonly words: Int32Array
  readonly tracked: readonly number[]
  readonly queue: QueueWords
  readonly table: RequestTable
  readonly requestCount: number

  constructor(requestCount: number, startPosition = 0) {
    const tableOffset = queueBytes(CAPACITY)
    const buffer = new SharedArrayBuffer(tableOffset + requestCount * REQUEST_ENTRY_BYTES)
    this.words = new Int32Array(buffer)
    this.queue = queueWords(buffer, 0, CAPACITY)
    this.table = new RequestTable(buffer, tableOffset, requestCount)
    this.requestCount = requestCount
    const cells = Array.from({ length: CAPACITY }, (_, index) => CELLS_OFFSET + index * 4)
    const states = Array.from({ length: requestCount }, (_, number) => tableOffset + number * REQUEST_ENTRY_BYTES)
    this.tracked = [PUT_POSITION_OFFSET, TAKE_POSITION_OFFSET, ...cells, ...states].map((offset) => offset / 4)
    resetQueue(this.queue, startPosition)
    for (let number = 0; number < requestCount; number++) this.table.open(number, 0, 0)
  }

  /** What ingest does: mark, put, and take the mark back when the queue was full. Three operations a number. */
  producer(name: string, numbers: readonly number[], countMax = CAPACITY): ThreadScript {
    const operations = numbers.flatMap((number): Operation[] => [
      () => this.#mark(number),
      () => Number(queuePut(this.queue, number, countMax)),
      (results) => (results.at(-1) === 1 ? 1 : Number(!this.table.unmarkQueued(number))),
    ])
    return { name, operations, loopHead: (call) => call.name === 'load' && wordOf(call) === PUT_POSITION_OFFSET / 4 }
  }

  consumer(slot: number, takeCount: number): ThreadScript {
    const take: Operation = () => queueTake(this.queue, (number) => this.table.claim(number, slot))
    return {
      name: `consumer ${slot}`,
      operations: Array.from({ length: takeCount }, () => take),
      loopHead: (call) => call.name === 'load' && wordOf(call) === TAKE_POSITION_OFFSET / 4,
    }
  }

  /** Numbers that stand in cells, lowest cell first. */
  inCells(): number[] {
    return Array.from(this.queue.cells).filter(isFull).map(numberOfCell)
  }

  drain(): number[] {
    const taken: number[] = []
    for (;;) {
      const number = queueTake(this.queue, (candidate) => this.table.claim(candidate, DRAIN_SLOT))
      if (number === NOTHING) return taken
      taken.push(number)
    }
  }

  /** Marks and puts again, as the supervisor does. @returns false when full */
  requeue(number: number): boolean {
    this.table.markQueued(number)
    return queuePut(this.queue, number, CAPACITY)
  }

  #mark(number: number): number {
    this.table.markQueued(number)
    return number
  }
}
