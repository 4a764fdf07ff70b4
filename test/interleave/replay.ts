/**
 * A thread of the explorer: real code, run again from the start of its operation with the results it has had so far,
 * until it asks for one more.
 *
 * - The code may read plainly only words that its thread alone writes; everything else goes through Atomics.
 * - What a thread will do depends on its operation and these results alone, so they are its local state. Equal local
 *   states are one `ThreadState`, made once: the real code runs once per local state, not once per step.
 * - `loopHead` names the call with which an operation begins and starts over: results before it are forgotten.
 */
import { type AtomicCall, type AtomicResult, perform, withAtomics } from './atomic-calls.ts'

export type Operation = (resultsBefore: readonly number[]) => number

export interface ThreadScript {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly loopHead?: (call: AtomicCall) => boolean
}

export interface ThreadState {
  readonly id: number
  readonly status: 'ready' | 'waiting' | 'done' | 'dead'
  /** What operations have returned. */
  readonly results: readonly number[]
  /** Results of the calls in the present operation. */
  readonly history: readonly AtomicResult[]
  /** The next call; undefined when there is none any more. */
  readonly call: AtomicCall | undefined
  /** Memory as it was when the operation started: what plain reads of own words see. */
  readonly startWords: Int32Array
}

const PAUSE = new Error('the thread waits for its turn')

export class ThreadReplay {
  readonly #script: ThreadScript
  readonly #words: Int32Array
  readonly #states: ThreadState[] = []
  readonly #byKey = new Map<string, ThreadState>()
  readonly #children = new Map<ThreadState, Map<AtomicResult, ThreadState>>()

  constructor(script: ThreadScript, words: Int32Array) {
    this.#script = script
    this.#words = words
  }

  start(): ThreadState {
    return this.#settle([], [], this.#words.slice())
  }

  state(id: number): ThreadState {
    return this.#states[id]!
  }

  /** The local state after `result` has been given to the pending call; memory already shows that call's effect. */
  after(state: ThreadState, result: AtomicResult): ThreadState {
    const children = this.#children.get(state) ?? new Map<AtomicResult, ThreadState>()
    const known = children.get(result)
    if (known !== undefined) return known
    const next = this.#settle(state.results, [...state.history, result], state.startWords)
    this.#children.set(state, children.set(result, next))
    return next
  }

  /** The same local state, blocked in its wait or crashed. */
  as(status: 'waiting' | 'dead', state: ThreadState): ThreadState {
    const call = status === 'waiting' ? state.call : undefined
    const history = status === 'waiting' ? state.history : []
    return this.#intern({ ...state, status, call, history })
  }

  #settle(results: readonly number[], history: readonly AtomicResult[], startWords: Int32Array): ThreadState {
    if (results.length === this.#script.operations.length) {
      return this.#intern({ status: 'done', results, history, call: undefined, startWords })
    }
    const paused = this.#run(results, history, startWords)
    if ('call' in paused) {
      const restarts = history.length > 0 && this.#script.loopHead?.(paused.call) === true
      if (restarts) return this.#settle(results, [], startWords)
      return this.#intern({ status: 'ready', results, history, call: paused.call, startWords })
    }
    return this.#settle([...results, paused.result], [], this.#words.slice())
  }

  #run(
    results: readonly number[],
    history: readonly AtomicResult[],
    startWords: Int32Array,
  ): { call: AtomicCall } | { result: number } {
    const now = this.#words.slice()
    let pending: AtomicCall | undefined
    let step = 0
    this.#words.set(startWords)
    try {
      const replayed = (call: AtomicCall): AtomicResult => {
        if (step === history.length) {
          pending = call
          throw PAUSE
        }
        if (call.name === 'store') perform(call)
        return history[step++]!
      }
      return { result: withAtomics(replayed, () => this.#script.operations[results.length]!(results)) }
    } catch (error) {
      if (error !== PAUSE || pending === undefined) throw error
      return { call: pending }
    } finally {
      this.#words.set(now)
    }
  }

  #intern(state: Omit<ThreadState, 'id'>): ThreadState {
    const key = `${state.status}|${state.results.join()}|${state.history.join()}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const interned = { ...state, id: this.#states.length }
    this.#states.push(interned)
    this.#byKey.set(key, interned)
    return interned
  }
}
