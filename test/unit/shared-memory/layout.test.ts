import { expect, test } from 'vitest'
import { GIB, KIB, MIB } from '../../../src/base/units.ts'
import { controlBlockBytes } from '../../../src/shared-memory/control-block.ts'
import { COUNTER_BLOCK_BYTES } from '../../../src/shared-memory/counters.ts'
import { heldBytesBytes } from '../../../src/shared-memory/held-bytes.ts'
import {
  computeLayout,
  createSharedMemory,
  ingestSlot,
  type Layout,
  type LayoutSizes,
  MAIN_SLOT,
  serializerSlot,
} from '../../../src/shared-memory/layout.ts'
import { outRingBytes } from '../../../src/shared-memory/out-ring.ts'
import { outcomeRingBytes } from '../../../src/shared-memory/outcome-ring.ts'
import { queueBytes } from '../../../src/shared-memory/queue-descriptor.ts'
import { REQUEST_ENTRY_BYTES } from '../../../src/shared-memory/request-table.ts'

const SIZES: LayoutSizes = {
  signalCount: 4,
  ingestThreads: 3,
  serializerThreads: 2,
  kernelTablesBytes: 5001,
  queueCountMax: 100,
  requestEntriesPerIngest: 50,
  arenaBytesPerIngest: MIB,
  outRingCapacityBytes: 64 * KIB,
}

function regions(layout: Layout): [number, number][] {
  const each = (offsets: readonly number[], bytes: number) => offsets.map((offset): [number, number] => [offset, bytes])
  return [
    [0, 64 * KIB],
    [layout.kernelTablesOffset, layout.kernelTablesBytes],
    [layout.controlOffset, controlBlockBytes(layout.slotCount)],
    [layout.countersOffset, COUNTER_BLOCK_BYTES * layout.slotCount],
    [layout.heldBytesOffset, heldBytesBytes(layout.ingestThreads)],
    ...each(layout.queueOffsets, queueBytes(layout.queueCapacity)),
    [layout.requestTableOffset, REQUEST_ENTRY_BYTES * layout.requestEntryCount],
    ...each(layout.outcomeRingOffsets, outcomeRingBytes(layout.outcomeRingCapacity)),
    ...each(layout.outRingOffsets, outRingBytes(layout.outRingCapacityBytes)),
    ...each(layout.arenaOffsets, layout.arenaBytesPerIngest),
  ]
}

test('regions follow each other without overlap, on lines of their own, and fill the memory', () => {
  const layout = computeLayout(SIZES)
  let end = 0
  for (const [offset, bytes] of regions(layout)) {
    expect(offset).toBeGreaterThanOrEqual(end)
    expect(offset % 128).toBe(0)
    end = offset + bytes
  }
  expect(layout.totalBytes - end).toBeGreaterThanOrEqual(0)
  expect(layout.totalBytes - end).toBeLessThan(64 * KIB)
})

test('arenas start on a whole block, one per ingress thread', () => {
  const { arenaOffsets } = computeLayout(SIZES)
  expect(arenaOffsets).toHaveLength(3)
  for (const offset of arenaOffsets) expect(offset % 1024).toBe(0)
})

test('a queue has a cell for every number up to its limit and one per thread for re-queued ones', () => {
  const layout = computeLayout(SIZES)
  expect(layout.slotCount).toBe(6)
  expect(layout.queueCapacity).toBeGreaterThanOrEqual(SIZES.queueCountMax + layout.slotCount)
})

test('an outcome ring covers every request its thread can own', () => {
  const layout = computeLayout(SIZES)
  expect(layout.outcomeRingCapacity).toBeGreaterThanOrEqual(SIZES.requestEntriesPerIngest)
})

test('every thread has a slot of its own', () => {
  const slots = [MAIN_SLOT, ...[0, 1, 2].map(ingestSlot), ...[0, 1].map((index) => serializerSlot(SIZES, index))]
  expect(slots).toEqual([0, 1, 2, 3, 4, 5])
})

test('more than 4 GiB and more requests than a cell can name are assertions', () => {
  expect(() => computeLayout({ ...SIZES, arenaBytesPerIngest: 2 * GIB })).toThrow(/4 GiB/)
  expect(() => computeLayout({ ...SIZES, requestEntriesPerIngest: 2 ** 20 })).toThrow(/request entries/)
})

test('the memory is shared and as large as the layout says', () => {
  const layout = computeLayout(SIZES)
  const { buffer } = createSharedMemory(layout)
  expect(buffer).toBeInstanceOf(SharedArrayBuffer)
  expect(buffer.byteLength).toBe(layout.totalBytes)
})
