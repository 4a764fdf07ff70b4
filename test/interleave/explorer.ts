/**
 * Every order in which up to four threads can make their calls of Atomics, against the real code.
 *
 * - A step is one Atomics call of one thread, made on the real memory. A state is the tracked words and the local state
 *   of each thread. From every reachable state every possible step is taken once: that covers all orders, because what
 *   can follow depends on the state alone and not on the way there.
 * - A crash is a step, too: the thread makes no further call. At most `crashesMax` of them.
 * - `wait` blocks until a `notify` (no timeouts, so a lost wake-up is an end where somebody still waits); a notify of
 *   one wakes, in turn, each of the waiters.
 * - Sequential consistency is what Atomics promise; the order of plain accesses is the business of the litmus tests.
 */
import { type AtomicCall, type AtomicResult, perform, wordOf } from './atomic-calls.ts'
import { ThreadReplay, type ThreadScript, type ThreadState } from './replay.ts'
import { StateSet } from './state-set.ts'

const THREADS_MAX = 4
const THREAD_STATE_BITS = 12
const MEMORY_BITS = 16

export interface Exploration {
  /** The whole buffer. */
  readonly words: Int32Array
  /** Indices of the words that threads may touch. */
  readonly tracked: readonly number[]
  readonly threads: readonly ThreadScript[]
  readonly crashesMax?: number
  /** After each step, in the new state. */
  readonly onStep?: (step: Step) => void
  /** In each state from which no thread can go on. Changes of the words are undone afterwards. */
  readonly onEnd: (threads: readonly ThreadState[]) => void
}

export interface Step {
  readonly threadIndex: number
  readonly call: AtomicCall
  readonly result: AtomicResult
  readonly before: ThreadState
  readonly after: ThreadState
}

export interface Explored {
  readonly states: number
  readonly steps: number
  readonly ends: number
}

export function explore(exploration: Exploration): Explored {
  return new Explorer(exploration).run()
}

class Explorer {
  readonly #exploration: Exploration
  readonly #words: Int32Array
  readonly #tracked: readonly number[]
  readonly #replays: readonly ThreadReplay[]
  readonly #memories: Int32Array[] = []
  readonly #memoryIds = new Map<string, number>()
  /** Per memory: what it becomes when one word gets another value. */
  readonly #successors: Map<number, number>[] = []
  readonly #placeOfWord: ReadonlyMap<number, number>
  readonly #visited = new StateSet()
  readonly #trace: (() => string)[] = []
  #steps = 0
  #ends = 0

  constructor(exploration: Exploration) {
    const { words, tracked, threads } = exploration
    if (threads.length > THREADS_MAX) throw new Error(`more than ${THREADS_MAX} threads`)
    this.#exploration = exploration
    this.#words = words
    this.#tracked = tracked
    this.#placeOfWord = new Map(tracked.map((word, place) => [word, place]))
    this.#replays = threads.map((script) => new ThreadReplay(script, words))
  }

  run(): Explored {
    const start = this.#words.slice()
    try {
      this.#visit(
        this.#replays.map((replay) => replay.start()),
        this.#memoryId(),
      )
    } catch (error) {
      throw new Error(`${String(error)}\nafter\n  ${this.#trace.map((line) => line()).join('\n  ')}`, { cause: error })
    } finally {
      this.#words.set(start)
    }
    return { states: this.#visited.size, steps: this.#steps, ends: this.#ends }
  }

  /** Leaves the words as it found them. */
  #visit(threads: readonly ThreadState[], memoryId: number): void {
    if (!this.#markVisited(memoryId, threads)) return
    let blocked = true
    threads.forEach((thread, threadIndex) => {
      if (thread.status !== 'ready') return
      blocked = false
      this.#step(threads, threadIndex, memoryId)
    })
    if (blocked) this.#end(threads, memoryId)
    this.#crashEach(threads, memoryId)
  }

  #step(threads: readonly ThreadState[], threadIndex: number, memoryId: number): void {
    const call = threads[threadIndex]!.call!
    if (call.name === 'wait') this.#wait(threads, threadIndex, memoryId)
    else if (call.name === 'notify') this.#notify(threads, threadIndex, memoryId)
    else this.#access(threads, threadIndex, memoryId)
  }

  #access(threads: readonly ThreadState[], threadIndex: number, memoryId: number): void {
    const call = threads[threadIndex]!.call!
    const word = wordOf(call)
    const place = this.#placeOfWord.get(word)
    if (place === undefined) throw new Error(`word ${word} is not tracked`)
    const result = perform(call)
    this.#goOn(threads, threadIndex, result, this.#successor(memoryId, place, this.#words[word]!))
    this.#words[word] = this.#memories[memoryId]![place]!
  }

  #goOn(threads: readonly ThreadState[], threadIndex: number, result: AtomicResult, memoryId: number): void {
    const call = threads[threadIndex]!.call!
    this.#steps++
    const { name } = this.#exploration.threads[threadIndex]!
    this.#trace.push(() => `${name}: ${call.name} word ${wordOf(call)} (${call.values}) -> ${result}`)
    const before = threads[threadIndex]!
    const after = this.#replays[threadIndex]!.after(before, result)
    this.#exploration.onStep?.({ threadIndex, call, result, before, after })
    this.#visit(threads.with(threadIndex, after), memoryId)
    this.#trace.pop()
  }

  #wait(threads: readonly ThreadState[], threadIndex: number, memoryId: number): void {
    const thread = threads[threadIndex]!
    const { array, index, values } = thread.call!
    if (array[index] !== values[0]) this.#goOn(threads, threadIndex, 'not-equal', memoryId)
    else this.#halt(threads, threadIndex, 'waiting', memoryId)
  }

  #notify(threads: readonly ThreadState[], threadIndex: number, memoryId: number): void {
    const call = threads[threadIndex]!.call!
    const waiting = threads.flatMap(({ status, call: wait }, index) =>
      status === 'waiting' && wordOf(wait!) === wordOf(call) ? [index] : [],
    )
    const countMax = call.values[0] ?? Number.POSITIVE_INFINITY
    if (countMax !== 1 && countMax !== Number.POSITIVE_INFINITY) throw new Error('notify wakes one or all')
    const all = countMax >= waiting.length
    for (const woken of all ? [waiting] : waiting.map((one) => [one])) {
      const awake = threads.map((thread, index) =>
        woken.includes(index) ? this.#replays[index]!.after(thread, 'ok') : thread,
      )
      this.#goOn(awake, threadIndex, woken.length, memoryId)
    }
  }

  #crashEach(threads: readonly ThreadState[], memoryId: number): void {
    const dead = threads.filter(({ status }) => status === 'dead').length
    if (dead >= (this.#exploration.crashesMax ?? 0)) return
    threads.forEach(({ status }, threadIndex) => {
      if (status !== 'done' && status !== 'dead') this.#halt(threads, threadIndex, 'dead', memoryId)
    })
  }

  #halt(threads: readonly ThreadState[], threadIndex: number, status: 'waiting' | 'dead', memoryId: number): void {
    this.#trace.push(() => `${this.#exploration.threads[threadIndex]!.name}: is ${status}`)
    const halted = this.#replays[threadIndex]!.as(status, threads[threadIndex]!)
    this.#visit(threads.with(threadIndex, halted), memoryId)
    this.#trace.pop()
  }

  #end(threads: readonly ThreadState[], memoryId: number): void {
    this.#ends++
    this.#exploration.onEnd(threads)
    this.#memories[memoryId]!.forEach((value, place) => {
      this.#words[this.#tracked[place]!] = value
    })
  }

  #successor(memoryId: number, place: number, value: number): number {
    if (this.#memories[memoryId]![place] === value) return memoryId
    const key = place * 2 ** 32 + (value >>> 0)
    let successor = this.#successors[memoryId]!.get(key)
    if (successor === undefined) {
      successor = this.#memoryId()
      this.#successors[memoryId]!.set(key, successor)
    }
    return successor
  }

  #memoryId(): number {
    const values = Int32Array.from(this.#tracked, (word) => this.#words[word]!)
    const key = values.join()
    let id = this.#memoryIds.get(key)
    if (id === undefined) {
      id = this.#memories.push(values) - 1
      this.#successors.push(new Map())
      if (id >= 2 ** MEMORY_BITS) throw new Error('too many memory states')
      this.#memoryIds.set(key, id)
    }
    return id
  }

  #markVisited(memoryId: number, threads: readonly ThreadState[]): boolean {
    const ids = threads.map(({ id }) => id)
    if (ids.some((id) => id >= 2 ** THREAD_STATE_BITS)) throw new Error('too many local states')
    const [first = 0, second = 0, third = 0, fourth = 0] = ids
    const low = first | (second << THREAD_STATE_BITS) | ((memoryId & 0xff) << (2 * THREAD_STATE_BITS))
    const high = third | (fourth << THREAD_STATE_BITS) | ((memoryId >>> 8) << (2 * THREAD_STATE_BITS))
    return this.#visited.add(low, high)
  }
}
