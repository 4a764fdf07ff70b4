/**
 * Bounded waiting and waking. A bell is two words on one padded line:
 *
 *   0                   4                    8            128
 *   +-------------------+--------------------+------------+
 *   | sequence (int32)  | waiters (int32)    | padding    |
 *   +-------------------+--------------------+------------+
 *
 * A waiter reads the sequence *before* it looks for work; a ringer publishes the work *before* it adds to the sequence
 * (pair P6). Either the waiter sees the work, or its wait sees another sequence and returns at once: no wake-up is lost.
 * The waiters word only saves the notify call while everybody is busy, which is what batches wake-ups under load. A
 * waiter that dies leaves it too high; that costs a notify per ring, nothing else.
 */
export const BELL_BYTES = 128
const SEQUENCE_INDEX = 0
const WAITERS_INDEX = 1

export class Bell {
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer, bellOffset: number) {
    this.#words = new Int32Array(buffer, bellOffset, 2)
  }

  /** Wakes one waiter, if there is one. Any thread. */
  ring(): void {
    Atomics.add(this.#words, SEQUENCE_INDEX, 1) // P6 publishes whatever the caller stored before
    if (Atomics.load(this.#words, WAITERS_INDEX) > 0) Atomics.notify(this.#words, SEQUENCE_INDEX, 1)
  }

  /** Wakes everybody who waits. Any thread. */
  ringAll(): void {
    Atomics.add(this.#words, SEQUENCE_INDEX, 1) // P6
    Atomics.notify(this.#words, SEQUENCE_INDEX)
  }

  /** To be read before looking for work; pass it to the wait. */
  sequence(): number {
    return Atomics.load(this.#words, SEQUENCE_INDEX) // observes P6
  }

  /** Blocks this thread until the bell rings after `seen` was read, at most `timeoutMs`. For threads without an event loop. */
  wait(seen: number, timeoutMs: number): void {
    Atomics.add(this.#words, WAITERS_INDEX, 1)
    Atomics.wait(this.#words, SEQUENCE_INDEX, seen, timeoutMs)
    Atomics.sub(this.#words, WAITERS_INDEX, 1)
  }

  /**
   * The same for threads with an event loop. Calls `wake` exactly once, never from inside this call.
   * A pending wait does not keep the event loop alive: the caller holds a referenced handle.
   */
  waitAsync(seen: number, timeoutMs: number, wake: () => void): void {
    Atomics.add(this.#words, WAITERS_INDEX, 1)
    const result = Atomics.waitAsync(this.#words, SEQUENCE_INDEX, seen, timeoutMs)
    const woken = (): void => {
      Atomics.sub(this.#words, WAITERS_INDEX, 1)
      wake()
    }
    if (result.async) void result.value.then(woken)
    else setImmediate(woken)
  }
}
