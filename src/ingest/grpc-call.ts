import type { Enqueue } from './enqueue.ts'
import { failureOf, responseBytes } from './grpc-answers.ts'
import type { ServerUnaryCall, sendUnaryData } from './grpc-js.ts'
import { NO_NUMBER } from './numbers.ts'
import { PROTOCOL } from './protocol.ts'
import { type Responder, VERDICT } from './verdict.ts'

/** One Export call that grpc-js has read (with a deadline before ours), from its complete message to its answer. */
export class GrpcCall implements Responder {
  requestNumber = NO_NUMBER
  readonly #call: ServerUnaryCall<Buffer, Buffer>
  readonly #enqueue: Enqueue
  readonly #respond: sendUnaryData<Buffer>
  readonly #signalIndex: number
  #isAnswered = false

  constructor(
    call: ServerUnaryCall<Buffer, Buffer>,
    respond: sendUnaryData<Buffer>,
    signalIndex: number,
    enqueue: Enqueue,
  ) {
    this.#call = call
    this.#respond = respond
    this.#signalIndex = signalIndex
    this.#enqueue = enqueue
  }

  /** Never throws. */
  run(fault: (error: unknown) => void): void {
    try {
      const verdict = this.#submit()
      if (verdict === VERDICT.PENDING) this.#call.once('cancelled', this.#onCancelled)
      else this.answer(verdict, 0)
    } catch (error) {
      fault(error)
      this.answer(VERDICT.FAULT, 0)
    }
  }

  #submit(): number {
    // Reset or past its deadline while it waited for its turn: nobody listens, and nothing was promised.
    if (this.#call.cancelled) return VERDICT.ACCEPTED
    const refusal = this.#enqueue.admit(this.#signalIndex)
    if (refusal !== VERDICT.PENDING) return refusal
    return this.#enqueue.submitCopy(this.#signalIndex, PROTOCOL.GRPC, this.#call.request, this)
  }

  answer(verdict: number, items: number): void {
    this.#isAnswered = true
    const failure = failureOf(verdict)
    if (failure) this.#respond(failure.status)
    else this.#respond(null, responseBytes(verdict, this.#signalIndex, items))
  }

  /** grpc-js emits this for every call that ends, the answered ones included. */
  readonly #onCancelled = (): void => {
    if (!this.#isAnswered) this.#enqueue.answers.forget(this.requestNumber)
  }
}
