import { KERNEL_ERROR, type Kernel, TRANSCODE_RESERVE_BYTES } from '../otlp/kernel-instance.ts'
import { SIGNAL_COUNT } from '../otlp/signal.ts'
import { ENGINE_STATE } from '../shared-memory/control-block.ts'
import { type Counters, counterCell } from '../shared-memory/counters.ts'
import { MAIN_SLOT, serializerSlot } from '../shared-memory/layout.ts'
import { type OutRingWriter, RECORD_KIND, type RecordKind } from '../shared-memory/out-ring.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import type { SerializerTask } from './serializer-task.ts'

const ROOM_WAIT_MS = 50
/**
 * OTLP/JSON is 2.1 times its protobuf for spans of 400 bytes; three times covers what clients really send in one try,
 * and a small claim keeps the ring in its first, cached bytes. What is larger is tried again with the largest record.
 */
const JSON_GROWTH = 3
const JSON_BYTES_MIN = 4096

/** Turns one claimed request into one committed record of this thread's out ring. */
export class Serializer {
  readonly #shared: SharedState
  readonly #kernel: Kernel
  readonly #task: SerializerTask
  readonly #slot: number
  readonly #ring: OutRingWriter
  readonly #counters: Counters
  readonly #requestCells = Array.from({ length: SIGNAL_COUNT }, (_, signal) =>
    counterCell('serialized_requests', signal),
  )
  readonly #byteCells = Array.from({ length: SIGNAL_COUNT }, (_, signal) => counterCell('serialized_bytes', signal))

  constructor(shared: SharedState, kernel: Kernel, task: SerializerTask) {
    this.#shared = shared
    this.#kernel = kernel
    this.#task = task
    this.#slot = serializerSlot(task.layout, task.serializerIndex)
    this.#ring = shared.outRingWriter(task.serializerIndex)
    this.#counters = shared.counters(this.#slot)
  }

  serialize(requestNumber: number): void {
    const { requests } = this.#shared
    const signal = requests.signal(requestNumber)
    if (requests.isAnswered(requestNumber) && !requests.isAcked(requestNumber)) {
      this.#commitEmpty(requestNumber, RECORD_KIND.CANCELLED)
    } else if (this.#task.passThrough[signal]) {
      // Claimed through a cell of its earlier life, in another signal's queue (queue-descriptor.ts).
      this.#commitEmpty(requestNumber, RECORD_KIND.FROM_ARENA)
    } else this.#transcode(requestNumber, signal)
  }

  #transcode(requestNumber: number, signal: number): void {
    const { requests } = this.#shared
    const { recordBytesMax } = this.#task
    const payloadOffset = requests.payloadOffset(requestNumber)
    const payloadBytes = requests.payloadBytes(requestNumber)
    const roomMax = recordBytesMax + TRANSCODE_RESERVE_BYTES
    let room = Math.min(roomMax, Math.max(JSON_BYTES_MIN, payloadBytes * JSON_GROWTH))
    for (;;) {
      const outOffset = this.#claim(room)
      if (outOffset === 0) return
      let written = this.#kernel.transcode(signal, payloadOffset, payloadBytes, outOffset, room)
      if (this.#task.mendsText && written >= 0) written = this.#kernel.mend(outOffset, written, room)
      if (written >= 0) {
        this.#commit(requestNumber, signal, written)
        return
      }
      if (written !== KERNEL_ERROR.OUTPUT_FULL || room === roomMax) {
        this.#ring.commit(requestNumber, requests.generation(requestNumber), emptyKind(written), 0)
        this.#shared.control.bell(MAIN_SLOT).ring()
        return
      }
      room = roomMax
    }
  }

  #commit(requestNumber: number, signal: number, writtenBytes: number): void {
    this.#ring.commit(requestNumber, this.#shared.requests.generation(requestNumber), RECORD_KIND.RECORD, writtenBytes)
    this.#shared.control.bell(MAIN_SLOT).ring()
    this.#counters.add(this.#requestCells[signal]!, 1)
    this.#counters.add(this.#byteCells[signal]!, writtenBytes)
  }

  #commitEmpty(requestNumber: number, kind: RecordKind): void {
    if (this.#claim(0) === 0) return
    this.#ring.commit(requestNumber, this.#shared.requests.generation(requestNumber), kind, 0)
    this.#shared.control.bell(MAIN_SLOT).ring()
  }

  /** Waits for room in the out ring. @returns 0 only when the engine stopped meanwhile */
  #claim(payloadBytesMax: number): number {
    const { control } = this.#shared
    const bell = control.bell(this.#slot)
    for (;;) {
      const seen = bell.sequence()
      const offset = this.#ring.claim(payloadBytesMax)
      if (offset !== 0) return offset
      if (control.engineState === ENGINE_STATE.STOPPED) return 0
      control.beat(this.#slot)
      bell.wait(seen, ROOM_WAIT_MS)
    }
  }
}

function emptyKind(error: number): RecordKind {
  return error === KERNEL_ERROR.OUTPUT_FULL ? RECORD_KIND.TOO_LARGE : RECORD_KIND.UNSERIALIZABLE
}
