/**
 * An engine whose serializer threads a test can kill: the same code as `sluice run`, with the pool within reach.
 *
 *   argv: key=value ...     stdin: a line `kill INDEX` ends that serializer's thread without warning
 */
import { createInterface } from 'node:readline'
import { createLog } from '../../src/base/log.ts'
import { loadConfig } from '../../src/config/load.ts'
import { Engine } from '../../src/engine.ts'
import { openKafka } from '../../src/engine-kafka.ts'

const LOOK_INTERVAL_MS = 5

const sets = process.argv.slice(2).map((setting) => {
  const equals = setting.indexOf('=')
  return { key: setting.slice(0, equals), value: setting.slice(equals + 1) }
})
// Without servers of its own it brings the embedded broker.
const embeddedBroker = !sets.some(({ key }) => key === 'kafka.bootstrap.servers')
const loaded = loadConfig({ sets, embeddedBroker })
const log = createLog({ level: 'info', format: 'logfmt' })
const kafka = await openKafka(loaded, log)
const engine = await Engine.start({ loaded, kafka, version: 'test', log })

/** Ends a thread that is at work: one that is still starting has no task, and its end is no death. */
function kill(index: number): void {
  const serializers = engine.snapshot().threads.filter(({ role }) => role === 'serializer')
  if (serializers.some(({ state }) => state !== 'running')) setTimeout(() => kill(index), LOOK_INTERVAL_MS)
  else void engine.pool.workers[index % engine.pool.workers.length]!.terminate()
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, index] = line.split(' ')
  if (order === 'kill') kill(Number(index))
})

process.once('SIGTERM', async () => {
  const { undelivered } = await engine.stop(30_000)
  await kafka.stop()
  process.exit(undelivered > 0 ? 3 : 0)
})

log('info', 'engine_ready', { ...engine.addresses, kafka: kafka.bootstrapServers })
