/**
 * One vitest project per kind of proof, named like its folder under test/: `vitest run --project order`.
 *
 * - Forks, never threads: node-rdkafka crashes the process when a worker thread loads it.
 * - The flags let worker threads, which tests start from .ts files, strip types themselves.
 * - Kinds that measure time or own the machine's ports run one file at a time.
 */
import { defineConfig } from 'vitest/config'

interface Kind {
  name: string
  timeoutMs: number
  filesAtOnce?: number
  globalSetup?: string[]
}

const MINUTE_MS = 60_000
const engineAndKafka = ['test/bed/global-build.ts', 'test/bed/global-kafka.ts']

const kinds: Kind[] = [
  { name: 'unit', timeoutMs: 20_000 },
  { name: 'order', timeoutMs: 20_000 },
  { name: 'interleave', timeoutMs: 3 * MINUTE_MS },
  { name: 'model', timeoutMs: 3 * MINUTE_MS },
  { name: 'wrap', timeoutMs: MINUTE_MS },
  { name: 'litmus', timeoutMs: 5 * MINUTE_MS, filesAtOnce: 1 },
  { name: 'fuzz', timeoutMs: 5 * MINUTE_MS, filesAtOnce: 1 },
  { name: 'conformance', timeoutMs: 2 * MINUTE_MS, filesAtOnce: 1, globalSetup: engineAndKafka },
  { name: 'integration', timeoutMs: 2 * MINUTE_MS, filesAtOnce: 1, globalSetup: engineAndKafka },
  { name: 'faults', timeoutMs: 3 * MINUTE_MS, filesAtOnce: 1, globalSetup: engineAndKafka },
]

export default defineConfig({
  test: {
    projects: kinds.map(({ name, timeoutMs, filesAtOnce = 2, globalSetup = [] }, groupOrder) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        pool: 'forks' as const,
        execArgv: ['--experimental-strip-types', '--no-warnings'],
        maxWorkers: filesAtOnce,
        // Of `it.concurrent`: cases that wait for the same ten seconds wait together.
        maxConcurrency: 32,
        sequence: { groupOrder },
        testTimeout: timeoutMs,
        hookTimeout: Math.max(timeoutMs, 2 * MINUTE_MS),
        globalSetup,
      },
    })),
  },
})
