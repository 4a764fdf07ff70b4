import { Arena } from './arena.ts'
import { ControlBlock } from './control-block.ts'
import { Counters, CountersReader } from './counters.ts'
import { HeldBytes } from './held-bytes.ts'
import type { Layout } from './layout.ts'
import { OutRingReader, OutRingWriter } from './out-ring.ts'
import { OutcomeRing } from './outcome-ring.ts'
import { type QueueWords, queueWords, resetQueue } from './queue-descriptor.ts'
import { RequestTable } from './request-table.ts'

/** One thread's views on all shared structures; cheap, made once per thread from the memory and its map. */
export class SharedState {
  readonly memory: WebAssembly.Memory
  readonly layout: Layout
  readonly buffer: SharedArrayBuffer
  /** The whole memory as a Buffer, for copies into and views out of arenas. */
  readonly bytes: Buffer
  readonly control: ControlBlock
  readonly requests: RequestTable
  /** Per signal. */
  readonly queues: readonly QueueWords[]
  readonly heldBytes: HeldBytes
  readonly countersReader: CountersReader

  constructor(memory: WebAssembly.Memory, layout: Layout) {
    const buffer = memory.buffer as unknown as SharedArrayBuffer
    this.memory = memory
    this.layout = layout
    this.buffer = buffer
    this.bytes = Buffer.from(buffer)
    this.control = new ControlBlock(buffer, layout.controlOffset, layout.slotCount)
    this.requests = new RequestTable(buffer, layout.requestTableOffset, layout.requestEntryCount)
    this.queues = layout.queueOffsets.map((offset) => queueWords(buffer, offset, layout.queueCapacity))
    this.heldBytes = new HeldBytes(buffer, layout.heldBytesOffset, layout.ingestThreads)
    this.countersReader = new CountersReader(buffer, layout.countersOffset, layout.slotCount)
  }

  counters(slot: number): Counters {
    return new Counters(this.buffer, this.layout.countersOffset, slot)
  }

  outcomeRing(ingestIndex: number): OutcomeRing {
    return new OutcomeRing(this.buffer, this.layout.outcomeRingOffsets[ingestIndex]!, this.layout.outcomeRingCapacity)
  }

  outRingWriter(serializerIndex: number): OutRingWriter {
    return new OutRingWriter(
      this.buffer,
      this.layout.outRingOffsets[serializerIndex]!,
      this.layout.outRingCapacityBytes,
    )
  }

  outRingReader(serializerIndex: number): OutRingReader {
    return new OutRingReader(
      this.buffer,
      this.layout.outRingOffsets[serializerIndex]!,
      this.layout.outRingCapacityBytes,
    )
  }

  arena(ingestIndex: number): Arena {
    return new Arena(this.layout.arenaOffsets[ingestIndex]!, this.layout.arenaBytesPerIngest)
  }

  /** Which ingress thread owns a request number. */
  ownerOf(requestNumber: number): number {
    return Math.floor(requestNumber / this.layout.requestEntriesPerIngest)
  }

  /** Before any thread starts: the memory is zero, only queue cells have another start value. */
  initialize(): void {
    for (const queue of this.queues) resetQueue(queue)
  }
}
