import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type DeliveryVerdict, deliveryVerdict } from '../../../src/produce/kafka-errors.ts'

const source = new URL('../../../node_modules/node-rdkafka/deps/librdkafka/src/rdkafka.c', import.meta.url)

/** Every text that rd_kafka_err2str can return, from the table in the library that is installed. */
function libraryTexts(): string[] {
  const entries = readFileSync(source, 'utf8').matchAll(/_ERR_DESC\(\s*RD_KAFKA_RESP_ERR_\w+,\s*((?:"[^"]*"\s*)+)\)/g)
  return [...entries].map(([, literals]) => [...literals!.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join(''))
}

function textsWith(verdict: DeliveryVerdict): string[] {
  return libraryTexts().filter((text) => deliveryVerdict(text) === verdict)
}

describe('the verdict on a delivery report', () => {
  it('is looked up among texts that the installed librdkafka really has', () => {
    expect(libraryTexts().length).toBeGreaterThan(150)
    expect(libraryTexts()).toContain('Local: Message timed out')
  })

  it('is "too large" for exactly these', () => {
    expect(textsWith('too_large')).toEqual([
      'Broker: Message size too large',
      'Broker: Message batch larger than configured server segment size',
    ])
  })

  it('is "permanent" for exactly these', () => {
    expect(textsWith('permanent')).toEqual([
      'Broker: Invalid message',
      'Broker: Invalid message size',
      'Broker: Invalid timestamp',
      'Broker: Unsupported compression type',
      'Broker: Broker failed to validate record',
    ])
  })

  it('does not depend on the case of letters, which node-rdkafka loses', () => {
    expect(deliveryVerdict('broker: message size too large')).toBe('too_large')
    expect(deliveryVerdict('broker: invalid message')).toBe('permanent')
  })

  it('is "retry" for all others, known or not', () => {
    expect(deliveryVerdict('Local: Message timed out')).toBe('retry')
    expect(deliveryVerdict('Broker: Not leader for partition')).toBe('retry')
    expect(deliveryVerdict('Broker: Topic authorization failed')).toBe('retry')
    expect(deliveryVerdict('a text of a later librdkafka')).toBe('retry')
  })
})
