/**
 * What the answer to a request has to say besides "accepted": items that are rejected for good while the others go on, or
 * a warning. Almost no request has a remark; it lies beside the request table, under the request's number, from the slow
 * path that found it until the request is answered or gives its number back.
 */
import { RETRY_FROM, type Responder, recordFaultText, VERDICT } from './verdict.ts'

export interface Remark {
  /** Items that were taken out of the request before it was queued. */
  readonly rejectedItems: number
  /** For the client: what, how many, where. */
  readonly text: string
}

export class Remarks {
  readonly #byNumber = new Map<number, Remark>()

  /** So that the hot path asks for nothing else. */
  get isEmpty(): boolean {
    return this.#byNumber.size === 0
  }

  /** The request is accepted as it is, but its sender should know this. */
  warn(requestNumber: number, text: string): void {
    this.reject(requestNumber, 0, text)
  }

  /** @param rejectedItems that do not go on with the request. Adds to what was remarked before. */
  reject(requestNumber: number, rejectedItems: number, text: string): void {
    const before = this.#byNumber.get(requestNumber)
    this.#byNumber.set(
      requestNumber,
      before === undefined
        ? { rejectedItems, text }
        : { rejectedItems: before.rejectedItems + rejectedItems, text: `${before.text} ${text}` },
    )
  }

  /** Forgets and returns it; to be called before the number is given back. */
  take(requestNumber: number): Remark | undefined {
    if (this.isEmpty) return undefined
    const remark = this.#byNumber.get(requestNumber)
    if (remark !== undefined) this.#byNumber.delete(requestNumber)
    return remark
  }
}

/** @param verdict on what was left of the request, @param items that were left */
export function answerWith(remark: Remark, responder: Responder, verdict: number, items: number): void {
  const { rejectedItems, text } = remark
  if (verdict >= RETRY_FROM) responder.answer(verdict, items)
  else if (verdict === VERDICT.ACCEPTED) responder.answer(VERDICT.PARTIAL, rejectedItems, text)
  else responder.answer(VERDICT.PARTIAL, rejectedItems + items, `${recordFaultText(verdict)} ${text}`)
}
