/** What the environment variables say. The names of our own keys count; a near miss of them is a typo, not a stranger. */
import type { Problem } from './config-error.ts'
import { environmentName, keyOfEnvironmentName, OPTION_KEYS } from './options.ts'
import type { Environment } from './placeholders.ts'
import { PRODUCER_PREFIX } from './producer-properties.ts'
import type { ReadEntries } from './properties-file.ts'
import type { RawEntry } from './raw-entry.ts'
import { displayUnknownValue } from './secrets.ts'
import { nearest } from './suggest.ts'

/** Nobody but Sluice has reason to use these; `KAFKA_` alone would also match a broker's own variables (KAFKA_OPTS). */
const OWN_PREFIXES = ['OTLP_', 'ENGINE_', 'KAFKA_TOPIC_', 'KAFKA_RECORD_', 'KAFKA_BOOTSTRAP_'] as const
const PRODUCER_ENVIRONMENT_PREFIX = environmentName(PRODUCER_PREFIX)

/**
 * Kubernetes puts these in for every Service of the namespace: one called `otlp`, `otlp-grpc` or `metrics` must neither
 * stop the start nor set a port.
 */
const SERVICE_LINK_NAME = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/
const SERVICE_LINK_VALUE = /^(?:tcp|udp|sctp):\/\//

export function readEnvironment(environment: Environment): ReadEntries {
  const entries: RawEntry[] = []
  const problems: Problem[] = []
  const known = new Set(OPTION_KEYS.map(environmentName))
  for (const [name, text] of Object.entries(environment)) {
    // An empty variable is an unset one, as OpenTelemetry and Compose files have it.
    if (text === undefined || text === '' || isServiceLink(name, text)) continue
    const source = `environment ${name}`
    if (known.has(name) || isProducerName(name)) entries.push({ key: keyOfEnvironmentName(name), text, source })
    else if (isTypo(name)) problems.push(typoProblem(name, text, source, [...known]))
  }
  return { entries, problems }
}

function isProducerName(name: string): boolean {
  return name.startsWith(PRODUCER_ENVIRONMENT_PREFIX) && name.length > PRODUCER_ENVIRONMENT_PREFIX.length
}

function isServiceLink(name: string, text: string): boolean {
  return SERVICE_LINK_NAME.test(name) || (name.endsWith('_PORT') && SERVICE_LINK_VALUE.test(text))
}

function isTypo(name: string): boolean {
  return OWN_PREFIXES.some((prefix) => name.startsWith(prefix))
}

function typoProblem(name: string, text: string, source: string, known: readonly string[]): Problem {
  const suggestion = nearest(name, known)
  const hint = suggestion === undefined ? 'see `sluice options`' : `did you mean ${suggestion}?`
  return {
    key: name,
    value: displayUnknownValue(keyOfEnvironmentName(name), text),
    source,
    text: `is not an option; ${hint}`,
  }
}
