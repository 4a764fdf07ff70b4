/** Numbers that follow from the configuration and the machine, and the memory budget. */
import { MIB, powerOfTwoCeiling } from '../base/units.ts'
import { KERNEL_TABLES_BYTES } from '../otlp/kernel-tables.ts'
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import { ARENA_BLOCK_BYTES_MIN } from '../shared-memory/arena.ts'
import {
  computeLayout,
  type Layout,
  type LayoutSizes,
  MEMORY_BYTES_MAX,
  MEMORY_PAGE_BYTES,
} from '../shared-memory/layout.ts'
import { ConfigError, type Problem } from './config-error.ts'
import type { Config } from './options.ts'

export interface MemoryShare {
  readonly what: string
  readonly bytes: number
}

export interface Limits extends LayoutSizes {
  /** `otlp.message.queue.size`; a full queue refuses. The ring itself is a power of two, see the layout. */
  readonly queueCountMax: number
  /** `otlp.queue.max.bytes` per signal. */
  readonly queueBytesMax: number
  readonly requestBytesMax: number
  readonly recordBytesMax: number
  /** The whole shared memory; the bytes add up to its size. */
  readonly memorySum: readonly MemoryShare[]
  /** Bodies that are collected outside the arena by one ingest thread, all together: compressed or of unknown length. */
  readonly collectBytesPerIngest: number
  /** What request bodies may take beside the shared memory, at most. */
  readonly besideSum: readonly MemoryShare[]
  readonly warnings: readonly string[]
}

/** A quarter of a million requests a thread is more than the arenas hold; request numbers have 20 bits in all. */
const REQUEST_ENTRIES_MAX = 2 ** 20
/** Four of the largest records, so that a serializer writes one while others wait for the producer; never so small that it idles. */
const OUT_RING_RECORDS = 4
const OUT_RING_BYTES_MIN = 4 * MIB

/** Of the arena, for the bodies that are collected first; and always room for two of the largest. */
const COLLECT_SHARE = 0.25
/** While one body inflates: its parts joined, zlib's parts of the output, and those joined. */
const INFLATE_COPIES = 3

/** @throws ConfigError when the settings need more shared memory than wasm32 has */
export function resolveLimits(config: Config, cores: number): Limits {
  const sizes = sizesOf(config, cores)
  const room = arenaRoomBytes(sizes)
  const arenaBytesMin = 2 * powerOfTwoCeiling(config['otlp.request.max.bytes'])
  const arenaBytesWanted = arenaBytesFor(config, sizes.ingestThreads)
  let arenaBytes = arenaBytesWanted
  while (arenaBytes > room && arenaBytes > arenaBytesMin) arenaBytes /= 2
  if (arenaBytes > room) throw new ConfigError([doesNotFit(config, sizes)])
  const fitted = { ...sizes, arenaBytesPerIngest: arenaBytes }
  const requestBytesMax = config['otlp.request.max.bytes']
  const collectBytesPerIngest = Math.max(2 * requestBytesMax, arenaBytes * COLLECT_SHARE)
  return {
    ...fitted,
    collectBytesPerIngest,
    besideSum: besideSum(fitted.ingestThreads, collectBytesPerIngest, requestBytesMax),
    queueBytesMax: config['otlp.queue.max.bytes'],
    requestBytesMax,
    recordBytesMax: config['kafka.record.max.bytes'],
    memorySum: memorySum(computeLayout(fitted)),
    warnings: arenaBytes < arenaBytesWanted ? [shrunkText(config, fitted)] : [],
  }
}

function sizesOf(config: Config, cores: number): LayoutSizes {
  const ingestThreads = threads(config['engine.ingest.threads'], autoThreads(cores, 0.3, 8))
  const serializerThreads = threads(config['engine.serializer.threads'], autoThreads(cores, 0.35, 12))
  const queueCountMax = config['otlp.message.queue.size']
  return {
    signalCount: SIGNAL_COUNT,
    ingestThreads,
    serializerThreads,
    kernelTablesBytes: KERNEL_TABLES_BYTES,
    queueCountMax,
    // All four queues can be full, and as many again as the queues' usual depth are being received or delivered.
    requestEntriesPerIngest: Math.min(
      SIGNAL_COUNT * queueCountMax + 1024,
      Math.floor(REQUEST_ENTRIES_MAX / ingestThreads),
    ),
    arenaBytesPerIngest: ARENA_BLOCK_BYTES_MIN,
    outRingCapacityBytes: powerOfTwoCeiling(
      Math.max(OUT_RING_BYTES_MIN, OUT_RING_RECORDS * config['kafka.record.max.bytes']),
    ),
  }
}

function threads(setting: number | 'auto', automatic: number): number {
  return setting === 'auto' ? automatic : setting
}

/** The main thread and librdkafka's threads need the rest of the cores; up to four cores get one of each. */
function autoThreads(cores: number, share: number, max: number): number {
  return Math.min(max, Math.max(1, Math.round(cores * share)))
}

/** Holds two of the largest requests, and this thread's part of what the four queues may hold. */
function arenaBytesFor(config: Config, ingestThreads: number): number {
  const queued = Math.ceil((SIGNAL_COUNT * config['otlp.queue.max.bytes']) / ingestThreads)
  return powerOfTwoCeiling(Math.max(2 * config['otlp.request.max.bytes'], queued))
}

/** What one ingest thread's arena may take at most; negative when the rest alone does not fit. */
function arenaRoomBytes(sizes: LayoutSizes): number {
  // Measured with the smallest rings and arenas, which always fit: the layout itself refuses what exceeds 4 GiB.
  const smallest = computeLayout({ ...sizes, outRingCapacityBytes: OUT_RING_BYTES_MIN })
  const ringsBytes = sizes.serializerThreads * (sizes.outRingCapacityBytes - OUT_RING_BYTES_MIN)
  // The total is rounded up to a page, so a page less is what alignment cannot exceed.
  const leftBytes = MEMORY_BYTES_MAX - MEMORY_PAGE_BYTES - smallest.totalBytes - ringsBytes
  return Math.floor(leftBytes / sizes.ingestThreads)
}

/** The memory as one sum, in the order of the layout. */
function memorySum(layout: Layout): MemoryShare[] {
  const { ingestThreads, serializerThreads, signalCount } = layout
  return [
    // Null page, the kernel's constants and its schema tables: fixed.
    { what: 'kernel', bytes: layout.controlOffset },
    // Control words, one block of counters a thread, held bytes.
    { what: 'control words and counters', bytes: layout.queueOffsets[0] - layout.controlOffset },
    // Cells of 4 bytes, the next power of two above otlp.message.queue.size.
    { what: `${signalCount} queues`, bytes: layout.requestTableOffset - layout.queueOffsets[0] },
    // 128 bytes for each request between its first byte and its answer.
    {
      what: `${layout.requestEntryCount} request entries`,
      bytes: layout.outcomeRingOffsets[0] - layout.requestTableOffset,
    },
    { what: `${ingestThreads} outcome rings`, bytes: layout.outRingOffsets[0] - layout.outcomeRingOffsets[0] },
    // Four of the largest records (kafka.record.max.bytes), at least 4 MiB.
    { what: `${serializerThreads} out rings`, bytes: layout.arenaOffsets[0] - layout.outRingOffsets[0] },
    // The bodies: this is where otlp.queue.max.bytes and otlp.request.max.bytes go.
    { what: `${ingestThreads} arenas`, bytes: layout.totalBytes - layout.arenaOffsets[0] },
  ]
}

function besideSum(ingestThreads: number, collectBytesPerIngest: number, requestBytesMax: number): MemoryShare[] {
  return [
    // Compressed bodies, and those of unknown length, until they are complete or inflated.
    { what: 'bodies being collected', bytes: ingestThreads * collectBytesPerIngest },
    // Each ingest thread inflates one at a time.
    { what: 'bodies being inflated', bytes: ingestThreads * INFLATE_COPIES * requestBytesMax },
  ]
}

function doesNotFit(config: Config, sizes: LayoutSizes): Problem {
  const rings = sizes.serializerThreads * sizes.outRingCapacityBytes
  const bodies = sizes.ingestThreads * 2 * powerOfTwoCeiling(config['otlp.request.max.bytes'])
  return {
    key: 'otlp.request.max.bytes',
    value: String(config['otlp.request.max.bytes']),
    source: 'memory budget',
    text:
      `bodies need at least ${bodies} bytes (${sizes.ingestThreads} ingest threads) beside out rings of ${rings} bytes ` +
      `(${sizes.serializerThreads} serializers, kafka.record.max.bytes=${config['kafka.record.max.bytes']}); ` +
      `together at most ${MEMORY_BYTES_MAX}: lower one of these or the threads`,
  }
}

function shrunkText(config: Config, sizes: LayoutSizes): string {
  const bytes = sizes.ingestThreads * sizes.arenaBytesPerIngest
  return (
    `otlp.queue.max.bytes=${config['otlp.queue.max.bytes']}: four full queues do not fit into the 4 GiB of shared memory; ` +
    `all signals together hold ${bytes} bytes`
  )
}
