/**
 * State words of the engine and of its threads. One padded line per writer.
 *
 *   0             128          256            256 + 256 * slot
 *   +-------------+------------+--------------+----------------------------------------------+
 *   | engineState | kafkaState | work bell    | slot 0: [line: state heartbeat][bell]        | slot 1 ...
 *   +-------------+------------+--------------+----------------------------------------------+
 *
 * Writers: engineState and kafkaState (with the missing topics behind it) the main thread; a slot's line its own thread
 * (and main, before the thread starts and after it died); bells anybody.
 */
import { monotonicMs32 } from '../base/clock.ts'
import { BELL_BYTES, Bell } from './park.ts'

const LINE_BYTES = 128

export const ENGINE_STATE = { STARTING: 0, RUNNING: 1, PAUSED: 2, DRAINING: 3, STOPPED: 4 } as const
export type EngineState = (typeof ENGINE_STATE)[keyof typeof ENGINE_STATE]

export const KAFKA_STATE = { DOWN: 0, UP: 1 } as const
export type KafkaState = (typeof KAFKA_STATE)[keyof typeof KAFKA_STATE]

/**
 * Life of a thread. CLOSED: an ingress thread has closed its listeners and connections and may be ended without harm.
 */
export const THREAD_STATE = { ABSENT: 0, RUNNING: 1, CLOSED: 2, FAILED: 3 } as const
export type ThreadState = (typeof THREAD_STATE)[keyof typeof THREAD_STATE]

const ENGINE_STATE_OFFSET = 0
const KAFKA_STATE_OFFSET = ENGINE_STATE_OFFSET + LINE_BYTES
const WORK_BELL_OFFSET = KAFKA_STATE_OFFSET + LINE_BYTES
const SLOTS_OFFSET = WORK_BELL_OFFSET + BELL_BYTES
const SLOT_BYTES = LINE_BYTES + BELL_BYTES

const MISSING_TOPICS_INDEX = 1
const SLOT_STATE_INDEX = 0
const SLOT_HEARTBEAT_INDEX = 1

export function controlBlockBytes(slotCount: number): number {
  return SLOTS_OFFSET + slotCount * SLOT_BYTES
}

/** View on the control block; one per thread. */
export class ControlBlock {
  /** Rung when a serializer may find work. */
  readonly workBell: Bell
  readonly #engine: Int32Array
  readonly #kafka: Int32Array
  readonly #slots: Int32Array[]
  readonly #bells: Bell[]

  constructor(buffer: SharedArrayBuffer, controlOffset: number, slotCount: number) {
    this.workBell = new Bell(buffer, controlOffset + WORK_BELL_OFFSET)
    this.#engine = new Int32Array(buffer, controlOffset + ENGINE_STATE_OFFSET, 1)
    this.#kafka = new Int32Array(buffer, controlOffset + KAFKA_STATE_OFFSET, 2)
    const slotOffset = (slot: number): number => controlOffset + SLOTS_OFFSET + slot * SLOT_BYTES
    this.#slots = Array.from({ length: slotCount }, (_, slot) => new Int32Array(buffer, slotOffset(slot), 2))
    this.#bells = Array.from({ length: slotCount }, (_, slot) => new Bell(buffer, slotOffset(slot) + LINE_BYTES))
  }

  get engineState(): EngineState {
    return Atomics.load(this.#engine, 0) as EngineState
  }

  /** Main thread only. */
  set engineState(state: EngineState) {
    Atomics.store(this.#engine, 0, state)
  }

  get kafkaState(): KafkaState {
    return Atomics.load(this.#kafka, 0) as KafkaState
  }

  /** Main thread only. */
  set kafkaState(state: KafkaState) {
    Atomics.store(this.#kafka, 0, state)
  }

  /** A bit per signal whose topic Kafka is known to lack. */
  get missingTopics(): number {
    return Atomics.load(this.#kafka, MISSING_TOPICS_INDEX)
  }

  /** Main thread only. */
  set missingTopics(signals: number) {
    Atomics.store(this.#kafka, MISSING_TOPICS_INDEX, signals)
  }

  /** The bell of one thread: rung when its rings may hold something for it. */
  bell(slot: number): Bell {
    return this.#bells[slot]!
  }

  /** The thread itself: says that it lives. */
  beat(slot: number): void {
    Atomics.store(this.#slots[slot]!, SLOT_HEARTBEAT_INDEX, monotonicMs32())
  }

  /** Milliseconds since the last beat of that thread. */
  beatAgeMs(slot: number): number {
    return (monotonicMs32() - Atomics.load(this.#slots[slot]!, SLOT_HEARTBEAT_INDEX)) | 0
  }

  threadState(slot: number): ThreadState {
    return Atomics.load(this.#slots[slot]!, SLOT_STATE_INDEX) as ThreadState
  }

  /** The thread itself, or main while the thread does not run. */
  setThreadState(slot: number, state: ThreadState): void {
    Atomics.store(this.#slots[slot]!, SLOT_STATE_INDEX, state)
  }
}
