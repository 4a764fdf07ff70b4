/** Telemetry written once, sent over gRPC, HTTP/protobuf and HTTP/JSON, and what Kafka holds of it in both forms. */
import { SIGNALS, type Signal } from '../../../src/otlp/signal.ts'
import type { Json } from '../../generator/reference-json.ts'
import { type Answer, Exchange, expectSame, ROADS, type Road, type Sending } from './exchange.ts'
import { jsonOf, type Model, meaningOfJson, meaningOfProtobuf, protobufOf } from './models.ts'
import type { Scene } from './scene.ts'

export interface ModelCase {
  readonly label: string
  readonly signal: Signal
  readonly model: Model
  /** Default: accepted. */
  readonly expected?: Partial<Answer>
  /** What reaches Kafka where it is not the whole; null for nothing. */
  readonly stored?: Model | null
}

const ACCEPTED: Partial<Answer> = { kind: 'accepted' }

export class Kept {
  readonly #exchanges: readonly (readonly [format: 'protobuf' | 'json', exchange: Exchange])[]

  constructor(scenes: { protobuf: Scene; json: Scene }) {
    this.#exchanges = [
      ['protobuf', new Exchange(scenes.protobuf)],
      ['json', new Exchange(scenes.json)],
    ]
  }

  /** Protobuf that is stored whole is stored byte for byte; all else has the same meaning. */
  async expectKept(cases: readonly ModelCase[], roads: readonly Road[] = ROADS): Promise<void> {
    for (const [format, exchange] of this.#exchanges) {
      await exchange.mark()
      await exchange.expectAll(cases.flatMap((one) => roads.map((road) => sendingOf(one, road))))
      for (const signal of SIGNALS) await this.#expectStored(format, exchange, signal, cases, roads)
    }
  }

  async #expectStored(
    format: string,
    exchange: Exchange,
    signal: Signal,
    cases: readonly ModelCase[],
    roads: readonly Road[],
  ): Promise<void> {
    const payloads = await exchange.newRecords(signal)
    const stored = cases.filter((one) => one.signal === signal && one.stored !== null)
    const meaningOf = (payload: Buffer): string =>
      format === 'json'
        ? meaningOfJson(signal, JSON.parse(payload.toString()) as Json)
        : meaningOfProtobuf(signal, payload)
    const wanted = stored.flatMap(({ model, stored: part }) =>
      roads.map(() => meaningOfProtobuf(signal, protobufOf(signal, part ?? model))),
    )
    expectSame(payloads.map(meaningOf), wanted, `${format} records of ${signal}`)
    if (format !== 'protobuf') return
    const found = new Map<string, number>()
    for (const payload of payloads) found.set(payload.toString('hex'), (found.get(payload.toString('hex')) ?? 0) + 1)
    const asSent = stored.filter(({ stored: part }) => part === undefined)
    const lost = asSent.filter(({ model }) => {
      return (
        (found.get(protobufOf(signal, model).toString('hex')) ?? 0) <
        roads.filter((road) => road !== 'http-json').length
      )
    })
    expectSame(
      [],
      lost.map(({ label }) => label),
      `bytes of ${signal} that have changed`,
    )
  }
}

function sendingOf({ label, signal, model, expected = ACCEPTED }: ModelCase, road: Road): Sending {
  const body = road === 'http-json' ? jsonOf(model) : protobufOf(signal, model)
  return { label, road, signal, body, expected }
}
