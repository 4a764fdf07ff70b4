/**
 * OTLP/JSON bodies on their way into the queue: the text in a request's block becomes protobuf in another block, which is
 * the request's from then on. Both exist for the time of one call only; beyond it a request holds what it needs.
 */

import { powerOfTwoCeiling } from '../base/units.ts'
import { jsonFaultText } from '../otlp/json-fault.ts'
import {
  FROM_JSON,
  FROM_JSON_EXPANSION_MAX,
  FROM_JSON_RESERVE_BYTES,
  KERNEL_ERROR,
  type Kernel,
} from '../otlp/kernel-instance.ts'
import { ARENA_BLOCK_BYTES_MIN, NO_ROOM } from '../shared-memory/arena.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { Bodies } from './bodies.ts'
import { VERDICT } from './verdict.ts'

export interface JsonIntakeParts {
  readonly shared: SharedState
  readonly kernel: Kernel
  readonly bodies: Bodies
  /** A number of two characters becomes eight bytes: the limit holds for what the text stands for, too. */
  readonly requestBytesMax: number
  /** otlp.json.lenient */
  readonly isLenient: boolean
}

export class JsonIntake {
  readonly #parts: JsonIntakeParts
  readonly #flags: number

  constructor(parts: JsonIntakeParts) {
    this.#parts = parts
    this.#flags = parts.isLenient ? FROM_JSON.LENIENT : 0
  }

  /**
   * Protobuf is about half as long as its JSON: the first try has the room of the text, the second what no text exceeds, the
   * kernel's reserve included. An arena of the least size has no block for the reserve beside a limit that is a power of two.
   *
   * @returns PENDING when the request's body is protobuf now; BAD_BODY, with faultText, or another verdict
   */
  decode(requestNumber: number): number {
    const textBytes = this.#parts.shared.requests.payloadBytes(requestNumber)
    const { requestBytesMax } = this.#parts
    const largest = requestBytesMax + FROM_JSON_RESERVE_BYTES
    const hasLargest = 2 * blockBytes(largest) <= this.#parts.shared.layout.arenaBytesPerIngest
    const most = hasLargest ? largest : requestBytesMax
    const enough = Math.min(most, textBytes * FROM_JSON_EXPANSION_MAX + FROM_JSON_RESERVE_BYTES)
    const first = Math.min(most, blockBytes(textBytes))
    const verdict = this.#decodeInto(requestNumber, first)
    if (verdict !== VERDICT.BODY_TOO_LARGE || first >= enough) return verdict
    return this.#decodeInto(requestNumber, enough)
  }

  #decodeInto(requestNumber: number, roomBytes: number): number {
    const { shared, kernel, bodies, requestBytesMax } = this.#parts
    const { requests } = shared
    const signalIndex = requests.signal(requestNumber)
    const textOffset = requests.payloadOffset(requestNumber)
    const textBytes = requests.payloadBytes(requestNumber)
    const offset = bodies.borrow(roomBytes)
    if (offset === NO_ROOM) return VERDICT.MEMORY_FULL
    let verdict: number = VERDICT.FAULT
    try {
      const written = kernel.fromJson(signalIndex, textOffset, textBytes, offset, roomBytes, this.#flags)
      if (written === KERNEL_ERROR.OUTPUT_FULL || written > requestBytesMax) verdict = VERDICT.BODY_TOO_LARGE
      else verdict = written < 0 ? VERDICT.BAD_BODY : bodies.replace(requestNumber, offset, written)
    } finally {
      if (verdict !== VERDICT.PENDING) bodies.giveBack(offset)
    }
    if (verdict === VERDICT.PENDING && blockBytes(requests.payloadBytes(requestNumber)) < blockBytes(roomBytes)) {
      bodies.fit(requestNumber)
    }
    return verdict
  }

  /** After BAD_BODY, before the body is released: where, what must stand there, what does. */
  faultText(requestNumber: number): string {
    const { shared, kernel } = this.#parts
    const offset = shared.requests.payloadOffset(requestNumber)
    const text = shared.bytes.subarray(offset, offset + shared.requests.payloadBytes(requestNumber))
    return jsonFaultText(kernel.jsonFault(), text)
  }

  /**
   * After PENDING. What to tell a client whose valid text holds nothing that OTLP/JSON knows, but names of the .proto files
   * (`resource_spans`): such a request is empty, and its sender does not know it.
   */
  warning(requestNumber: number): string | undefined {
    const { shared, kernel } = this.#parts
    if (shared.requests.payloadBytes(requestNumber) > 0) return undefined
    const found = kernel.jsonOriginalName()
    if (found === undefined) return undefined
    const { original, name } = found
    return `Nothing was accepted: OTLP/JSON keys are lowerCamelCase, use ${name} instead of ${original}`
  }
}

function blockBytes(bytes: number): number {
  return powerOfTwoCeiling(Math.max(bytes, ARENA_BLOCK_BYTES_MIN))
}
