/**
 * npm run kafka -- up|down|status|topics|create NAME|delete NAME|read NAME
 *                  [--brokers 1] [--dir FOLDER] [--port 9092] [--partitions 6]
 *
 * A real Kafka by hand: stays up until `down`. State is one file beside the jars: where it runs and under which process ids.
 */
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startKafka } from './kafka/broker.ts'
import { KAFKA_CACHE } from './kafka/libraries.ts'
import { forEachRecord } from './kafka/read-topic.ts'
import { clusterMetadata, createTopic, deleteTopic, recordCount } from './kafka/topics.ts'
import { waitUntil } from './kafka/wait-until.ts'

interface State {
  bootstrapServers: string
  directory: string
  temporary: boolean
  pids: number[]
}

const STATE_PATH = join(KAFKA_CACHE, 'running.json')
const STOP_DEADLINE_MS = 15_000

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    brokers: { type: 'string', default: '1' },
    dir: { type: 'string' },
    port: { type: 'string' },
    partitions: { type: 'string', default: '1' },
  },
})

async function up(): Promise<void> {
  const running = readState()
  if (running) return say(`runs already at ${running.bootstrapServers}`)
  const temporary = values.dir === undefined
  const directory = values.dir === undefined ? await mkdtemp(join(tmpdir(), 'sluice-kafka-')) : resolve(values.dir)
  const port = values.port === undefined ? {} : { port: Number(values.port) }
  const kafka = await startKafka({ brokers: Number(values.brokers), directory, detached: true, ...port })
  const state: State = { bootstrapServers: kafka.bootstrapServers, directory, temporary, pids: kafka.pids }
  await mkdir(dirname(STATE_PATH), { recursive: true })
  await writeFile(STATE_PATH, JSON.stringify(state, null, 2))
  say(`ready at ${kafka.bootstrapServers}, data in ${directory}`)
}

async function down(): Promise<void> {
  const state = readState()
  if (!state) return say('does not run')
  for (const pid of state.pids) if (isOurs(pid, state.directory)) process.kill(pid, 'SIGTERM')
  const gone = () => state.pids.every((pid) => !isOurs(pid, state.directory))
  await waitUntil(gone, { deadlineMs: STOP_DEADLINE_MS, what: 'Kafka stopped' }).catch(() => {
    for (const pid of state.pids) if (isOurs(pid, state.directory)) process.kill(pid, 'SIGKILL')
  })
  if (state.temporary) await rm(state.directory, { recursive: true, force: true })
  await rm(STATE_PATH)
  say('stopped')
}

async function topics(state: State): Promise<void> {
  const { topics } = await clusterMetadata(state.bootstrapServers)
  for (const { name, partitions } of topics.sort((a, b) => a.name.localeCompare(b.name))) {
    const records = await recordCount(state.bootstrapServers, name)
    process.stdout.write(`${name}\t${partitions.length} partitions\t${records} records\n`)
  }
}

async function read(state: State, name: string): Promise<void> {
  await forEachRecord(state.bootstrapServers, name, {}, ({ partition, offset, headers, payload }) => {
    process.stdout.write(`${partition}/${offset} ${JSON.stringify(headers)} ${payload?.length ?? 'null'} bytes\n`)
  })
}

function readState(): State | undefined {
  if (!existsSync(STATE_PATH)) return undefined
  const state: State = JSON.parse(readFileSync(STATE_PATH, 'utf8'))
  return state.pids.some((pid) => isOurs(pid, state.directory)) ? state : undefined
}

/** A process id may have been given to somebody else since: the working folder tells. */
function isOurs(pid: number, directory: string): boolean {
  try {
    return dirname(readlinkSync(`/proc/${pid}/cwd`)) === directory
  } catch {
    return false
  }
}

function say(text: string): void {
  process.stdout.write(`kafka: ${text}\n`)
}

async function main([command, name]: string[]): Promise<void> {
  if (command === 'up') return up()
  if (command === 'down') return down()
  const state = readState()
  if (command === 'status')
    return say(state ? `runs at ${state.bootstrapServers}, data in ${state.directory}` : 'does not run')
  if (!state) throw new Error('does not run; npm run kafka -- up')
  if (command === 'topics') return topics(state)
  if (command === 'create' && name)
    return createTopic(state.bootstrapServers, name, { partitions: Number(values.partitions) })
  if (command === 'delete' && name) return deleteTopic(state.bootstrapServers, name)
  if (command === 'read' && name) return read(state, name)
  throw new Error('usage: up | down | status | topics | create NAME | delete NAME | read NAME')
}

main(positionals).catch((error: Error) => {
  process.stderr.write(`kafka: ${error.message}\n`)
  process.exitCode = 1
})
