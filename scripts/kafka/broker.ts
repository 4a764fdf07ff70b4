/**
 * A real Kafka on loopback for tests and benches: 1 to n KRaft nodes on free ports, data in a folder of their own.
 *
 *   const kafka = await startKafka()
 *   await kafka.createTopic('otlp-traces', 6)
 *   ... kafka.bootstrapServers ...
 *   await kafka.stop()
 *
 * - Ready means: a metadata answer names every broker. About 5 s (format 1.5 s, start 3 s).
 * - Faults: kill, pause, resume, restart, for all nodes or for one by its index.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerNode, type NodePorts } from './broker-node.ts'
import { freePort } from './free-port.ts'
import { kafkaClassPath } from './libraries.ts'
import { clusterMetadata, createTopic, deleteTopic, type TopicOptions } from './topics.ts'
import { waitUntil } from './wait-until.ts'

export interface KafkaOptions {
  brokers?: number
  /** Data and logs; a temporary folder, removed by stop(), when absent. */
  directory?: string
  /** Client port of the first broker; the others follow on free ports. */
  port?: number
  /** Ports that clients are told, one per broker: where a proxy listens. */
  advertisedPorts?: number[]
  heapMegabytes?: number
  jvmFlags?: readonly string[]
  /** Per partition. Older segments are deleted beyond it, checked every 2 s. */
  retentionBytes?: number
  /** Broker properties, over the defaults of broker-node.ts. */
  config?: Record<string, string>
  detached?: boolean
  readyDeadlineMs?: number
}

const RETENTION_BYTES = 1 << 30
const HEAP_MEGABYTES = 512
const READY_DEADLINE_MS = 60_000

export type RunningKafka = Kafka

export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  const classPath = await kafkaClassPath()
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-kafka-')))
  const ports = await choosePorts(options)
  const clusterId = randomBytes(16).toString('base64url')
  const nodes = ports.map(
    (own, index) =>
      new BrokerNode({
        nodeId: index + 1,
        clusterId,
        classPath,
        directory: join(directory, `node-${index + 1}`),
        ports,
        advertisedPort: options.advertisedPorts?.[index] ?? own.client,
        heapMegabytes: options.heapMegabytes ?? HEAP_MEGABYTES,
        jvmFlags: options.jvmFlags ?? [],
        retentionBytes: options.retentionBytes ?? RETENTION_BYTES,
        config: options.config ?? {},
        detached: options.detached ?? false,
      }),
  )
  const kafka = new Kafka(nodes, ports, options.directory === undefined ? directory : undefined)
  try {
    await Promise.all(nodes.map((node) => node.format()))
    for (const node of nodes) node.start()
    await kafka.ready(options.readyDeadlineMs)
  } catch (error) {
    await kafka.kill()
    throw error
  }
  return kafka
}

async function choosePorts({ brokers = 1, port }: KafkaOptions): Promise<NodePorts[]> {
  const ports: NodePorts[] = []
  for (let index = 0; index < brokers; index++) {
    const client = index === 0 && port !== undefined ? port : await freePort()
    ports.push({ client, internal: await freePort(), controller: await freePort() })
  }
  return ports
}

class Kafka {
  /** The brokers' own listeners, also when another port is advertised. */
  readonly bootstrapServers: string
  readonly #nodes: BrokerNode[]
  readonly #temporaryDirectory: string | undefined

  constructor(nodes: BrokerNode[], ports: NodePorts[], temporaryDirectory: string | undefined) {
    this.#nodes = nodes
    this.#temporaryDirectory = temporaryDirectory
    this.bootstrapServers = ports.map(({ client }) => `127.0.0.1:${client}`).join(',')
  }

  get pids(): number[] {
    return this.#nodes.flatMap((node) => node.pid ?? [])
  }

  /** Resolves when every running node is known to the cluster. */
  async ready(deadlineMs = READY_DEADLINE_MS): Promise<void> {
    const wanted = this.#nodes.filter((node) => node.running).length
    const readyOrDead = async () => {
      const dead = this.#nodes.filter((node) => !node.running).length
      if (dead > this.#nodes.length - wanted) return 'dead'
      return (await clusterMetadata(this.bootstrapServers)).brokers.length >= wanted && 'ready'
    }
    const outcome = await waitUntil(readyOrDead, { deadlineMs, pollMs: 100, what: 'Kafka ready' }).catch((error) => {
      throw new Error(`${error.message}\n${this.logTail()}`)
    })
    if (outcome === 'dead') throw new Error(`a Kafka node ended while it started\n${this.logTail()}`)
  }

  /** Ends the cluster. A temporary folder is about to be removed, so nothing is gained by an orderly end there. */
  async stop(): Promise<void> {
    if (this.#temporaryDirectory === undefined) await Promise.all(this.#nodes.map((node) => node.stop()))
    else await this.kill()
    if (this.#temporaryDirectory !== undefined) await rm(this.#temporaryDirectory, { recursive: true, force: true })
  }

  /** SIGKILL; restart() brings the same node back with its data. */
  async kill(index?: number): Promise<void> {
    await Promise.all(this.#chosen(index).map((node) => node.kill()))
  }

  /** SIGTERM: an orderly, controlled shutdown; restart() brings it back. */
  async terminate(index?: number): Promise<void> {
    await Promise.all(this.#chosen(index).map((node) => node.stop()))
  }

  pause(index?: number): void {
    for (const node of this.#chosen(index)) node.pause()
  }

  resume(index?: number): void {
    for (const node of this.#chosen(index)) node.resume()
  }

  /** Starts what kill() or terminate() ended, on the same ports with the same data; resolves when it is ready. */
  async restart(index?: number, deadlineMs?: number): Promise<void> {
    for (const node of this.#chosen(index)) node.start()
    await this.ready(deadlineMs)
  }

  createTopic(name: string, partitions = 1, config: Record<string, string> = {}): Promise<void> {
    const options: TopicOptions = { partitions, config, replicationFactor: Math.min(3, this.#nodes.length) }
    return createTopic(this.bootstrapServers, name, options)
  }

  deleteTopic(name: string): Promise<void> {
    return deleteTopic(this.bootstrapServers, name)
  }

  logTail(): string {
    return this.#nodes.map((node) => node.logTail()).join('\n')
  }

  #chosen(index: number | undefined): BrokerNode[] {
    return index === undefined ? this.#nodes : [this.#nodes[index]]
  }
}
