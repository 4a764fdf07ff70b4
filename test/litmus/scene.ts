/** The shared memory of the litmus tests and the messages that cross it: both sides compute what must arrive. */
import { computeLayout, type Layout } from '../../src/shared-memory/layout.ts'
import { OUTCOME, type Outcome } from '../../src/shared-memory/request-table.ts'
import { SharedState } from '../../src/shared-memory/shared-state.ts'

export const PRODUCERS = 2
export const CONSUMERS = 2
export const ENTRIES_PER_PRODUCER = 64
/** Less than the producers can have open, so that puts are refused, too. */
export const QUEUE_COUNT_MAX = 100
export const OUT_RING_BYTES = 64 * 1024
export const COUNTER_NAME = 'received_bytes'
/** A wrap of the low word at every second addition. */
export const COUNTER_AMOUNT = 2 ** 31 - 1
/** A lost wake-up shows as a wait of this length. */
export const WAIT_MS = 20_000

export type Role =
  | 'queue-producer'
  | 'queue-consumer'
  | 'out-writer'
  | 'out-reader'
  | 'outcome-writer'
  | 'outcome-reader'
  | 'counter-writer'
  | 'counter-reader'
  | 'bell-waits'
  | 'bell-waits-async'

export interface ThreadTask {
  readonly role: Role
  readonly index: number
  readonly messages: number
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  /** Words for the test's own bookkeeping: how many are done. */
  readonly done: Int32Array
}

export interface ThreadReport {
  readonly count: number
  readonly checksum: number
  readonly longestWaitMs: number
}

export function sceneLayout(): Layout {
  return computeLayout({
    signalCount: 4,
    ingestThreads: PRODUCERS,
    serializerThreads: CONSUMERS,
    kernelTablesBytes: 0,
    queueCountMax: QUEUE_COUNT_MAX,
    requestEntriesPerIngest: ENTRIES_PER_PRODUCER,
    arenaBytesPerIngest: 1024,
    outRingCapacityBytes: OUT_RING_BYTES,
  })
}

export function sharedStateOf({ memory, layout }: Pick<ThreadTask, 'memory' | 'layout'>): SharedState {
  return new SharedState(memory, layout)
}

/** 32 bits that depend on all bits of both. */
export function mix(left: number, right: number): number {
  const mixed = Math.imul(left ^ 0x9e3779b1, 0x85ebca6b) ^ Math.imul(right + 0x165667b1, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 15)) | 0
}

/** Sizes of out records: mostly small, every 997th up to half the ring. */
export function payloadWordsOf(sequence: number): number {
  const wordsMax = sequence % 997 === 0 ? OUT_RING_BYTES / 8 - 4 : 120
  return (mix(sequence, 1) >>> 0) % (wordsMax + 1)
}

export function outcomeOf(sequence: number): Outcome {
  return (1 + (sequence % OUTCOME.CANCELLED)) as Outcome
}

/** What all threads of a scene must add up to. */
export function checksumOf(producers: number, messagesEach: number): number {
  let checksum = 0
  for (let producer = 0; producer < producers; producer++) {
    for (let sequence = 0; sequence < messagesEach; sequence++) checksum = (checksum + mix(sequence, producer)) | 0
  }
  return checksum
}
