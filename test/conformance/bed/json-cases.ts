/**
 * OTLP/JSON texts, what they mean, and three witnesses: an engine that writes protobuf, one that writes JSON, and the official Python
 * runtime behind what OTLP/JSON changes (test/corpus/python_oracle.py).
 */
import { expect } from 'vitest'
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import type { Json } from '../../generator/reference-json.ts'
import { type Answer, Exchange, expectSame, type Sending } from './exchange.ts'
import { type Model, meaningOfJson, meaningOfProtobuf, protobufOf } from './models.ts'
import type { Pair } from './pair.ts'

export interface JsonCase {
  readonly label: string
  readonly signal: Signal
  readonly text: string | Buffer
  /** What it means in plain form; `invalid` for what is refused; null for a request without items. */
  readonly means: Model | 'invalid' | null
  /** False where the oracle is known to judge otherwise; why stands beside it. */
  readonly isOracleAsked?: boolean
}

export class JsonWitnesses {
  readonly #pair: Pair

  constructor(pair: Pair) {
    this.#pair = pair
  }

  /** Sends all texts to both engines and shows them to the oracle. */
  async expectRead(cases: readonly JsonCase[], accepted: Partial<Answer> = { kind: 'accepted' }): Promise<void> {
    await this.#expectOracle(cases.filter(({ isOracleAsked = true }) => isOracleAsked))
    for (const [scene, isJson] of [
      [this.#pair.protobuf, false],
      [this.#pair.json, true],
    ] as const) {
      const exchange = new Exchange(scene)
      await exchange.mark()
      await exchange.expectAll(
        cases.map(({ label, signal, text, means }): Sending => {
          const expected = means === 'invalid' ? { kind: 'invalid' as const } : accepted
          return { label: `${label} ${shown(text)}`, road: 'http-json', signal, body: Buffer.from(text), expected }
        }),
      )
      for (const signal of SIGNALS) {
        const payloads = await exchange.newRecords(signal)
        const actual = payloads.map((payload) =>
          isJson ? meaningOfJson(signal, JSON.parse(payload.toString()) as Json) : meaningOfProtobuf(signal, payload),
        )
        expectSame(actual, meaningsOf(signal, cases), `records of ${signal}`)
      }
    }
  }

  async #expectOracle(cases: readonly JsonCase[]): Promise<void> {
    const questions = cases.map(({ signal, text }) => ({ signal, encoding: 'json' as const, body: Buffer.from(text) }))
    const judgements = await this.#pair.oracle().judge(questions)
    const others = cases.flatMap(({ label, signal, text, means }, index) => {
      const { verdict, canonical, reason } = judgements[index]!
      const isRefused = verdict === 'refused'
      if (isRefused !== (means === 'invalid')) return [`${label} ${shown(text)}: oracle ${verdict} ${reason ?? ''}`]
      if (means === null || means === 'invalid') return []
      const found = meaningOfProtobuf(signal, Buffer.from(canonical!, 'base64'))
      const wanted = meaningOfProtobuf(signal, protobufOf(signal, means))
      return found === wanted ? [] : [`${label} ${shown(text)}: oracle ${found}, expected ${wanted}`]
    })
    expect(others, 'the oracle reads these otherwise').toEqual([])
  }
}

function meaningsOf(signal: Signal, cases: readonly JsonCase[]): string[] {
  return cases.flatMap((one) => {
    if (one.signal !== signal || one.means === null || one.means === 'invalid') return []
    return [meaningOfProtobuf(signal, protobufOf(signal, one.means))]
  })
}

function shown(text: string | Buffer): string {
  return text.toString('latin1').slice(0, 160)
}

/** A request around the members of one span, written as text. */
export function spanText(members: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`
}

export function logText(members: string): string {
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${members}}]}]}]}`
}

/** @param kind for example `gauge`; the members are those of its one data point */
export function pointText(members: string, kind = 'gauge'): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"${kind}":{"dataPoints":[{${members}}]}}]}]}]}`
}

export function profileText(members: string): string {
  return `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{${members}}]}]}]}`
}

export const spanModel = (fields: Model): Model => ({ resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }] })
export const logModel = (fields: Model): Model => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [fields] }] }] })
export const profileModel = (fields: Model): Model => ({
  resourceProfiles: [{ scopeProfiles: [{ profiles: [fields] }] }],
})
export const pointModel = (fields: Model, kind = 'gauge'): Model => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ [kind]: { dataPoints: [fields] } }] }] }],
})
