import { Producer } from './rdkafka.ts'

export interface PropertyFault {
  readonly name: string
  readonly value: string
  /** librdkafka's own words. */
  readonly text: string
}

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
