/** The broker that stands beside the engine in end-to-end benches. */
import { existsSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningKafka, startKafka } from '../scripts/kafka/broker.ts'

const RETENTION_BYTES_PER_PARTITION = 256 << 20
const EXIT_INTERRUPTED = 130
const MEMORY_FOLDER = '/dev/shm'
/** All six partitions at their limit, and as much again that is being deleted. */
const FOLDER_BYTES_MIN = 2 * 6 * RETENTION_BYTES_PER_PARTITION

export interface BenchKafka {
  readonly bootstrapServers: string
  stop(): Promise<void>
}

/** In memory where there is room, so that the disk of the machine is not part of the figure. */
export async function startBenchKafka(): Promise<BenchKafka> {
  const directory = await mkdtemp(join(hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'sluice-bench-'))
  const removeDirectory = () => rm(directory, { recursive: true, force: true })
  const options = { directory, heapMegabytes: 512, retentionBytes: RETENTION_BYTES_PER_PARTITION }
  const kafka: RunningKafka = await startKafka(options).catch(async (error) => {
    await removeDirectory()
    throw error
  })
  const stop = async () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await kafka.kill() // the folder goes next: an orderly end would only write to it
    await removeDirectory()
  }
  // Gigabytes of memory would stay behind.
  const interrupted = () => void stop().finally(() => process.exit(EXIT_INTERRUPTED))
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  return { bootstrapServers: kafka.bootstrapServers, stop }
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > FOLDER_BYTES_MIN
}
