/**
 * A serializer thread: one endless piscina task. Takes a request, transcodes its body straight into the out ring,
 * tells the main thread, takes the next.
 *
 * - Signals take turns, one request each: a flood of logs delays traces by one request, not by the flood.
 * - It blocks in Atomics.wait when there is no work or no room, never longer than WAIT_MS.
 */
import { instantiateKernel, type Kernel } from '../otlp/kernel-instance.ts'
import { ENGINE_STATE, THREAD_STATE } from '../shared-memory/control-block.ts'
import { serializerSlot } from '../shared-memory/layout.ts'
import { NOTHING } from '../shared-memory/queue-descriptor.ts'
import { queueTake } from '../shared-memory/queue-take.ts'
import { SharedState } from '../shared-memory/shared-state.ts'
import { Serializer } from './serialize.ts'
import type { SerializerTask } from './serializer-task.ts'

const WAIT_MS = 500

/** Runs until the engine is STOPPED. The name is the one pool.ts gives piscina. */
export function serializeUntilStopped(task: SerializerTask): void {
  const shared = new SharedState(task.memory, task.layout)
  const slot = serializerSlot(task.layout, task.serializerIndex)
  const kernel: Kernel = instantiateKernel(task.memory, task.layout.kernelTablesOffset)
  const serializer = new Serializer(shared, kernel, task)
  // Made once: a turn of an idle thread makes no garbage.
  const claim = (requestNumber: number): boolean => shared.requests.claim(requestNumber, slot)
  const signals = task.passThrough.flatMap((passes, signal) => (passes ? [] : [signal]))
  shared.control.setThreadState(slot, THREAD_STATE.RUNNING)
  while (shared.control.engineState !== ENGINE_STATE.STOPPED) {
    const seen = shared.control.workBell.sequence()
    shared.control.beat(slot)
    if (!takeTurn(shared, serializer, signals, claim)) shared.control.workBell.wait(seen, WAIT_MS)
  }
  shared.control.setThreadState(slot, THREAD_STATE.CLOSED)
}

/** One request of each signal that has one. @returns false when there was none */
export function takeTurn(
  shared: SharedState,
  serializer: Pick<Serializer, 'serialize'>,
  signals: readonly number[],
  claim: (requestNumber: number) => boolean,
): boolean {
  let worked = false
  for (const signal of signals) {
    const requestNumber = queueTake(shared.queues[signal]!, claim)
    if (requestNumber === NOTHING) continue
    worked = true
    serializer.serialize(requestNumber)
  }
  return worked
}
