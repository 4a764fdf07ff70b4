/** A producer port that keeps what it is given and reports when told to. */
import {
  PRODUCED,
  type Produced,
  type ProducerEvents,
  type ProducerFactory,
  type ProducerPort,
  type RecordHeaders,
} from '../../src/produce/producer-port.ts'

export interface FakeRecord {
  readonly topic: string
  readonly payload: string
  readonly headers: Record<string, string>
  readonly opaque: number
}

export class FakeProducer implements ProducerPort {
  lastError = ''
  /** What the next produce calls answer; OK when empty. */
  answers: Produced[] = []
  records: FakeRecord[] = []
  polls = 0
  isClosed = false
  flushes = 0
  /** Calls waiting for an answer; `undefined` leaves them waiting for ever. */
  probes: ((reachable: boolean, detail: string) => void)[] = []
  topicQuestions: ((names: ReadonlySet<string> | undefined) => void)[] = []
  readonly events: ProducerEvents

  constructor(events: ProducerEvents) {
    this.events = events
  }

  produce(topic: string, payload: Buffer, headers: RecordHeaders, opaque: number): Produced {
    const answer = this.answers.shift() ?? PRODUCED.OK
    if (answer === PRODUCED.OK) {
      this.records.push({ topic, payload: payload.toString('latin1'), headers: Object.assign({}, ...headers), opaque })
    }
    return answer
  }

  poll(): void {
    this.polls++
  }

  probe(_timeoutMs: number, done: (reachable: boolean, detail: string) => void): void {
    this.probes.push(done)
  }

  topicNames(_timeoutMs: number, done: (names: ReadonlySet<string> | undefined) => void): void {
    this.topicQuestions.push(done)
  }

  async flush(): Promise<void> {
    this.flushes++
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  /** Reports every record it holds. */
  report(error?: string): void {
    for (const { opaque } of this.records.splice(0)) this.events.delivered(opaque, error)
  }
}

/** Makes fake producers, or fails as often as `failures` says. */
export class FakeFactory {
  readonly made: FakeProducer[] = []
  failures = 0
  attempts = 0

  readonly create: ProducerFactory = async (events) => {
    this.attempts++
    if (this.failures-- > 0) throw new Error('no broker answered')
    const producer = new FakeProducer(events)
    this.made.push(producer)
    return producer
  }

  get last(): FakeProducer {
    return this.made.at(-1)!
  }
}
