/**
 * The one option table. Validation, `sluice options`, docs/configuration.md and `sluice check` are made from it, so an
 * option that is not here cannot be set, and one that is here must have an effect.
 */
import type { OptionDefinition, OptionValue } from './option-types.ts'
import { ENGINE_OPTIONS } from './options-engine.ts'
import { GRPC_OPTIONS } from './options-grpc.ts'
import { KAFKA_OPTIONS } from './options-kafka.ts'
import { OTLP_OPTIONS } from './options-otlp.ts'

export const OPTIONS = { ...OTLP_OPTIONS, ...GRPC_OPTIONS, ...KAFKA_OPTIONS, ...ENGINE_OPTIONS } as const

export type OptionKey = keyof typeof OPTIONS

type OptionValues = { readonly [K in OptionKey]: OptionValue<(typeof OPTIONS)[K]> }

/** The configuration of one run: frozen, plain, and small enough to be cloned into every thread. */
export type Config = OptionValues & {
  /** librdkafka properties from `kafka.producer.*`, names without the prefix, defaults included. */
  readonly producerProperties: Readonly<Record<string, string>>
  /** `--embedded-broker`: Kafka is librdkafka's mock cluster inside this process. */
  readonly embeddedBroker: boolean
}

export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[]

export function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key)
}

export function optionDefinition(key: OptionKey): OptionDefinition {
  return OPTIONS[key]
}

/** `otlp.message.queue.size` is `OTLP_MESSAGE_QUEUE_SIZE`. No key holds an underscore, so the way back is unique. */
export function environmentName(key: string): string {
  return key.toUpperCase().replaceAll('.', '_')
}

export function keyOfEnvironmentName(name: string): string {
  return name.toLowerCase().replaceAll('_', '.')
}

/** The format of one signal's records: its own, or the general one. */
export function messageFormat(config: Config, signal: 'traces' | 'metrics' | 'logs' | 'profiles'): 'json' | 'protobuf' {
  return config[`otlp.message.format.${signal}`] || config['otlp.message.format']
}
