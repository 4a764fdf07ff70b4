/** Settings that are right one by one and wrong together. */
import type { Problem } from './config-error.ts'
import { optionValueText } from './option-values.ts'
import { type Config, type OptionKey, optionDefinition } from './options.ts'

type Sources = ReadonlyMap<string, string>

export function contradictions(config: Config, sources: Sources): Problem[] {
  return [
    ...noReceiver(config, sources),
    ...samePorts(config, sources),
    ...samePaths(config, sources),
    ...corsHeaders(config, sources),
    ...broker(config, sources),
    ...topicsOfEmbedded(config, sources),
    ...queueBelowRequest(config, sources),
  ]
}

function noReceiver(config: Config, sources: Sources): Problem[] {
  if (config['otlp.grpc.enabled'] || config['otlp.http.enabled']) return []
  return [problem(config, sources, 'otlp.http.enabled', 'and otlp.grpc.enabled=false leave no receiver; enable one')]
}

/** Ports in use by their number: 0 and -1 are "off" or "any free port" and clash with nothing. */
function samePorts(config: Config, sources: Sources): Problem[] {
  const inUse: OptionKey[] = ['metrics.port', 'health.port']
  if (config['otlp.http.enabled']) inUse.unshift('otlp.http.port')
  if (config['otlp.grpc.enabled']) inUse.unshift('otlp.grpc.port')
  const numbered = inUse.filter((key) => Number(config[key]) > 0)
  return duplicates(config, sources, numbered, 'a port has one owner')
}

function samePaths(config: Config, sources: Sources): Problem[] {
  if (!config['otlp.http.enabled']) return []
  const keys: OptionKey[] = [
    'otlp.http.path.traces',
    'otlp.http.path.metrics',
    'otlp.http.path.logs',
    'otlp.http.path.profiles',
  ]
  return duplicates(config, sources, keys, 'a path has one signal')
}

function corsHeaders(config: Config, sources: Sources): Problem[] {
  const isWithoutOrigins = config['otlp.http.cors.allowed.origins'].length === 0
  if (!isWithoutOrigins || config['otlp.http.cors.allowed.headers'].length === 0) return []
  const text = 'has no effect without otlp.http.cors.allowed.origins; name the origins, or leave it out'
  return [problem(config, sources, 'otlp.http.cors.allowed.headers', text)]
}

function duplicates(config: Config, sources: Sources, keys: readonly OptionKey[], rule: string): Problem[] {
  const problems: Problem[] = []
  const owners = new Map<string, OptionKey>()
  for (const key of keys) {
    const value = optionValueText(config[key])
    const owner = owners.get(value)
    if (owner === undefined) owners.set(value, key)
    else problems.push(problem(config, sources, key, `is also the value of ${owner}; ${rule}`))
  }
  return problems
}

function broker(config: Config, sources: Sources): Problem[] {
  const given = config['kafka.bootstrap.servers'].length > 0
  if (given && config.embeddedBroker) {
    return [
      problem(config, sources, 'kafka.bootstrap.servers', 'has no effect with --embedded-broker; give one of the two'),
    ]
  }
  if (given || config.embeddedBroker) return []
  const source = sources.get('kafka.bootstrap.servers') ?? 'default'
  const text = 'is required: `host:port` of a Kafka broker, or start with --embedded-broker'
  return [{ key: 'kafka.bootstrap.servers', source, text }]
}

/** It makes topics on first use, in its own way; what was asked for would silently not happen. */
function topicsOfEmbedded(config: Config, sources: Sources): Problem[] {
  if (!config.embeddedBroker) return []
  const keys: OptionKey[] = ['kafka.topic.create', 'kafka.topic.partitions', 'kafka.topic.replication.factor']
  const differing = keys.filter((key) => config[key] !== optionDefinition(key).default)
  const text = 'has no effect with --embedded-broker, which makes topics on first use; leave it out'
  return differing.map((key) => problem(config, sources, key, text))
}

/** A request larger than the queue would be told to come again, for ever. */
function queueBelowRequest(config: Config, sources: Sources): Problem[] {
  const requestBytesMax = config['otlp.request.max.bytes']
  if (config['otlp.queue.max.bytes'] >= requestBytesMax) return []
  return [
    problem(config, sources, 'otlp.queue.max.bytes', `must not be below otlp.request.max.bytes (${requestBytesMax})`),
  ]
}

function problem(config: Config, sources: Sources, key: OptionKey, text: string): Problem {
  return { key, value: optionValueText(config[key]), source: sources.get(key) ?? 'default', text }
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/i

/** Allowed, but the one who starts it should have meant it. */
export function warnings(config: Config): string[] {
  const found: string[] = []
  const address = config['otlp.bind.address']
  if (!LOOPBACK.test(address)) {
    found.push(
      `otlp.bind.address=${address}: everybody who reaches it can send; there is neither TLS nor authentication`,
    )
  }
  if (config['otlp.ack'] === 'queue') {
    found.push('otlp.ack=queue: what is acknowledged and not yet in Kafka is lost when the process is killed')
  }
  return found
}
