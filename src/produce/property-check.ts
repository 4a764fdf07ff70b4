/** What librdkafka would not take, asked of itself before the start: it would say so at every connect, for ever. */
import { AdminClient, Producer } from './rdkafka.ts'
import { offlineProperties, type RdkafkaProperties, splitProperties } from './rdkafka-config.ts'

export interface PropertyFault {
  readonly name: string
  readonly value: string
  /** librdkafka's own words. */
  readonly text: string
}

const TEXT_TIMEOUT_MS = 1000

/** Which `kafka.producer.*` librdkafka would not take: unknown names, values out of range. Each is tried by itself, so that all are found. */
export function propertyFaults(properties: Readonly<Record<string, string>>): PropertyFault[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const text = faultOf(name, value)
    return text === undefined ? [] : [{ name, value, text }]
  })
}

function faultOf(name: string, value: string): string | undefined {
  try {
    new Producer({ [name]: value }, {})
    return undefined
  } catch (clientError) {
    try {
      new Producer({}, { [name]: value })
      return undefined
    } catch {
      return clientError instanceof Error ? clientError.message : String(clientError)
    }
  }
}

export interface Contradiction {
  /** Those of the names given without which there is none, in their order; may be empty. */
  readonly names: readonly string[]
  /** librdkafka's own words. */
  readonly text: string
}

/**
 * What librdkafka says of all properties together, each of which it takes: some contradict one another, some name files
 * that it cannot use. Connects to nothing.
 * @param names that may be at fault
 */
export async function contradictionOf(
  properties: RdkafkaProperties,
  names: readonly string[],
): Promise<Contradiction | undefined> {
  const all = offlineProperties(properties)
  if (canCreate(all)) return undefined
  return { names: names.filter((name) => canCreate(without(all, name))), text: await creationError(all) }
}

/** An admin client is a producer inside, and the one client of node-rdkafka that is created synchronously; it gives no reason. */
function canCreate(properties: RdkafkaProperties): boolean {
  try {
    AdminClient.create(properties as Parameters<typeof AdminClient.create>[0]).disconnect()
    return true
  } catch {
    return false
  }
}

function creationError(properties: RdkafkaProperties): Promise<string> {
  const [client, topic] = splitProperties(properties)
  const producer = new Producer(client as ConstructorParameters<typeof Producer>[0], topic)
  producer.on('event.error', () => {}) // The outcome of connect says it.
  return new Promise((resolve) => {
    producer.connect({ timeout: TEXT_TIMEOUT_MS } as Parameters<typeof producer.connect>[0], (error) => {
      if (error) resolve(error.message)
      else producer.disconnect(() => resolve('librdkafka does not take these properties together'))
    })
  })
}

function without(properties: RdkafkaProperties, absent: string): RdkafkaProperties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== absent))
}
