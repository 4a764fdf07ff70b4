/**
 * The engine with null-producer.ts instead of Kafka, as a process of its own. Takes `--set key=value` as `sluice run`
 * does, and says the same `event=engine_ready`.
 */
import { once } from 'node:events'
import { createLog } from '../src/base/log.ts'
import { parseConfigArguments } from '../src/cli/arguments.ts'
import { loadConfig } from '../src/config/load.ts'
import { Engine } from '../src/engine.ts'
import { NullProducer } from './null-producer.ts'

const DRAIN_TIMEOUT_MS = 5000
/** A value that is never connected to; the option is required. */
const NOWHERE = ['--set', 'kafka.bootstrap.servers=127.0.0.1:1']

const loaded = loadConfig(parseConfigArguments([...process.argv.slice(2), ...NOWHERE]))
const log = createLog({ level: loaded.config['log.level'], format: loaded.config['log.format'] })
const kafka = {
  bootstrapServers: 'null',
  factory: async (events: ConstructorParameters<typeof NullProducer>[0]) => new NullProducer(events),
}
const engine = await Engine.start({ loaded, kafka, version: 'null-producer', log })
log('info', 'engine_ready', { ...engine.addresses })
const reason = await Promise.race([once(process, 'SIGTERM'), engine.failed])
await engine.stop(DRAIN_TIMEOUT_MS)
process.exit(reason instanceof Error ? 1 : 0)
