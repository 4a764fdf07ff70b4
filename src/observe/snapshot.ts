/** What the shared words say at this moment, as plain data: the source of every page, event and check. */
import { SIGNALS, type Signal } from '../otlp/signal.ts'
import { ENGINE_STATE, KAFKA_STATE, THREAD_STATE } from '../shared-memory/control-block.ts'
import {
  COUNTER_CATALOG,
  type CounterFacts,
  type CounterName,
  type CounterWriter,
} from '../shared-memory/counter-catalog.ts'
import { type Layout, MAIN_SLOT } from '../shared-memory/layout.ts'
import { queueDepth } from '../shared-memory/queue-take.ts'
import type { SharedState } from '../shared-memory/shared-state.ts'
import { countHeld, type Held } from './request-census.ts'

export type EngineStateName = Lowercase<keyof typeof ENGINE_STATE>
export type ThreadStateName = Lowercase<keyof typeof THREAD_STATE>
export const ENGINE_STATE_NAMES = namesOf(ENGINE_STATE)
const THREAD_STATE_NAMES = namesOf(THREAD_STATE)

export interface ThreadSnapshot {
  /** `main-0`, `ingest-1`, `serializer-0` */
  readonly name: string
  readonly role: CounterWriter
  readonly state: ThreadStateName
  readonly heartbeatAgeMs: number
}

export interface CounterReading {
  readonly facts: CounterFacts
  readonly thread: string
  /** Absent for a counter that is one for all signals. */
  readonly signal: Signal | undefined
  readonly value: number
}

export interface SignalSnapshot extends Held {
  /** Per-signal counters of the catalogue, summed over all threads. */
  readonly counters: Readonly<Record<CounterName, number>>
  /** Numbers in the ring of the signal: what `otlp.message.queue.size` limits. */
  readonly queueDepthRequests: number
  /** Bodies in memory, each rounded up to a KiB: what `otlp.queue.max.bytes` limits. */
  readonly heldBytes: number
}

export interface Snapshot {
  readonly engineState: EngineStateName
  readonly kafkaUp: boolean
  readonly queueCapacityRequests: number
  readonly threads: readonly ThreadSnapshot[]
  readonly signals: Readonly<Record<Signal, SignalSnapshot>>
  readonly counters: readonly CounterReading[]
}

/** Any thread. Costs one look at every entry of the request table: for a page, not for a loop. */
export function snapshot(shared: SharedState): Snapshot {
  const { control, layout } = shared
  const threads = threadSnapshots(shared)
  const counters = COUNTER_CATALOG.flatMap((facts) => readings(shared, facts, threads))
  const held = countHeld(shared.requests)
  const signals = SIGNALS.map((signal, signalIndex) => [
    signal,
    {
      ...held[signalIndex]!,
      counters: totals(counters, signal),
      queueDepthRequests: queueDepth(shared.queues[signalIndex]!),
      heldBytes: shared.heldBytes.total(signalIndex),
    },
  ])
  return {
    engineState: ENGINE_STATE_NAMES[control.engineState]!,
    kafkaUp: control.kafkaState === KAFKA_STATE.UP,
    queueCapacityRequests: layout.queueCountMax,
    threads,
    signals: Object.fromEntries(signals) as Record<Signal, SignalSnapshot>,
    counters,
  }
}

/** In the order of the slots. Cheap: control words only. */
export function threadSnapshots({ control, layout }: SharedState): readonly ThreadSnapshot[] {
  return Array.from({ length: layout.slotCount }, (_, slot) => {
    const { role, index } = roleOf(layout, slot)
    return {
      name: `${role}-${index}`,
      role,
      state: THREAD_STATE_NAMES[control.threadState(slot)]!,
      heartbeatAgeMs: control.beatAgeMs(slot),
    }
  })
}

function roleOf(layout: Layout, slot: number): { role: CounterWriter; index: number } {
  if (slot === MAIN_SLOT) return { role: 'main', index: 0 }
  const index = slot - 1
  if (index < layout.ingestThreads) return { role: 'ingest', index }
  return { role: 'serializer', index: index - layout.ingestThreads }
}

/** Only the threads that write a counter have a value of it. */
function readings(shared: SharedState, facts: CounterFacts, threads: readonly ThreadSnapshot[]): CounterReading[] {
  const found: CounterReading[] = []
  for (const [slot, { name: thread, role }] of threads.entries()) {
    if (role !== facts.writer) continue
    for (const [signalIndex, signal] of facts.perSignal ? SIGNALS.entries() : [[0, undefined] as const]) {
      found.push({ facts, thread, signal, value: shared.countersReader.ofThread(slot, facts.name, signalIndex) })
    }
  }
  return found
}

function totals(counters: readonly CounterReading[], signal: Signal): Record<CounterName, number> {
  const sums: Record<CounterName, number> = {}
  for (const reading of counters) {
    if (reading.signal === signal) sums[reading.facts.name] = (sums[reading.facts.name] ?? 0) + reading.value
  }
  return sums
}

/** Names by value; the values of such a table count from 0. */
function namesOf<Name extends string>(table: Readonly<Record<Name, number>>): readonly Lowercase<Name>[] {
  const names: Lowercase<Name>[] = []
  for (const name of Object.keys(table) as Name[]) names[table[name]] = name.toLowerCase() as Lowercase<Name>
  return names
}
