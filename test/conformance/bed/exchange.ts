/**
 * Many bodies at once through one engine, each with the answer it must get, and what Kafka holds of them afterwards.
 *
 *   const exchange = new Exchange(scene)
 *   await exchange.expectAll([{ label: 'empty', road: 'grpc', signal: 'traces', body, expected: { kind: 'accepted' } }])
 */
import { Agent } from 'node:http'
import { expect } from 'vitest'
import { endOffsets } from '../../../scripts/kafka/topics.ts'
import { protobufType } from '../../../src/otlp/protobufjs-types.ts'
import { RESPONSE_MESSAGES } from '../../../src/otlp/schema.ts'
import { SIGNAL_FACTS, SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import { post } from '../../bed/http-client.ts'
import { HTTP_PATHS, type Scene } from './scene.ts'

export const ROADS = ['grpc', 'http-protobuf', 'http-json'] as const
export type Road = (typeof ROADS)[number]
export const PROTOBUF_ROADS = ['grpc', 'http-protobuf'] as const

/** `partial` without rejected items is a warning. */
export interface Answer {
  readonly kind: 'accepted' | 'partial' | 'invalid' | 'too_large' | 'retry' | 'other'
  readonly rejected?: number
  /** Text of the answer, for people. */
  readonly message?: string
}

export interface Sending {
  readonly label: string
  readonly road: Road
  readonly signal: Signal
  readonly body: Buffer
  /** What the answer must hold at least; absent when the test looks at the answers itself. */
  readonly expected?: Partial<Answer>
}

const LANES = 24
const TYPES: Readonly<Record<Road, string>> = {
  grpc: '',
  'http-protobuf': 'application/x-protobuf',
  'http-json': 'application/json',
}
const HTTP_KINDS: Readonly<Record<number, Answer['kind']>> = { 400: 'invalid', 413: 'too_large', 503: 'retry' }
const GRPC_KINDS: Readonly<Record<number, Answer['kind']>> = { 3: 'invalid', 8: 'too_large', 14: 'retry' }
const FAILURES_SHOWN = 12

export class Exchange {
  readonly #scene: Scene
  readonly #agent = new Agent({ keepAlive: true, maxSockets: LANES })
  /** By signal: where the records of this test begin. All topics have one partition. */
  readonly #from = new Map<Signal, bigint>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** Sends all, many at a time; answers in the order of the sendings. Fails for every answer that is not the expected one. */
  async expectAll(sendings: readonly Sending[]): Promise<Answer[]> {
    const answers: Answer[] = new Array(sendings.length)
    const entries = sendings.entries()
    const lane = async () => {
      for (const [index, sending] of entries) answers[index] = await this.send(sending)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    const wrong = sendings.flatMap((sending, index) => complaint(sending, answers[index]!))
    expect(wrong.slice(0, FAILURES_SHOWN), `${wrong.length} of ${sendings.length} answers`).toEqual([])
    return answers
  }

  async send({ road, signal, body }: Sending): Promise<Answer> {
    if (road === 'grpc') {
      const { code, details, response } = await this.#scene.call(signal, body)
      return code === 0
        ? success(signal, response!)
        : { kind: GRPC_KINDS[code] ?? 'other', message: `${code} ${details}` }
    }
    const headers = { 'content-type': TYPES[road] }
    const url = `http://${this.#scene.http}${HTTP_PATHS[signal]}`
    const answer = await post(url, { headers, body, agent: this.#agent })
    const isMirrored = answer.headers['content-type'] === TYPES[road]
    if (!isMirrored) return { kind: 'other', message: `${answer.status} in ${answer.headers['content-type']}` }
    if (answer.status === 200)
      return road === 'http-json' ? successJson(signal, answer.body) : success(signal, answer.body)
    return { kind: HTTP_KINDS[answer.status] ?? 'other', message: `${answer.status} ${answer.body.toString('latin1')}` }
  }

  /** What Kafka holds by now is not looked at. */
  async mark(): Promise<void> {
    for (const signal of SIGNALS) this.#from.set(signal, await this.#end(signal))
  }

  /** Payloads of this signal that Kafka has got since the last call, or since `mark`. */
  async newRecords(signal: Signal): Promise<Buffer[]> {
    const from = this.#from.get(signal) ?? 0n
    const end = await this.#end(signal)
    this.#from.set(signal, end)
    if (end === from) return []
    const records = await this.#scene.records(signal)
    return records.filter(({ offset }) => BigInt(offset) >= from).map(({ payload }) => payload!)
  }

  async #end(signal: Signal): Promise<bigint> {
    const ends = await endOffsets(this.#scene.kafka, this.#scene.topics.names[signal])
    return ends.get(0)!
  }

  async nothingNew(signals: readonly Signal[] = SIGNALS): Promise<void> {
    for (const signal of signals) expect(await this.newRecords(signal), `records of ${signal}`).toEqual([])
  }
}

/** The same multiset, whatever the order: concurrent requests overtake one another. */
export function expectSame(actual: readonly string[], expected: readonly string[], what: string): void {
  const left = new Map<string, number>()
  for (const one of expected) left.set(one, (left.get(one) ?? 0) + 1)
  const extra: string[] = []
  for (const one of actual) {
    const count = left.get(one) ?? 0
    if (count === 0) extra.push(one)
    else left.set(one, count - 1)
  }
  const missing = [...left].flatMap(([one, count]) => Array.from({ length: count }, () => one))
  const shown = { missing: missing.slice(0, 3), extra: extra.slice(0, 3) }
  expect(shown, `${what}: ${missing.length} missing, ${extra.length} unexpected`).toEqual({ missing: [], extra: [] })
}

function success(signal: Signal, response: Buffer): Answer {
  if (response.length === 0) return { kind: 'accepted' }
  const type = protobufType(RESPONSE_MESSAGES[SIGNALS.indexOf(signal)]!)
  return partial(signal, type.toObject(type.decode(response), { longs: String }))
}

function successJson(signal: Signal, response: Buffer): Answer {
  return response.toString() === '{}' ? { kind: 'accepted' } : partial(signal, JSON.parse(response.toString()))
}

function partial(signal: Signal, { partialSuccess }: { partialSuccess?: Record<string, unknown> }): Answer {
  const { rejectedField } = SIGNAL_FACTS[SIGNALS.indexOf(signal)]!
  const rejected = Number(partialSuccess?.[rejectedField] ?? 0)
  return { kind: 'partial', rejected, message: String(partialSuccess?.errorMessage ?? '') }
}

function complaint({ label, road, signal, expected }: Sending, answer: Answer): string[] {
  if (expected === undefined) return []
  const isRight = Object.entries(expected).every(([key, value]) => answer[key as keyof Answer] === value)
  return isRight ? [] : [`${road} ${signal} ${label}: ${JSON.stringify(answer)}, not ${JSON.stringify(expected)}`]
}
