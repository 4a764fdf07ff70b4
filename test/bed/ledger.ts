/**
 * What was sent, what each client was told, and what is in Kafka: no acknowledged request may be missing there, and
 * without faults none may be there twice. One request is one span whose name is unique.
 */

import { forEachRecord } from '../../scripts/kafka/read-topic.ts'
import { protobufType } from '../../src/otlp/protobufjs-types.ts'
import { SIGNAL_FACTS } from '../../src/otlp/signal.ts'

const NAME = /ledger-\d+-\d+/g
const spans = protobufType(SIGNAL_FACTS[0]!.requestMessage)

let ledgers = 0

export interface LedgerFindings {
  /** Acknowledged and not in Kafka. */
  readonly missing: readonly string[]
  /** In Kafka more than once. */
  readonly duplicates: readonly string[]
  /** In Kafka, though the client was told otherwise or nothing. */
  readonly unacknowledged: number
  readonly records: number
}

export class Ledger {
  readonly accepted = new Set<string>()
  /** How often a client was told what: `http 503`, `grpc 14`, `http ECONNREFUSED`. */
  readonly answers = new Map<string, number>()
  readonly #number = ledgers++
  #sent = 0

  /** The name of the next request. */
  next(): string {
    return `ledger-${this.#number}-${this.#sent++}`
  }

  /** The request of that name. @param padding further bytes of the span */
  static body(name: string, padding = 0): Buffer {
    const attributes = padding > 0 ? [{ key: 'padding', value: { stringValue: 'x'.repeat(padding) } }] : []
    return Buffer.from(spans.encode({ resourceSpans: [{ scopeSpans: [{ spans: [{ name, attributes }] }] }] }).finish())
  }

  answered(name: string, protocol: string, answer: string | number, isAccepted: boolean): void {
    const key = `${protocol} ${answer}`
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1)
    if (isAccepted) this.accepted.add(name)
  }

  count(...keys: string[]): number {
    return keys.reduce((sum, key) => sum + (this.answers.get(key) ?? 0), 0)
  }

  /** Reads the whole topic back. */
  async compare(bootstrapServers: string, topic: string): Promise<LedgerFindings> {
    const payloads: string[] = []
    await forEachRecord(bootstrapServers, topic, { deadlineMs: 60_000 }, ({ payload }) => {
      payloads.push(payload!.toString('latin1').match(NAME)?.join(' ') ?? '')
    })
    return this.judge(payloads)
  }

  /** @param records texts that hold the names of what they carry */
  judge(records: readonly string[]): LedgerFindings {
    const seen = new Map<string, number>()
    for (const record of records) {
      for (const [name] of record.matchAll(NAME)) seen.set(name, (seen.get(name) ?? 0) + 1)
    }
    const names = [...seen.keys()]
    return {
      missing: [...this.accepted].filter((name) => !seen.has(name)),
      duplicates: names.filter((name) => seen.get(name)! > 1),
      unacknowledged: names.filter((name) => !this.accepted.has(name)).length,
      records: records.length,
    }
  }
}
