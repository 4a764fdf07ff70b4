/** The option table in words, for `sluice options` and the documentation. */
import { allowedText, optionValueText } from './option-values.ts'
import { environmentName, OPTION_KEYS, optionDefinition } from './options.ts'
import { PRODUCER_DEFAULTS, PRODUCER_PREFIX } from './producer-properties.ts'

export interface OptionDescription {
  readonly key: string
  readonly environment: string
  /** Type, range and unit. */
  readonly type: string
  readonly defaultText: string
  readonly meaning: string
}

export function describeOptions(): OptionDescription[] {
  const options = OPTION_KEYS.map((key) => {
    const definition = optionDefinition(key)
    return {
      key,
      environment: environmentName(key),
      type: allowedText(definition),
      defaultText: optionValueText(definition.default),
      meaning: definition.meaning,
    }
  })
  return [...options, producerDescription()]
}

function producerDescription(): OptionDescription {
  const defaults = Object.entries(PRODUCER_DEFAULTS).map(([name, value]) => `${name}=${value}`)
  return {
    key: `${PRODUCER_PREFIX}*`,
    environment: `${environmentName(PRODUCER_PREFIX)}*`,
    type: 'any librdkafka property',
    defaultText: defaults.join(', '),
    meaning:
      'Passed to the producer under the name after the prefix. Acks below `all` or no idempotence weaken the promise and print a warning.',
  }
}
