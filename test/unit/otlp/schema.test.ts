/** The schema against the `.proto` files as published: test/corpus/published-schema.json. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Field } from '../../../src/otlp/schema.ts'
import {
  ENUMERATIONS,
  enumerationNamed,
  MESSAGES,
  messageNamed,
  messageOf,
  REQUEST_MESSAGES,
  RESPONSE_MESSAGES,
  requestMessages,
} from '../../../src/otlp/schema.ts'
import { SIGNAL_FACTS } from '../../../src/otlp/signal.ts'

interface PublishedField {
  readonly number: number
  readonly name: string
  readonly type: string
  readonly repeated: boolean
  readonly packed: boolean
  readonly optional: boolean
  readonly oneof?: string
}

interface Published {
  readonly messages: Readonly<Record<string, readonly PublishedField[]>>
  readonly enumerations: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** made by test/corpus/published-schema.ts */
const corpus = new URL('../../corpus/published-schema.json', import.meta.url)
const published = JSON.parse(readFileSync(corpus, 'utf8')) as Published
const otlpMessages = MESSAGES.filter((message) => message.name.startsWith('opentelemetry.'))

function asPublished(field: Field): PublishedField {
  const { number, repeated, packed, optional } = field
  const type = field.message ?? field.enumeration ?? field.type
  const oneof = field.oneof === undefined ? {} : { oneof: field.oneof }
  return { number, name: field.protoName, type, repeated, packed, optional, ...oneof }
}

const byNumber = (left: PublishedField, right: PublishedField): number => left.number - right.number

describe('schema', () => {
  it.each(otlpMessages.map((message) => message.name))('has the published fields of %s', (name) => {
    const ours = messageNamed(name).fields.map(asPublished).sort(byNumber)
    const hint = 'not as published; a newer file is fetched by test/corpus/published-schema.ts'
    expect(ours, hint).toEqual([...published.messages[name]!].sort(byNumber))
  })

  it('has every published message a request or response can hold', () => {
    const reachable = new Set<string>()
    const visit = (name: string): void => {
      if (reachable.has(name) || published.messages[name] === undefined) return
      reachable.add(name)
      for (const field of published.messages[name]) visit(field.type)
    }
    for (const name of [...REQUEST_MESSAGES, ...RESPONSE_MESSAGES]) visit(name)
    expect(otlpMessages.map((message) => message.name).sort()).toEqual([...reachable].sort())
  })

  it('has the published numbers of every enum it uses', () => {
    for (const { name, values } of ENUMERATIONS) expect(values).toEqual(published.enumerations[name])
    const used = MESSAGES.flatMap((message) => message.fields.flatMap((field) => field.enumeration ?? []))
    for (const name of used) expect(enumerationNamed(name).name).toBe(name)
  })

  it('writes as hex exactly the ids', () => {
    const ids = MESSAGES.flatMap((message) => message.fields).filter((field) => field.hexId)
    expect(new Set(ids.map((field) => field.name))).toEqual(new Set(['traceId', 'spanId', 'parentSpanId', 'profileId']))
    const rest = MESSAGES.flatMap((message) => message.fields).filter((field) => field.type === 'bytes' && !field.hexId)
    expect(rest.map((field) => field.name).sort()).toEqual(['bytesValue', 'originalPayload', 'value'])
  })

  it('names request and response messages by signal index', () => {
    expect(REQUEST_MESSAGES).toEqual(SIGNAL_FACTS.map((facts) => facts.requestMessage))
    expect(RESPONSE_MESSAGES).toEqual(SIGNAL_FACTS.map((facts) => facts.requestMessage.replace(/Request$/, 'Response')))
  })

  it('names no message twice, and each field number once in its message', () => {
    expect(new Set(MESSAGES.map((message) => message.name)).size).toBe(MESSAGES.length)
    for (const { fields } of MESSAGES) {
      expect(new Set(fields.map((field) => field.number)).size).toBe(fields.length)
      expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length)
    }
  })

  it('lists request messages before what they hold, without responses', () => {
    const names = requestMessages().map((message) => message.name)
    for (const name of REQUEST_MESSAGES) expect(names).toContain(name)
    for (const name of RESPONSE_MESSAGES) expect(names).not.toContain(name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('refuses names it does not have', () => {
    expect(() => messageNamed('opentelemetry.Nothing')).toThrow('no message opentelemetry.Nothing')
    expect(() => enumerationNamed('Nothing')).toThrow('no enum Nothing')
    const plain = messageNamed(REQUEST_MESSAGES[0]!).fields[0]!
    expect(messageOf(plain).name).toBe('opentelemetry.proto.trace.v1.ResourceSpans')
  })
})
