/** A small seeded generator of pseudo-random numbers (mulberry32): the same seed gives the same payload everywhere. */
export interface Random {
  /** a whole number from 0 to below the bound */
  below(bound: number): number
  /** true once in so many times, on average */
  oneIn(times: number): boolean
  /** 32 random bits */
  word(): number
  /** 64 random bits */
  long(): bigint
  pick<Value>(values: readonly Value[]): Value
  bytes(count: number): Uint8Array
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (bound: number): number => word() % bound
  return {
    word,
    below,
    oneIn: (times) => below(times) === 0,
    long: () => (BigInt(word()) << 32n) | BigInt(word()),
    pick: (values) => values[below(values.length)]!,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  }
}
