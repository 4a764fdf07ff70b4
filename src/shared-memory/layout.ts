/**
 * The map of the shared memory: the one place where offsets are computed.
 *
 *   0      1 KiB             64 KiB
 *   +------+-----------------+--------+---------+----------+---------+--------+-----------+----------+---------+--------+
 *   | null | kernel constants| kernel | control | counters | held    | queues | request   | outcome  | out     | arenas |
 *   |      | (data segment)  | tables | block   |          | bytes   | (4)    | table     | rings    | rings   |        |
 *   +------+-----------------+--------+---------+----------+---------+--------+-----------+----------+---------+--------+
 *
 * - wasm32: the whole ends below 4 GiB.
 * - Memory is zeroed and made resident page by page on first touch: what is not used costs address space only.
 * - Small and hot structures stand first; arenas, aligned for whole blocks, last.
 */
import { assert } from '../base/assert.ts'
import { alignUp, GIB, KIB, powerOfTwoCeiling } from '../base/units.ts'
import { ARENA_BLOCK_BYTES_MIN } from './arena.ts'
import { controlBlockBytes } from './control-block.ts'
import { COUNTER_BLOCK_BYTES } from './counters.ts'
import { heldBytesBytes } from './held-bytes.ts'
import { outRingBytes } from './out-ring.ts'
import { outcomeRingBytes } from './outcome-ring.ts'
import { QUEUE_CAPACITY_MAX, queueBytes, REQUEST_NUMBER_MAX } from './queue-descriptor.ts'
import { REQUEST_ENTRY_BYTES } from './request-table.ts'

export const MEMORY_BYTES_MAX = 4 * GIB
export const MEMORY_PAGE_BYTES = 64 * KIB
/** Everything below belongs to the null page and the kernel's constants. */
const KERNEL_TABLES_OFFSET = 64 * KIB
const LINE_BYTES = 128

/** Sizes that follow from the configuration; see config/limits.ts. */
export interface LayoutSizes {
  readonly signalCount: number
  readonly ingestThreads: number
  readonly serializerThreads: number
  readonly kernelTablesBytes: number
  /** Requests per signal queue; the ring has the next power of two cells, and room for re-queued ones. */
  readonly queueCountMax: number
  readonly requestEntriesPerIngest: number
  /** A power of two. */
  readonly arenaBytesPerIngest: number
  /** A power of two. */
  readonly outRingCapacityBytes: number
}

/** Plain data: sent to every thread as it starts. All offsets in bytes from the start of the memory. */
export interface Layout extends LayoutSizes {
  readonly kernelTablesOffset: number
  readonly controlOffset: number
  readonly slotCount: number
  readonly countersOffset: number
  readonly heldBytesOffset: number
  readonly queueCapacity: number
  readonly queueOffsets: readonly number[]
  readonly requestTableOffset: number
  readonly requestEntryCount: number
  readonly outcomeRingCapacity: number
  readonly outcomeRingOffsets: readonly number[]
  readonly outRingOffsets: readonly number[]
  readonly arenaOffsets: readonly number[]
  readonly totalBytes: number
}

export const MAIN_SLOT = 0

export function ingestSlot(ingestIndex: number): number {
  return 1 + ingestIndex
}

export function serializerSlot(sizes: LayoutSizes, serializerIndex: number): number {
  return 1 + sizes.ingestThreads + serializerIndex
}

/** @throws AssertionError when the sizes do not fit; config/limits.ts has checked them against the user's settings before */
export function computeLayout(sizes: LayoutSizes): Layout {
  const slotCount = 1 + sizes.ingestThreads + sizes.serializerThreads
  const queueCapacity = Math.min(QUEUE_CAPACITY_MAX, powerOfTwoCeiling(sizes.queueCountMax + slotCount))
  const requestEntryCount = sizes.requestEntriesPerIngest * sizes.ingestThreads
  const outcomeRingCapacity = powerOfTwoCeiling(sizes.requestEntriesPerIngest)
  assert(
    requestEntryCount <= REQUEST_NUMBER_MAX + 1,
    `${requestEntryCount} request entries exceed ${REQUEST_NUMBER_MAX + 1}`,
  )

  let end = KERNEL_TABLES_OFFSET
  const place = (bytes: number, alignment = LINE_BYTES): number => {
    const offset = alignUp(end, alignment)
    end = offset + bytes
    return offset
  }
  const placeEach = (count: number, bytes: number, alignment?: number): number[] =>
    Array.from({ length: count }, () => place(bytes, alignment))

  const layout = {
    ...sizes,
    slotCount,
    queueCapacity,
    requestEntryCount,
    outcomeRingCapacity,
    kernelTablesOffset: place(sizes.kernelTablesBytes),
    controlOffset: place(controlBlockBytes(slotCount)),
    countersOffset: place(COUNTER_BLOCK_BYTES * slotCount),
    heldBytesOffset: place(heldBytesBytes(sizes.ingestThreads)),
    queueOffsets: placeEach(sizes.signalCount, queueBytes(queueCapacity)),
    requestTableOffset: place(REQUEST_ENTRY_BYTES * requestEntryCount),
    outcomeRingOffsets: placeEach(sizes.ingestThreads, outcomeRingBytes(outcomeRingCapacity)),
    outRingOffsets: placeEach(sizes.serializerThreads, outRingBytes(sizes.outRingCapacityBytes)),
    arenaOffsets: placeEach(sizes.ingestThreads, sizes.arenaBytesPerIngest, ARENA_BLOCK_BYTES_MIN),
  }
  const totalBytes = alignUp(end, MEMORY_PAGE_BYTES)
  assert(totalBytes <= MEMORY_BYTES_MAX, `shared memory of ${totalBytes} bytes exceeds the 4 GiB of wasm32`)
  return { ...layout, totalBytes }
}

export function createSharedMemory(layout: Layout): WebAssembly.Memory {
  const pages = layout.totalBytes / MEMORY_PAGE_BYTES
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
}
