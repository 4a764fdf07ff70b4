/**
 * One KRaft node (broker and controller in one JVM), as an operating system process.
 *
 * - Sizes are for a test machine: small heap, few threads, bounded retention with short delays, because a data folder on
 *   tmpfs is memory and Kafka's defaults keep deleted segments for a minute.
 * - `setpriv --pdeathsig` where it exists: a test run that is killed leaves no JVM behind.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const STOP_DEADLINE_MS = 15_000
const LOG_TAIL_BYTES = 3000

export interface NodePorts {
  client: number
  internal: number
  controller: number
}

export interface NodeOptions {
  nodeId: number
  clusterId: string
  classPath: string
  directory: string
  ports: NodePorts[]
  /** What clients are told to connect to; another port than the listener's puts a proxy between. */
  advertisedPort: number
  heapMegabytes: number
  /** After the defaults: a bench wants the heap at its full size from the start. */
  jvmFlags: readonly string[]
  retentionBytes: number
  config: Record<string, string>
  /** Outlives this process (`npm run kafka -- up`). */
  detached: boolean
}

export class BrokerNode {
  readonly #options: NodeOptions
  #child: ChildProcess | undefined

  constructor(options: NodeOptions) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Writes the configuration and formats the log folder. */
  async format(): Promise<void> {
    const { directory, clusterId } = this.#options
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'server.properties'), serverProperties(this.#options))
    const formatted = this.#java('kafka.tools.StorageTool', [
      'format',
      `--cluster-id=${clusterId}`,
      '-c',
      'server.properties',
    ])
    const code = await exitOf(formatted)
    if (code !== 0) throw new Error(`Kafka's log folder could not be formatted (${code}): ${this.logTail()}`)
  }

  /** Starts the process; readiness is the cluster's to judge. */
  start(): void {
    if (this.running) throw new Error(`Kafka node ${this.#options.nodeId} runs already`)
    this.#child = this.#java('kafka.Kafka', ['server.properties'])
    if (this.#options.detached) this.#child.unref()
  }

  /** SIGTERM, and SIGKILL at the deadline. */
  async stop(): Promise<void> {
    const child = this.#child
    if (!child || !this.running) return
    this.resume()
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
    await exitOf(child)
    clearTimeout(timer)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || !this.running) return
    child.kill('SIGKILL')
    await exitOf(child)
  }

  /** The process keeps its sockets and answers nothing: a broker that hangs. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  logTail(): string {
    try {
      return readFileSync(this.#logPath(), 'utf8').slice(-LOG_TAIL_BYTES)
    } catch {
      return '(no log)'
    }
  }

  #logPath(): string {
    return join(this.#options.directory, 'broker.out')
  }

  #java(mainClass: string, args: string[]): ChildProcess {
    const { classPath, directory, detached } = this.#options
    const log = openSync(this.#logPath(), 'a')
    const command = ['java', ...javaFlags(this.#options), '-cp', classPath, mainClass, ...args]
    if (!detached && hasSetpriv) command.unshift('setpriv', '--pdeathsig', 'KILL')
    const [file, ...rest] = command
    const child = spawn(file, rest, { cwd: directory, detached, stdio: ['ignore', log, log] })
    closeSync(log) // the child has its own
    return child
  }
}

const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0

function javaFlags({ heapMegabytes, classPath, jvmFlags }: NodeOptions): string[] {
  const log4j = join(dirname(classPath), 'log4j2.properties')
  return [
    `-Xmx${heapMegabytes}m`,
    '-Xms64m',
    '-XX:+UseSerialGC', // one core's worth of collector threads: neighbours on the machine are being measured
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${log4j}`,
    ...jvmFlags,
  ]
}

function serverProperties(options: NodeOptions): string {
  const { nodeId, directory, ports, advertisedPort, retentionBytes, config } = options
  const own = ports[nodeId - 1]
  const voters = ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`)
  const replication = String(Math.min(3, ports.length))
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `CLIENT://127.0.0.1:${own.client},INTERNAL://127.0.0.1:${own.internal},CONTROLLER://127.0.0.1:${own.controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${advertisedPort},INTERNAL://127.0.0.1:${own.internal}`,
    'log.dirs': join(directory, 'data'),
    'num.network.threads': '2',
    'num.io.threads': '4',
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': replication,
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': replication,
    'transaction.state.log.min.isr': '1',
    // default 9 s until a dead broker's partitions move; alone there is nowhere to move, and a stalled machine must not fence it
    'broker.session.timeout.ms': ports.length > 1 ? '4000' : '18000',
    'broker.heartbeat.interval.ms': '1000',
    'group.initial.rebalance.delay.ms': '0',
    'log.segment.bytes': String(Math.max(1 << 20, Math.min(64 << 20, retentionBytes >> 2))),
    'log.retention.bytes': String(retentionBytes),
    'log.retention.check.interval.ms': '2000',
    'log.segment.delete.delay.ms': '500',
    'log.cleaner.dedupe.buffer.size': String(4 << 20), // default 128 MB of heap
    ...config,
  }
  return `${Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
}
