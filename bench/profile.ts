/**
 * Where the engine's CPU goes, by thread: `perf record` while the engine is under load, end to end.
 *
 *   scripts/with-node.sh bench/profile.ts [the arguments of engine-run.ts] [--top 15]
 *
 * - perf, not V8's profiler: it sees librdkafka, uWebSockets, the garbage collector and the kernel beside JavaScript, which
 *   V8 names in /tmp/perf-PID.map.
 * - By the clock (cpu-clock), so that machines without hardware counters can do it too.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBenchKafka } from './bench-kafka.ts'
import { runRound } from './end-to-end.ts'
import { ENDED_BY_SIGNAL, LineProcess } from './line-process.ts'
import { formatProfile, SampleCounts } from './profile-samples.ts'
import { parseRunArguments, type RunArguments } from './run-arguments.ts'

const SAMPLES_PER_S = 997
const TOP_DEFAULT = 15
const REPORT_DEADLINE_MS = 120_000
const ENVIRONMENT = { NODE_OPTIONS: '--perf-basic-prof' }

/** @returns counts of samples, and the engine's process id */
async function record(servers: string, { settings, load }: RunArguments, file: string) {
  let pid = 0
  let perf: LineProcess | undefined
  const onWindow = (enginePid: number) => {
    pid = enginePid
    process.once('exit', () => rmSync(`/tmp/perf-${pid}.map`, { force: true })) // where V8 puts it, whatever TMPDIR says
    perf = startPerf(pid, Math.max(0.2, load.durationS - 0.5), file)
  }
  const round = await runRound(servers, { load, engine: { settings, environment: ENVIRONMENT }, onWindow })
  const { cpuUsPerItem, load: result } = round
  process.stdout.write(`${result.itemsPerS.toFixed(0)} items/s, ${cpuUsPerItem.toFixed(3)} us CPU an item, profiled\n`)
  const code = await perf?.exited(REPORT_DEADLINE_MS)
  // perf ends as its `sleep` did: by a signal when the engine stopped first
  if (code !== 0 && code !== ENDED_BY_SIGNAL)
    throw new Error(`perf record ended with ${code} (Debian has it as linux-perf)\n${perf?.complaint}`)
  return { counts: await readSamples(file), pid }
}

function startPerf(pid: number, seconds: number, file: string): LineProcess {
  const args = ['record', '-q', '-F', String(SAMPLES_PER_S), '-e', 'cpu-clock', '-p', String(pid), '-o', file]
  return new LineProcess({ command: ['perf', ...args, '--', 'sleep', String(seconds)], onLine: () => {} })
}

async function readSamples(file: string): Promise<SampleCounts> {
  const counts = new SampleCounts()
  const command = ['perf', 'script', '-i', file, '-F', 'tid,ip,sym,dso']
  const reader = new LineProcess({ command, onLine: (line) => counts.add(line) })
  const code = await reader.exited(REPORT_DEADLINE_MS)
  if (code !== 0 || counts.total === 0)
    throw new Error(`perf script ended with ${code}, ${counts.total} samples\n${reader.complaint}`)
  return counts
}

/** `--top N` is ours. */
function takeTop(argv: readonly string[]): { top: number; rest: string[] } {
  const at = argv.indexOf('--top')
  if (at < 0) return { top: TOP_DEFAULT, rest: [...argv] }
  return { top: Number(argv[at + 1]), rest: argv.filter((_, index) => index !== at && index !== at + 1) }
}

async function main(argv: readonly string[]): Promise<void> {
  const { top, rest } = takeTop(argv)
  const parsed = parseRunArguments(rest)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-profile-'))
  const kafka = parsed.kafka === undefined ? await startBenchKafka() : undefined
  try {
    const { counts, pid } = await record(kafka?.bootstrapServers ?? parsed.kafka!, parsed, join(folder, 'perf.data'))
    process.stdout.write(`${formatProfile(counts, pid, top)}\n`)
  } finally {
    await kafka?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main(process.argv.slice(2))
