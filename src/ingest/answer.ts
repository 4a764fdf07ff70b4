/**
 * From the moment a request is queued until its outcome: who waits for it, until when, and which class it is counted in.
 *
 * - A request has a responder while its client waits; none once the client is answered or gone.
 * - The number stays occupied until main has settled the request, even when its client was answered before.
 */
import { OUTCOME, type Outcome, type RequestTable } from '../shared-memory/request-table.ts'
import type { Bodies } from './bodies.ts'
import { Deadlines } from './deadlines.ts'
import { answerWith, Remarks } from './remarks.ts'
import type { Tally } from './tally.ts'
import { type Responder, VERDICT } from './verdict.ts'

/** By outcome. */
const VERDICT_OF_OUTCOME: readonly number[] = [
  VERDICT.KAFKA_ERROR,
  VERDICT.ACCEPTED,
  VERDICT.RECORD_TOO_LARGE,
  VERDICT.RECORD_REFUSED,
  VERDICT.KAFKA_ERROR,
  VERDICT.KAFKA_ERROR,
]

export interface AnswersParts {
  readonly requests: RequestTable
  readonly bodies: Bodies
  readonly tally: Tally
  readonly firstNumber: number
  readonly numberCount: number
  readonly requestTimeoutMs: number
}

export class Answers {
  readonly #parts: AnswersParts
  readonly #firstNumber: number
  readonly #responders: (Responder | undefined)[]
  readonly #deadlines: Deadlines
  readonly remarks = new Remarks()

  constructor(parts: AnswersParts) {
    this.#parts = parts
    this.#firstNumber = parts.firstNumber
    this.#responders = new Array<Responder | undefined>(parts.numberCount).fill(undefined)
    this.#deadlines = new Deadlines(parts.firstNumber, parts.numberCount, parts.requestTimeoutMs)
  }

  /** The client of this queued request waits for its outcome, until our deadline or its own. */
  wait(requestNumber: number, responder: Responder): void {
    this.#responders[requestNumber - this.#firstNumber] = responder
    const dueMs = performance.now() + this.#parts.requestTimeoutMs
    const { clientDueMs } = responder
    this.#deadlines.add(requestNumber, clientDueMs === undefined ? dueMs : Math.min(dueMs, clientDueMs))
  }

  /** The client is gone. The request goes on and is counted by its outcome, or as refused at its deadline. */
  forget(requestNumber: number): void {
    this.#responders[requestNumber - this.#firstNumber] = undefined
    this.#parts.tally.disconnected(this.#parts.requests.signal(requestNumber))
  }

  /** Main has settled the request: answers its client, counts it, frees its number and its body. */
  settle(requestNumber: number): void {
    const { requests, bodies } = this.#parts
    const signalIndex = requests.signal(requestNumber)
    const items = requests.items(requestNumber)
    const outcome = requests.outcome(requestNumber)
    const responder = this.#takeResponder(requestNumber)
    const remark = this.remarks.take(requestNumber)
    const verdict = VERDICT_OF_OUTCOME[outcome]!
    const isWaiting = this.#deadlines.remove(requestNumber)
    if (isWaiting) this.#class(signalIndex, items, verdict)
    else this.#classAnswered(signalIndex, items, outcome, requests.isAcked(requestNumber))
    bodies.release(requestNumber)
    if (remark === undefined) responder?.answer(verdict, items)
    else if (responder !== undefined) answerWith(remark, responder, verdict, items)
  }

  #class(signalIndex: number, items: number, verdict: number): void {
    const { tally } = this.#parts
    if (verdict === VERDICT.ACCEPTED) tally.delivered(signalIndex, items)
    else if (verdict === VERDICT.KAFKA_ERROR) tally.refused(signalIndex, items, verdict)
    else tally.rejected(signalIndex, items)
  }

  /** The client had its answer before: "accepted" when queued, or an error at the deadline, counted as refused then. */
  #classAnswered(signalIndex: number, items: number, outcome: Outcome, isAcked: boolean): void {
    const { tally } = this.#parts
    const isDelivered = outcome === OUTCOME.DELIVERED
    if (isAcked && isDelivered) tally.delivered(signalIndex, items)
    else if (isAcked) tally.dropped(signalIndex, items)
    else if (isDelivered) tally.late(signalIndex, items)
  }

  /** Answers every request that is due with "outcome unknown". @param nowMs `performance.now()` @returns their items */
  expire(nowMs: number): number {
    const { requests, tally } = this.#parts
    let expiredItems = 0
    for (;;) {
      const requestNumber = this.#deadlines.takeDue(nowMs)
      if (requestNumber < 0) return expiredItems
      const items = requests.items(requestNumber)
      requests.markAnswered(requestNumber)
      const responder = this.#takeResponder(requestNumber)
      const verdict = isClientLate(responder) ? VERDICT.CLIENT_DEADLINE : VERDICT.DEADLINE
      tally.refused(requests.signal(requestNumber), items, verdict)
      responder?.answer(verdict, items)
      expiredItems += items
    }
  }

  #takeResponder(requestNumber: number): Responder | undefined {
    const index = requestNumber - this.#firstNumber
    const responder = this.#responders[index]
    this.#responders[index] = undefined
    return responder
  }
}

/** By the clock: at a forced end all are given up, whatever time is left to them. */
function isClientLate(responder: Responder | undefined): boolean {
  return responder?.clientDueMs !== undefined && responder.clientDueMs <= performance.now()
}
