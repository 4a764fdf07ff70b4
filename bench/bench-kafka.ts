/** The broker that stands beside the engine in end-to-end benches. */
import { existsSync, readdirSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningKafka, startKafka } from '../scripts/kafka/broker.ts'
import { waitUntil } from '../scripts/kafka/wait-until.ts'

/** Above what a round at half load writes: deleting segments takes a core for tens of milliseconds. */
const RETENTION_BYTES_PER_PARTITION = 2 ** 30
const EXIT_INTERRUPTED = 130
const SETTLE_DEADLINE_MS = 60_000
const MEMORY_FOLDER = '/dev/shm'
/** Collections of a small young generation stop the broker ten times a second, 2 ms each, and its latency is in ours. */
const JVM_FLAGS = ['-Xms768m', '-Xmn512m', '-XX:+AlwaysPreTouch']
/** All six partitions at their limit, and as much again that is being deleted. */
const FOLDER_BYTES_MIN = 2 * 6 * RETENTION_BYTES_PER_PARTITION

export interface BenchKafka {
  readonly bootstrapServers: string
  /** Resolves when deleted topics have left memory: freeing gigabytes of it is load on the machine. */
  settled(): Promise<unknown>
  stop(): Promise<void>
}

/** In memory where there is room, so that the disk of the machine is not part of the figure. */
export async function startBenchKafka(): Promise<BenchKafka> {
  const directory = await mkdtemp(join(hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'sluice-bench-'))
  const removeDirectory = () => rm(directory, { recursive: true, force: true })
  const options = { directory, heapMegabytes: 768, jvmFlags: JVM_FLAGS, retentionBytes: RETENTION_BYTES_PER_PARTITION }
  const kafka: RunningKafka = await startKafka(options).catch(async (error) => {
    await removeDirectory()
    throw error
  })
  const stop = async () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await kafka.kill() // the folder goes next: an orderly end would only write to it
    await removeDirectory()
  }
  const dataDirectory = join(directory, 'node-1', 'data')
  const settled = () =>
    waitUntil(() => !hasTopics(dataDirectory), { deadlineMs: SETTLE_DEADLINE_MS, what: 'topics deleted' })
  // Gigabytes of memory would stay behind.
  const interrupted = () => void stop().finally(() => process.exit(EXIT_INTERRUPTED))
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  return { bootstrapServers: kafka.bootstrapServers, settled, stop }
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > FOLDER_BYTES_MIN
}

/** A deleted topic's partitions are renamed at once and removed a little later. */
function hasTopics(dataDirectory: string): boolean {
  return readdirSync(dataDirectory).some((name) => name.startsWith('bench-') || name.endsWith('-delete'))
}
